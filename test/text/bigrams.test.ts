import { wordsOf } from "../../src/text/words.ts";
import fc from "fast-check";
import { expect, it } from "vitest";
import { withBigrams } from "../../src/text/bigrams.ts";

it.each([
  ["返品できます", ["返品", "品で", "でき", "きま", "ます"]],
  ["水", ["水"]],
  ["iPhoneを返品", ["iphone", "を返", "返品"]],
  ["サーバー", ["サー", "ーバ", "バー"]],
  ["ｻｰﾊﾞｰ", ["サー", "ーバ", "バー"]],
  ["E-07", ["e", "07"]],
  ["größer", ["größer"]],
])("%s is split into the words %j", (text, words) => {
  expect(wordsOf(text)).toEqual(words);
});

it("splitting into bigrams leaves text of other scripts unchanged", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom("a", "é", " ", "1", ".", "-", "ß", "я", "\n") }),
      (text) => {
        expect(withBigrams(text)).toBe(text);
      },
    ),
  );
});

it("splitting into bigrams accepts any characters, and the text grows by a small factor at most", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 300 }), (text) => {
      expect(withBigrams(text).length).toBeLessThanOrEqual(20 * text.length + 2);
    }),
  );
});
