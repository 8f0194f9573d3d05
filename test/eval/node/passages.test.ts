import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  countWords,
  findUnheld,
  foldWords,
  holdsAll,
  isRightPassage,
} from "../../../eval/passages/matching.ts";
import { readConversations } from "../../../eval/sets/conversations.ts";
import { readSet } from "../../../eval/sets/read-set.ts";
import { sliceQuestions } from "../../../eval/slices.ts";

const expected = (must: (string | string[])[], mustNot: string[] = []) => ({
  must: must.map((one) => [one].flat()),
  mustNot,
  procedure: false,
});

describe("a text holds a phrase whatever its marks are", () => {
  it.each([
    ["white space and line breaks", "press\n  Cancel \u00a0order", "Press Cancel order"],
    ["case", "PRESS CANCEL ORDER", "press cancel order"],
    [
      "emphasis and code",
      "Hold it for **3 seconds**, then `FH-PUMP-02`",
      "3 seconds, then FH-PUMP-02",
    ],
    ["emphasis within a word", "un**believ**able", "unbelievable"],
    [
      "links",
      'see [the returns policy](https://a.example/x "Policy") today',
      "returns policy today",
    ],
    ["list items", "1. Unplug.\n2. Empty the tank.", "2. Empty the tank"],
    ["tables", "| Basil | 5–10 days | 28 days |", "basil 5-10 days 28 days"],
    ["block quotes", "> **Warning**\n> No bleach", "warning: no bleach"],
    ["arrows of a path", "**Account → Orders > Edit**", "Account > Orders → Edit"],
    ["citation marks", "within 14 days [1] of delivery", "14 days of delivery"],
    ["HTML tags and entities", "press <kbd>Shift</kbd> &amp; O", "press Shift & O"],
    ["soft hyphens and full-width forms", "pass\u00adword ＡＢＣ", "password abc"],
    ["separators of thousands", "CA$1,199", "ca$1199"],
    ["a space after the currency, or none", "€ 20.90 or 40 %", "€20.90 or 40%"],
    ["a unit without a space", "2.4GHz and E07", "2.4 GHz and E-07"],
    ["scripts without spaces", "返品は30日以内です", "30日以内"],
  ])("%s", (_, text, phrase) => {
    expect(isRightPassage(text, expected([phrase]))).toBe(true);
  });

  it.each([
    ["a part of a word", "cancellation", "cancel"],
    ["a part of a number", "£18.90", "18"],
    ["another currency", "CA$9.90", "$9.90"],
    ["words that something stands between", "press the red button", "press button"],
  ])("but not %s", (_, text, phrase) => {
    expect(isRightPassage(text, expected([phrase]))).toBe(false);
  });
});

describe("a passage is right if it holds all required words and no forbidden ones", () => {
  it("of alternatives, any one is enough", () => {
    const either = expected(["60 days", ["clean", "tidy"]]);
    expect(isRightPassage("60 days if tidy", either)).toBe(true);
    expect(isRightPassage("60 days", either)).toBe(false);
  });

  it("a forbidden word makes it wrong, though all the required ones are held", () => {
    const strict = expected(["60 days"], ["restocking fee"]);
    const text = "60 days, with a Restocking **fee**";
    expect(isRightPassage(text, strict)).toBe(false);
    expect(holdsAll(foldWords(text), strict)).toBe(true);
  });
});

it("words of an answer are counted without the marks of tables and lists", () => {
  expect(countWords("- one | two\n|---|---|\n## three → 4")).toBe(4);
});

describe("the words that the demo's questions note stand in an expected article", () => {
  it.each(["golden.jsonl", "hard.jsonl", "field-messages.jsonl"])("%s", async (questionFile) => {
    const { documents, questions } = await readSet("demo", { questionFile });
    const slips = questions
      .filter((question) => question.answerable)
      .flatMap(({ id, passage, relevant }) => {
        const articles = documents.filter((one) => relevant.has(one.external_id));
        const texts = articles.map((one) => one.content);
        return passage
          ? findUnheld(passage, texts).map((phrase) => `${id}: ${phrase}`)
          : [`${id}: none`];
      });
    expect(slips).toEqual([]);
  });

  it("conversations.jsonl", async () => {
    const { folder, documents } = await readSet("demo");
    const ids = documents.map((one) => one.external_id);
    const conversations = await readConversations(folder, "conversations.jsonl", ids);
    const slips = conversations
      .flatMap((one) => one.turns)
      .filter((turn) => turn.expected.size > 0)
      .flatMap(({ message, passage, expected: articles }) => {
        const texts = documents
          .filter((one) => articles.has(one.external_id))
          .map((one) => one.content);
        return passage
          ? findUnheld(passage, texts).map((phrase) => `${message}: ${phrase}`)
          : [`${message}: none`];
      });
    expect(slips).toEqual([]);
  });
});

describe("a set of one's own", () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), "edgewise-passages-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  const write = (file: string, lines: object[]): void =>
    writeFileSync(path.join(folder, file), lines.map((line) => JSON.stringify(line)).join("\n"));
  const line = { answerable: true, expected: ["d1"] };

  beforeAll(() => write("corpus.jsonl", [{ _id: "d1", title: "Basil", text: "Water it daily." }]));

  it("may note words, procedures and traits; slices are by each trait", async () => {
    write("golden.jsonl", [
      {
        id: "a",
        question: "how?",
        ...line,
        must: ["water it", ["daily", "often"]],
        traits: ["typo", "angry"],
      },
      {
        id: "b",
        question: "why?",
        ...line,
        must_not: ["never"],
        procedure: true,
        traits: ["typo"],
      },
      { id: "c", question: "what?", answerable: false, must: ["no answer"] },
    ]);
    const { questions, notes } = await readSet(folder);
    expect(questions.map((one) => one.passage)).toEqual([
      { must: [["water it"], ["daily", "often"]], mustNot: [], procedure: false },
      undefined,
      undefined,
    ]);
    expect(notes).toEqual(['1 noted phrases stand in no expected document, such as "often" (a)']);
    const traits = sliceQuestions(questions).filter((one) => one.dimension === "trait");
    expect(traits.map(({ slice, questions: some }) => [slice, some.map(({ id }) => id)])).toEqual([
      ["typo", ["a", "b"]],
      ["angry", ["a"]],
    ]);
  });

  it("refuses a phrase without a word", async () => {
    write("golden.jsonl", [{ id: "a", question: "how?", ...line, must: ["→ **"] }]);
    await expect(readSet(folder)).rejects.toThrow(/holds no word/);
  });
});
