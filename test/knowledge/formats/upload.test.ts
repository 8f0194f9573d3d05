import { env } from "cloudflare:workers";
import { beforeEach, expect, it, vi } from "vitest";
import { sweep } from "../../../src/knowledge/sweeper.ts";
import { call, createWorkspace, type Workspace } from "../../support/workspace.ts";
import { countRows, expectProblem } from "../../support/expect-problem.ts";
import { live, read, search, withServices, type DocumentView } from "../../support/pipeline.ts";
import { docx, DOCX, ODT, PDF, pdf, xlsx, XLSX, zip, zipBomb } from "../../support/files.ts";

const XLS = "application/vnd.ms-excel";

const MANUAL = pdf([
  "The pump of the Fern garden is rinsed with water every month.",
  "",
  "Replacement filters cost 12 dollars and last for half a year.",
]);

beforeEach(() => env.CONTROL.reset());

function upload(
  workspace: Workspace,
  id: string,
  contentType: string,
  bytes: Uint8Array,
  query = "title=Manual",
): Promise<Response> {
  const headers = { "content-type": contentType };
  return call(workspace.secret, "PUT", `/v1/documents/${id}?${query}`, bytes, { headers });
}

async function accept(...args: Parameters<typeof upload>): Promise<object> {
  const response = await upload(...args);
  expect([response.status, await response.clone().text()]).toEqual([202, expect.any(String)]);
  return response.json<object>();
}

async function failed(workspace: Workspace, id: string): Promise<DocumentView> {
  return vi.waitFor(
    async () => {
      const document = await read(workspace, id);
      expect(document.status).toBe("failed");
      return document;
    },
    { timeout: 10_000 },
  );
}

async function fileParts(workspace: Workspace): Promise<number> {
  const count = env.DB.prepare(`SELECT count(*) AS n FROM source_files WHERE workspace_id = ?1`);
  return (await count.bind(workspace.id).first<number>("n")) ?? -1;
}

it("an uploaded PDF is ingested, and a citation names the page of its passage", async () => {
  const workspace = await createWorkspace();
  const query =
    "title=Fern%20manual&url=https://example.com/m.pdf&audience=a&audience=b&metadata=%7B%22team%22%3A1%7D";
  await accept(workspace, "manual", PDF, MANUAL, query);
  expect(await live(workspace, "manual", 1)).toMatchObject({
    title: "Fern manual",
    url: "https://example.com/m.pdf",
    audience: ["a", "b"],
    metadata: { team: 1 },
    content: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) as string,
    content_type: PDF,
    chunks: 2,
    language: "en",
  });
  for (const metadata of ["%7B", "1", "%5B%5D"])
    expect((await upload(workspace, "x", PDF, MANUAL, `title=x&metadata=${metadata}`)).status).toBe(
      422,
    );
  await accept(workspace, "open", PDF, MANUAL);
  await live(workspace, "open", 1);
  await env.CONTROL.settleVectorize();
  const { results } = await search(workspace, "What do replacement filters cost?");
  const [best] = results;
  expect(best).toMatchObject({ external_id: "open", heading_path: ["Page 3"] });
  const message = "What do replacement filters cost?";
  const turn = await call(
    workspace.secret,
    "POST",
    "/v1/chat",
    { message },
    { headers: { accept: "application/json" } },
  );
  const { citations } = await turn.json<{ citations: object[] }>();
  expect(citations).toEqual([expect.objectContaining({ external_id: "open", page: 3 })]);
});

it("a file that is uploaded twice is stored, converted and embedded once", async () => {
  const workspace = await createWorkspace();
  await accept(workspace, "a", PDF, MANUAL);
  await live(workspace, "a", 1);
  const parts = await fileParts(workspace);
  await env.CONTROL.reset();
  expect(await accept(workspace, "a", PDF, MANUAL)).toMatchObject({ version: 1, unchanged: true });
  expect((await env.CONTROL.stats()).aiCalls).toBe(0);
  // Under another title its chunks are embedded again, but the file is not converted again.
  await accept(workspace, "a", PDF, MANUAL, "title=Other");
  await live(workspace, "a", 2);
  expect((await env.CONTROL.stats()).aiCalls).toBe(1);
  expect(await fileParts(workspace)).toBe(parts);
});

