import { env } from "cloudflare:workers";
import fc from "fast-check";
import { beforeEach, expect, it } from "vitest";
import { readLines } from "../../src/http/lines.ts";
import { createServices } from "../../src/services.ts";
import { importDocuments } from "../../src/knowledge/accept/import.ts";
import { putDocument } from "../../src/knowledge/accept/documents.ts";
import type { ImportResult } from "../../src/knowledge/accept/schema.ts";
import { call, createWorkspace, type Workspace } from "../support/workspace.ts";
import type { IngestMessage } from "../../src/runtime/messages.ts";
import {
  ingestPending,
  foundBy,
  pendingWork,
  read,
  recordedQueue,
  SILENT,
} from "../support/pipeline.ts";

beforeEach(() => env.CONTROL.reset());

const document = (id: string, more: object = {}): object => ({
  external_id: id,
  title: `About ${id}`,
  content: `The ${id} stands in the garden.`,
  ...more,
});
const ndjson = (lines: unknown[]): string =>
  lines.map((line) => (typeof line === "string" ? line : JSON.stringify(line))).join("\n");

async function post(
  workspace: Workspace,
  body: string | Uint8Array,
  headers: Record<string, string> = { "content-type": "application/x-ndjson" },
): Promise<{ status: number; result: ImportResult & { code?: string } }> {
  const options = { headers, overrides: SILENT };
  const path = "/v1/documents/import";
  const response = await call(workspace.secret, "POST", path, body, options);
  return { status: response.status, result: await response.json() };
}

it("an import stores the valid lines and reports the invalid ones", async () => {
  const workspace = await createWorkspace();
  const bad = new TextEncoder().encode(
    ndjson([document("utf8", { content: "broken: X" })]).replace("X", "\u0001"),
  );
  bad[bad.indexOf(1) - 0] = 0xff;
  const lines: (string | Uint8Array)[] = [
    `\uFEFF${JSON.stringify(document("kettle", { url: "https://example.com/k", audience: ["staff"], language: "en", metadata: { a: [1, null] } }))}\r`,
    "",
    "{not json",
    JSON.stringify(["a", "list"]),
    JSON.stringify({ title: "No id", content: "x" }),
    JSON.stringify(document("white space")),
    JSON.stringify(document("lantern", { content_type: "application/x-unknown" })),
    JSON.stringify(document("empty", { content: "  " })),
    JSON.stringify(document("extra", { colour: "red" })),
    bad,
    JSON.stringify(document("hammock")),
    "   ",
    "null",
  ];
  const encoder = new TextEncoder();
  const parts = lines.flatMap((line) => [
    ...(typeof line === "string" ? encoder.encode(line) : line),
    0x0a,
  ]);
  const { status, result } = await post(workspace, Uint8Array.from(parts));
  expect(status).toBe(200);
  expect(result).toMatchObject({ accepted: 2, created: 2, failed: 9, complete: true });
  expect(result.errors.map(({ line, code }) => `${line} ${code}`)).toEqual([
    "3 malformed_json",
    "4 validation_failed",
    "5 validation_failed",
    "6 invalid_external_id",
    "7 unsupported_content_type",
    "8 validation_failed",
    "9 validation_failed",
    "10 invalid_utf8",
    "13 validation_failed",
  ]);
  for (const error of result.errors) expect(error.detail.length).toBeGreaterThan(5);
  expect(await read(workspace, "kettle")).toMatchObject({
    url: "https://example.com/k",
    audience: ["staff"],
    language: "en",
    metadata: { a: [1, null] },
    status: "pending",
  });
  await ingestPending();
  expect(await foundBy("keywords", workspace, "hammock")).toEqual(["hammock"]);
});

it("an import has the effect of many PUTs: unchanged, changed, stale, and the same id twice", async () => {
  const workspace = await createWorkspace();
  const at = (minute: number): string => `2026-01-01T00:${String(minute).padStart(2, "0")}:00Z`;
  const first = [document("a", { updated_at: at(5) }), document("b"), document("c")];
  expect((await post(workspace, ndjson(first))).result).toMatchObject({ created: 3 });
  await ingestPending();
  const { result } = await post(
    workspace,
    ndjson([
      document("a", { content: "Older", updated_at: at(4) }),
      document("b"),
      document("c", { content: "First" }),
      document("c", { content: "Second" }),
      document("d"),
    ]),
  );
  expect(result).toMatchObject({
    accepted: 5,
    stale: 1,
    unchanged: 1,
    changed: 2,
    created: 1,
    failed: 0,
  });
  expect(await read(workspace, "a")).toMatchObject({ version: 1 });
  expect(await read(workspace, "c")).toMatchObject({ version: 3, content: "Second" });
  // Unchanged documents leave no pending work.
  expect(await pendingWork(workspace)).toHaveLength(2);
});

it("a second import of the same documents embeds nothing", async () => {
  const workspace = await createWorkspace();
  const body = ndjson(["kettle", "lantern", "hammock"].map((id) => document(id)));
  await post(workspace, body);
  await ingestPending();
  await env.CONTROL.reset();
  expect((await post(workspace, body)).result).toMatchObject({ unchanged: 3 });
  await ingestPending();
  expect((await env.CONTROL.stats()).aiCalls).toBe(0);
});

