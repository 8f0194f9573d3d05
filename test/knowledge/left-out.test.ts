import { expect, it } from "vitest";
import { normaliseInSteps } from "../../src/knowledge/formats/normalise.ts";
import type { LeftOut } from "../../src/knowledge/formats/html/left-out.ts";
import { runAtOnce } from "../../src/runtime/steps.ts";
import { call, createWorkspace, ingest } from "../support/workspace.ts";

const PROSE = "We deliver to every address in the country within three working days. ".repeat(5);

function leftOutOf(html: string): LeftOut[] {
  const leftOut: LeftOut[] = [];
  runAtOnce(normaliseInSteps(html, "text/html", leftOut));
  return leftOut;
}

it("what of a page was not read is counted by its reason", () => {
  const page = `<body><nav><a href="/">Home</a> <a href="/a">Lamps</a></nav><main><h1>Care</h1><p>${PROSE}</p>
    <div style="display:none">Nobody who visits this page can see these words.</div></main><footer>© 2026 Acme</footer></body>`;
  expect(leftOutOf(page)).toMatchObject([
    { reason: "hidden", blocks: 1, words: 9, excerpt: expect.stringContaining("Nobody who") },
    { reason: "navigation", blocks: 1, words: 2, prose: 0 },
    { reason: "footer", blocks: 1, words: 2 },
  ]);
});

it("hidden HTML within Markdown is counted, too", () => {
  const leftOut: LeftOut[] = [];
  const markdown = "# Care\n\n<p hidden>Tags: care, cleaning, filter</p>\n\nRinse it.\n";
  expect(runAtOnce(normaliseInSteps(markdown, "text/markdown", leftOut))).toBe(
    "# Care\n\nRinse it.\n",
  );
  expect(leftOut).toMatchObject([{ reason: "hidden", blocks: 1, words: 4 }]);
});

it("a document's warnings say what of its page was not read; lists of documents leave out the menu and footer of any site", async () => {
  const workspace = await createWorkspace();
  const content = (body: string): string =>
    `<body><nav><a href="/">Home</a></nav><main><h1>Care</h1><p>${PROSE}</p>${body}</main><footer>© 2026 Acme</footer></body>`;
  const content_type = "text/html";
  await ingest(workspace, {
    plain: { title: "Plain", content: content(""), content_type },
    hidden: {
      title: "Hidden",
      content: content("<p hidden>These words of the page are seen by nobody.</p>"),
      content_type,
    },
    form: {
      title: "Form",
      content: content(`<form><input><input><input><input><input><p>${PROSE}</p></form>`),
      content_type,
    },
  });
  const warningsOf = async (id: string): Promise<unknown> =>
    (
      (await (await call(workspace.secret, "GET", `/v1/documents/${id}`)).json()) as {
        warnings: unknown;
      }
    ).warnings;
  const usual = [
    { reason: "navigation", blocks: 1, words: 1, excerpt: "Home", usual: true },
    { reason: "footer", blocks: 1, words: 2, usual: true },
  ];
  expect(await warningsOf("plain")).toMatchObject(usual);
  expect(await warningsOf("hidden")).toEqual([
    {
      kind: "left_out",
      reason: "hidden",
      blocks: 1,
      words: 9,
      excerpt: "These words of the page are seen by nobody.",
      message: "9 words in 1 block are hidden, and nothing on the page shows them.",
    },
    ...usual.map((one): unknown => expect.objectContaining(one)),
  ]);
  expect(await warningsOf("form")).toMatchObject([{ kind: "left_out", reason: "form" }, ...usual]);
  const list = await call(workspace.secret, "GET", "/v1/documents");
  const { documents } = (await list.json()) as {
    documents: { external_id: string; warnings: unknown[] }[];
  };
  expect(documents.map(({ external_id, warnings }) => [external_id, warnings.length])).toEqual([
    ["form", 1],
    ["hidden", 1],
    ["plain", 0],
  ]);
});