it("uploaded Word, Excel and OpenDocument files are ingested", async () => {
  const workspace = await createWorkspace();
  const word = docx([
    { text: "Warranty", style: "Heading1" },
    { text: "Pumps are covered for two years from the day of purchase." },
  ]);
  const excel = xlsx("Prices", [
    ["Part", "Price"],
    ["Pump", 12],
    ["Lamp &amp; cable", 40],
  ]);
  const open = zip({
    mimetype: ODT,
    "content.xml":
      "<office:document-content><office:body><text:h>Opening hours</text:h><text:p>The shop opens at nine on weekdays.</text:p></office:body></office:document-content>",
  });
  await accept(workspace, "word", DOCX, word);
  await accept(workspace, "excel", XLSX, excel);
  await accept(workspace, "odt", ODT, open);
  for (const id of ["word", "excel", "odt"]) await live(workspace, id, 1);
  const text = async (query: string): Promise<string | undefined> =>
    (await search(workspace, query, ["keywords"])).results[0]?.text;
  expect(await text("How long are pumps covered by the warranty?")).toContain("two years");
  expect(await text("price of the lamp and cable")).toContain("Part: Lamp & cable; Price: 40");
  expect(await text("When does the shop open?")).toContain("opens at nine");
});

it("a file that cannot be read fails with a reason, and other files are ingested all the same", async () => {
  const workspace = await createWorkspace();
  const cases: [string, string, Uint8Array, RegExp][] = [
    ["text", PDF, new TextEncoder().encode("Not a PDF at all"), /not a PDF, or its beginning/],
    ["torn", PDF, new TextEncoder().encode("%PDF-1.7\n%%EOF"), /damaged or protected/],
    ["images", PDF, pdf(["", ""]), /contains no text: its pages are images/],
    ["cut", DOCX, docx([{ text: "x" }]).slice(0, 300), /not a Word file, or it is damaged/],
    ["bomb", DOCX, zipBomb(2_000_000_000), /unpacks to more than 100 MB/],
    ["broken", DOCX, docx([{ text: "<".repeat(1000) }]), /damaged or protected/],
    ["old", DOCX, Uint8Array.of(0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1), /password/],
    ["other", XLSX, zip({ "a.txt": "x" }), /damaged or protected/],
    ["empty", DOCX, docx([]), /contains no text/],
    ["here", XLS, Uint8Array.of(0xd0, 0xcf), /\.xls are not converted here. Save it as \.xlsx/],
  ];
  for (const [id, type, bytes] of cases) await accept(workspace, id, type, bytes);
  await accept(workspace, "good", PDF, MANUAL);
  for (const [id, , , reason] of cases) {
    const document = await failed(workspace, id);
    expect([id, document.error]).toEqual([id, expect.stringMatching(reason)]);
  }
  await live(workspace, "good", 1);
});

it("the conversion of a file is tried again when the converter is busy", async () => {
  const workspace = await createWorkspace();
  await env.CONTROL.failNext({ binding: "ai", kind: "capacity", model: "toMarkdown" });
  await accept(workspace, "a", PDF, MANUAL);
  await live(workspace, "a", 1);
});

it("an upload that is too large, empty or wrongly described is refused, and nothing is stored", async () => {
  const workspace = await createWorkspace();
  const before = await countRows();
  const large = new Uint8Array(10 * 1024 * 1024 + 1);
  await expectProblem(await upload(workspace, "a", PDF, large), 413, "body_too_large");
  await expectProblem(
    await upload(workspace, "a", PDF, new Uint8Array()),
    422,
    "validation_failed",
  );
  await expectProblem(await upload(workspace, "a", PDF, MANUAL, ""), 422, "validation_failed");
  await expectProblem(
    await upload(workspace, "a", PDF, MANUAL, "title=a&colour=red"),
    422,
    "validation_failed",
  );
  await expectProblem(
    await upload(workspace, "a", "application/zip", MANUAL),
    415,
    "unsupported_media_type",
  );
  expect(await countRows()).toEqual(before);
});

it("a file is deleted once no document uses it, and other files stay", async () => {
  const workspace = await createWorkspace();
  await accept(workspace, "kept", PDF, MANUAL);
  await accept(workspace, "gone", PDF, pdf(["Something else entirely stands here."]));
  await live(workspace, "kept", 1);
  await live(workspace, "gone", 1);
  await call(workspace.secret, "DELETE", "/v1/documents/gone");
  await withServices(sweep);
  expect(await fileParts(workspace)).toBe(2);
  await withServices(sweep, { now: () => Date.now() + 3_600_000 });
  expect(await fileParts(workspace)).toBe(1);
});
