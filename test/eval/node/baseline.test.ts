import { describe, expect, it } from "vitest";
import type { Document } from "../../../cli/document.ts";
import { indexSections } from "../../../eval/baseline/bm25.ts";
import { measureBaseline } from "../../../eval/baseline/measure.ts";
import { compareWithBaseline } from "../../../eval/baseline/report.ts";
import { splitSections } from "../../../eval/baseline/sections.ts";
import { judgeAnswer, summariseAnswers } from "../../../eval/passages/judge.ts";

function documentOf(id: string, content: string, type = "text/markdown"): Document {
  return { external_id: id, title: id, content, content_type: type };
}

const RETURNS = `Intro.

# Returns

## How long?

You have **60 days**.

## What it costs

\`\`\`
# no heading
\`\`\`

Nothing.
`;

describe("a document is split at its headings", () => {
  it("a section has its heading, a heading without text is none, and a fenced line is no heading", () => {
    const texts = splitSections(documentOf("returns", RETURNS)).map((one) => one.text);
    expect(texts).toEqual([
      "Intro.",
      "## How long?\n\nYou have **60 days**.",
      "## What it costs\n\n```\n# no heading\n```\n\nNothing.",
    ]);
  });

  it("HTML is split at its headings, plain text is one section", () => {
    const html = "<h1>A &amp; B</h1><p>One</p><h2>C</h2><ul><li>Two</li></ul>";
    expect(splitSections(documentOf("a", html, "text/html")).map((one) => one.text)).toEqual([
      "## A & B\n\nOne",
      "## C\n\nTwo",
    ]);
    expect(splitSections(documentOf("a", "# 1\n\n# 2", "text/plain"))).toHaveLength(1);
  });

  it("a document of headings alone is one section", () => {
    expect(splitSections(documentOf("a", "# 1\n\n# 2"))).toHaveLength(1);
  });
});

describe("sections are ranked by BM25", () => {
  const documents = [
    documentOf("returns", RETURNS),
    documentOf("shipping", "## Cost\n\nReturns cost nothing, and shipping five euros."),
    documentOf("other", "Words that nobody asks for."),
  ];

  it("the section whose own words are asked for is first, and one without a word of the question is not found", () => {
    const found = indexSections(documents)("how long for returns?");
    expect(found[0]?.text).toContain("60 days");
    expect(found.map((one) => one.document)).not.toContain("other");
  });

  it("a question that shares no word with any section is answered by none", () => {
    expect(indexSections(documents)("xyzzy")).toEqual([]);
  });

  it("a rare word counts more than a common one, a repeated one more than a single one", () => {
    const search = indexSections([
      documentOf("one", "water tank", "text/plain"),
      documentOf("two", "water pump water", "text/plain"),
    ]);
    expect(search("tank water").map((one) => one.document)).toEqual(["one", "two"]);
    expect(search("water").map((one) => one.document)).toEqual(["two", "one"]);
  });
});

const passage = { must: [["60 days"]], mustNot: [], procedure: true };

it("the baseline is judged by its best section, its three best and the best document", () => {
  const documents = [documentOf("returns", RETURNS)];
  const relevant = new Map([["returns", 1]]);
  const rows = measureBaseline(documents, [
    { id: "long", text: "how long?", relevant, passage },
    { id: "cost", text: "what it costs", relevant, passage },
    { id: "none", text: "xyzzy", relevant, passage },
  ]);
  expect(rows.get("long")?.best).toMatchObject({ article: true, passage: true, held: true });
  expect(rows.get("cost")).toMatchObject({
    hit_at_1: 1,
    best: { article: true, passage: false },
    document: { held: true },
  });
  expect(rows.get("none")).toMatchObject({
    hit_at_1: 0,
    best: { article: false, passage: false, words: null },
    document: { held: false, words: 0 },
  });
});

describe("an answer is judged by its article and by its passage", () => {
  it("the right article with another passage is not right, nor are the right words of another article", () => {
    expect(judgeAnswer(passage, "Nothing.", true)).toMatchObject({ article: true, passage: false });
    expect(judgeAnswer(passage, "60 days", false)).toMatchObject({ passage: false, held: true });
    expect(judgeAnswer(passage, "60 days", true)).toMatchObject({ passage: true, held: true });
  });

  it("silence is no right passage, and counts no words; a question without noted words is judged by article alone", () => {
    expect(judgeAnswer(passage, undefined, false)).toMatchObject({ passage: false, words: null });
    const rows = [judgeAnswer(undefined, "a b c", true), judgeAnswer(passage, undefined, false)];
    expect(summariseAnswers(rows)).toMatchObject({
      n: 2,
      right_article: 0.5,
      noting_words: 1,
      right_passage: 0,
      wrong_passage: 0,
      words_per_answer: 3,
    });
  });
});

it("what is below the baseline is named, on the questions that both answered", () => {
  const relevant = new Map([["returns", 1]]);
  const questions = ["a", "b"].map((id) => ({ id, text: "how long?", relevant, passage }));
  const baseline = measureBaseline([documentOf("returns", RETURNS)], questions);
  const ours = new Map([["a", judgeAnswer(passage, "Nothing.", true)]]);
  const compared = compareWithBaseline({ hit_at_1: 0.5, ndcg_at_10: 1 }, ours, baseline);
  expect(compared.baseline.n).toBe(1);
  expect(compared.below).toEqual(["hit_at_1", "right_passage", "words_held", "whole_procedure"]);
  expect(compareWithBaseline(null, new Map(), baseline)).toMatchObject({ ours: null, below: [] });
});
