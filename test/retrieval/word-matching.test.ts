import { beforeAll, describe, expect, it } from "vitest";
import { foundBy, ingestPending, storeMany } from "../support/pipeline.ts";
import { createWorkspace, type Workspace } from "../support/workspace.ts";
import { APART, PAIRS } from "./word-pairs.ts";

/** A workspace with a document for each text, named `d0`, `d1` … */
async function ingested(texts: string[]): Promise<Workspace> {
  const workspace = await createWorkspace();
  await storeMany(workspace, texts.length, (n) => ({
    title: "Note",
    content: texts[n],
    content_type: "text/plain",
  }));
  await ingestPending();
  return workspace;
}

describe("the same words in another spelling", () => {
  const texts = Object.values(PAIRS).flatMap((pairs) => pairs.map(([text]) => text));
  let workspace: Workspace;
  beforeAll(async () => {
    workspace = await ingested(texts);
  }, 120_000);

  const cases = Object.entries(PAIRS).flatMap(([language, pairs]) =>
    pairs.flatMap(([text, ...questions]) =>
      questions.map((question) => ({ language, text, question })),
    ),
  );
  it.each(cases)("$language: “$question” finds “$text”", async ({ text, question }) => {
    const [first] = await foundBy("keywords", workspace, question);
    expect(texts[Number(first?.slice(1))]).toBe(text);
  });
});

describe("words that only look alike", () => {
  const texts = APART.map(([, text]) => text);
  let workspace: Workspace;
  beforeAll(async () => {
    workspace = await ingested(texts);
  }, 120_000);

  it.each(APART)("“%s” does not find “%s”", async (question, text) => {
    const found = await foundBy("keywords", workspace, question);
    expect(found.map((id) => texts[Number(id.slice(1))])).not.toContain(text);
  });
});
