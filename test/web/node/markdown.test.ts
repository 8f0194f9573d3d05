import fc from "fast-check";
import { expect, it } from "vitest";
import { createGrowingLexer, lexAnswer, unfinishedFrom } from "../../../web/demo/markdown.ts";

const PIECES = [
  "- item",
  "1. step",
  "   more",
  "\n",
  "\n\n",
  "| a | b |",
  "| - | - |",
  "```",
  "    ",
  "> ",
  "**",
  "`",
  "# ",
  "---",
  "===",
  "[1]",
  "[a](https://a.example)",
  "[1]: https://a.example",
  "<b>",
  "word ",
];
const markdown = fc
  .array(fc.constantFrom(...PIECES), { maxLength: 40 })
  .map((pieces) => pieces.join(""));

const shapes = (tokens: { type: string; raw: string }[]): string[][] =>
  tokens.map(({ type, raw }) => [type, raw]);

const wordsOf = (tokens: { raw: string }[]): string =>
  tokens
    .map(({ raw }) => raw)
    .join("")
    .replace(/\s/g, "");

it("an answer that arrives in pieces is lexed like the whole answer", () => {
  fc.assert(
    fc.property(markdown, fc.integer({ min: 1, max: 9 }), (text, step) => {
      const lex = createGrowingLexer();
      for (let end = step; end < text.length; end += step) lex(text.slice(0, end));
      const tokens = lex(text);
      expect(shapes(tokens)).toEqual(shapes(lexAnswer(text)));
      expect(wordsOf(tokens)).toBe(text.replace(/\s/g, ""));
    }),
    { numRuns: 2000 },
  );
});

it.each([
  ["Prices:\n\n| Part | Price |", "Prices:\n\n"],
  ["Prices:\n\n| Part | Price |\n", "Prices:\n\n"],
  ["Prices:\n\n| Part | Price |\n| - |", "Prices:\n\n"],
  ["| Part | Price |\n| - | - |\n| Spoke | 14", "| Part | Price |\n| - | - |\n"],
  ["| Part | Price |\n| - | - |\n| Spoke | 14 |\n", null],
  ["Do this:\n\n2", "Do this:\n\n"],
  ["Do this:\n\n``", "Do this:\n\n"],
  ["A heading\n-", "A heading\n"],
  ["It costs **14", "It costs "],
  ["It costs **14 €**, press `OK` [1]", null],
  ["It costs 14 € [1", "It costs 14 € "],
  ["See [Storage](https://a.exam", "See "],
  ["See [Storage]", "See "],
  ["See [Storage](https://a.example). Then", null],
  ["3 * 4 = 12", null],
  [`An opening ** that is never closed ${"and more ".repeat(40)}`, null],
])("while it streams, %j is shown up to %j", (text, shown) => {
  expect(text.slice(0, unfinishedFrom(text))).toBe(shown ?? text);
});

it("in an answer, a definition makes no link of a marker, and an address within a tag is no link", () => {
  const lexed = JSON.stringify(
    lexAnswer(`[1]: b\n\n[1] <img src="https://a.example">\n\n<div>https://a.example</div>`),
  );
  const types = lexed.match(/(?<="type":")\w+/g) ?? [];
  expect(types).not.toContain("def");
  expect(types.filter((type) => type === "link").length).toBe(1);
});

const repeat = (text: string, length: number): string =>
  text.repeat(Math.ceil(length / text.length));

it.each([
  ["quotes within quotes", "> "],
  ["lists within lists", "- "],
  ["numbered lists within lists", "1. "],
  ["asterisks", "*"],
  ["words between asterisks", "a*"],
  ["underscored letters", "_a_"],
  ["emphasis that opens", "*a _b "],
  ["struck letters", "~a"],
  ["brackets", "["],
  ["links without end", "[a]("],
  ["backticks of two lengths", "`a``b"],
  ["tags", "<a "],
  ["comments", "<!-- "],
  ["addresses", "http://"],
  ["lazy quotes", "> a\nb\n"],
  ["cells", "|a"],
])("20 KB of %s are lexed without delay, and nothing of them is lost", (_, piece) => {
  const text = repeat(piece, 20_000);
  const began = performance.now();
  const tokens = lexAnswer(text);
  expect(performance.now() - began).toBeLessThan(2000);
  expect(wordsOf(tokens) === text.replace(/\s/g, "")).toBe(true);
});
