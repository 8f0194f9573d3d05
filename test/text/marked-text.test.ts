import fc from "fast-check";
import { expect, it } from "vitest";
import {
  join,
  partsOf,
  replace,
  slice,
  styleAt,
  styled,
  unmarked,
  without,
  type MarkedText,
  type Style,
} from "../../src/text/marked-text.ts";
import { fromStored, toStored } from "../../src/text/stored-marks.ts";

const style = fc.constantFrom<Style>(
  { strong: true },
  { emphasis: true, deleted: true },
  { code: true },
  { link: "/a?b=1" },
  { link: "/c", strong: true },
  { fence: "" },
  { fence: "js" },
  { quoted: 1 },
  { ends: "paragraph" },
  { ends: "line", quoted: 2 },
  { hidden: "image" },
  { hidden: "repeated", code: true },
);
const words = fc.constantFrom("a", "b c", " ", "\n", "  x", "y\nz", "", "🌱");
const marked: fc.Arbitrary<MarkedText> = fc
  .array(fc.tuple(words, fc.option(style)), { maxLength: 12 })
  .map((parts) => {
    const texts = parts.map(([text, own]) => (own ? styled(unmarked(text), own) : unmarked(text)));
    return join(texts);
  });

/** The style of each character. */
const stylesOf = (text: MarkedText): (Style | undefined)[] =>
  Array.from({ length: text.text.length }, (_, at) => styleAt(text, at));

it("a cut and joined text has the styles that its characters had", () => {
  fc.assert(
    fc.property(marked, marked, fc.nat(20), fc.nat(20), (one, other, start, length) => {
      const both = join([one, other]);
      expect(both.text).toBe(one.text + other.text);
      expect(stylesOf(both)).toEqual([...stylesOf(one), ...stylesOf(other)]);
      const part = slice(both, start, start + length);
      expect(part.text).toBe(both.text.slice(start, start + length));
      expect(stylesOf(part)).toEqual(stylesOf(both).slice(start, start + length));
    }),
  );
});

it("spans stay in order, apart from each other and within their text", () => {
  fc.assert(
    fc.property(marked, style, (text, own) => {
      for (const one of [
        text,
        styled(text, own),
        replace(text, /\s/g, "__"),
        without(text, () => true),
      ]) {
        let end = 0;
        for (const span of one.spans) {
          expect(span.start).toBeGreaterThanOrEqual(end);
          expect(span.end).toBeGreaterThan(span.start);
          end = span.end;
        }
        expect(end).toBeLessThanOrEqual(one.text.length);
      }
    }),
  );
});

it("marks are stored and read without a change", () => {
  fc.assert(
    fc.property(marked, (text) => {
      expect(fromStored(text.text, JSON.stringify(toStored(text.spans)))).toEqual(text);
    }),
  );
});

it("what is put in the place of a match has the style of its first character", () => {
  const text = join([unmarked("a"), styled(unmarked("\n"), { fence: "" }), unmarked("b\nc")]);
  const indented = replace(text, /\n/g, "\n  ");
  expect(indented).toEqual({
    text: "a\n  b\n  c",
    spans: [{ start: 1, end: 4, style: { fence: "" } }],
  });
});

it("a style within another one keeps its own target, and quotations add up", () => {
  const inner = styled(unmarked("x"), { link: "/in", quoted: 1 });
  const outer = styled(join([inner, unmarked(" y")]), { link: "/out", strong: true, quoted: 1 });
  expect(styleAt(outer, 0)).toEqual({ link: "/in", strong: true, quoted: 2 });
  expect(styleAt(outer, 1)).toEqual({ link: "/out", strong: true, quoted: 1 });
});

it("what is left out leaves no empty line, and what stood behind it on its line begins it", () => {
  const gone = (text: string): MarkedText => styled(unmarked(text), { hidden: "repeated" });
  const left = (...parts: MarkedText[]): string =>
    without(join(parts), ({ style: own }) => own.hidden !== undefined).text;
  expect(left(gone("Label"), unmarked("\n   more"))).toBe("   more");
  expect(left(unmarked("a\n\n"), gone("Picture"), unmarked("\n\nb"))).toBe("a\n\nb");
  expect(left(unmarked("1. a\n   "), gone("Picture\n   Caption"), unmarked("\n2. b"))).toBe(
    "1. a\n2. b",
  );
  expect(left(gone("Once."), unmarked(" Twice."))).toBe("Twice.");
  expect(left(unmarked("\n\n  a"))).toBe("\n\n  a");
});

it("parts are found in their order", () => {
  const text = join([styled(unmarked("ab"), { code: true }), unmarked(" ab")]);
  expect(partsOf(text, ["ab", "ab"]).map(({ spans }) => spans.length)).toEqual([1, 0]);
});