it("an import stops at the day's quota of documents, and says at which line", async () => {
  const workspace = await createWorkspace();
  const limit = await call(workspace.secret, "PATCH", "/v1/settings", { documents_per_day: 3 });
  expect(limit.status).toBe(200);
  const lines = ["a", "b", "c", "d", "e"].map((id) => document(id));
  const { status, result } = await post(workspace, ndjson(lines));
  expect(status).toBe(200);
  expect(result).toMatchObject({
    accepted: 3,
    created: 3,
    failed: 1,
    complete: false,
    resume_at_line: 4,
    errors: [{ line: 4, code: "quota_exceeded" }],
  });
  expect(await pendingWork(workspace)).toHaveLength(3);
  const again = await post(workspace, ndjson([document("f")]));
  expect([again.status, again.result.code]).toEqual([429, "quota_exceeded"]);
});

it("an import writes hundreds of documents in two round trips, and wakes the consumer", async () => {
  const workspace = await createWorkspace();
  const services = createServices(env, { waitUntil: () => {} });
  const { queue: ingestQueue, sent } = recordedQueue<IngestMessage>();
  const lines = Array.from({ length: 250 }, (_, index) => document(`d${index}`));
  const body = new Response(ndjson(lines)).body as ReadableStream<Uint8Array>;
  const result = await importDocuments({ ...services, ingestQueue }, workspace.id, body);
  expect(result).toMatchObject({ accepted: 250, created: 250 });
  // The quota, then the documents with their count against it.
  expect(services.calls.report().d1).toBe(2);
  expect(await pendingWork(workspace)).toHaveLength(250);
  expect(sent).toContainEqual({ body: { stage: "serve" }, delay: 0 });
  await env.DB.prepare("DELETE FROM outbox").run();
});

it("an import takes texts of any characters and length, as PUT does", async () => {
  const workspace = await createWorkspace();
  const texts = ["a\u0000b", "half a pair: \ud835 end", '"'.repeat(500_000), "語".repeat(300_000)];
  for (const [index, content] of texts.entries()) {
    const { result } = await post(workspace, ndjson([document(`t${index}`, { content })]));
    expect(result).toMatchObject({ created: 1, failed: 0 });
    expect((await read(workspace, `t${index}`)).content).toBe(content.toWellFormed());
    const input = { title: `About t${index}`, content, content_type: "text/markdown" };
    const again = { ...input, audience: [], metadata: {} };
    const accepted = await putDocument(env.DB, workspace.id, `t${index}`, again, Date.now());
    expect(accepted).toMatchObject({ unchanged: true });
  }
  await env.DB.prepare("DELETE FROM outbox").run();
});

it("an import skips a line that is too long without holding all of it in memory", async () => {
  const workspace = await createWorkspace();
  const long = JSON.stringify(document("long", { content: "x".repeat(5 * 1024 * 1024) }));
  const big = document("big", { content: "x".repeat(1024 * 1024 + 1) });
  const { result } = await post(workspace, ndjson([long, big, document("kettle")]));
  expect(result).toMatchObject({ accepted: 1, failed: 2 });
  expect(result.errors.map(({ line, code }) => `${line} ${code}`)).toEqual([
    "1 body_too_large",
    "2 document_too_large",
  ]);
});

it("an import lists a hundred errors and counts all of them", async () => {
  const workspace = await createWorkspace();
  const { result } = await post(workspace, "x\n".repeat(1000));
  expect(result).toMatchObject({ accepted: 0, failed: 1000 });
  expect(result.errors).toHaveLength(100);
});

it("an import request with a wrong content type, length or key is refused", async () => {
  const workspace = await createWorkspace();
  const json = { "content-type": "application/json" };
  expect((await post(workspace, "[]", json)).result.code).toBe("unsupported_media_type");
  const huge = { "content-type": "application/x-ndjson", "content-length": "999999999" };
  expect((await post(workspace, "x", huge)).status).toBe(413);
  const publishable = await call(workspace.publishable, "POST", "/v1/documents/import", "x");
  expect(publishable.status).toBe(403);
  expect((await call("sk_wrong", "POST", "/v1/documents/import", "x")).status).toBe(401);
  // A document may have the external id `import`.
  const path = "/v1/documents/import";
  expect((await call(workspace.secret, "GET", path)).status).toBe(404);
});

it("an import splits a body into the same lines, in whatever pieces it arrives", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.string({ unit: fc.constantFrom("a", "\n", "é", "\r", "日") }), { maxLength: 12 }),
      async (pieces) => {
        const encoder = new TextEncoder();
        const body = new ReadableStream({
          type: "bytes",
          start(controller) {
            for (const piece of pieces) if (piece) controller.enqueue(encoder.encode(piece));
            controller.close();
          },
        });
        const lines: string[] = [];
        for await (const { number, bytes } of readLines(body, { line: 1000, body: 1000 })) {
          expect(number).toBe(lines.length + 1);
          lines.push(new TextDecoder().decode(bytes));
        }
        const whole = pieces.join("");
        const expected = whole.split("\n");
        if (expected.at(-1) === "") expected.pop();
        expect(lines).toEqual(expected);
      },
    ),
  );
});
