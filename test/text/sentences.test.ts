import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { splitSentences } from "../../src/text/sentences.ts";

describe("sentences", () => {
  const CASES: [text: string, sentences: string[]][] = [
    ["", []],
    [" \n\t\n ", []],
    ["One only", ["One only"]],
    ["It leaks. Call us! Why? Ask.", ["It leaks.", "Call us!", "Why?", "Ask."]],
    [
      "Use tools, e.g. a screwdriver. Dr. Lee (approx. 3 km away) helps.",
      ["Use tools, e.g. a screwdriver.", "Dr. Lee (approx. 3 km away) helps."],
    ],
    [
      "It costs 4.90 euros. Version 4.1.1.1 is free.",
      ["It costs 4.90 euros.", "Version 4.1.1.1 is free."],
    ],
    [
      "Write to help@example.com. See example.com/faq.html now.",
      ["Write to help@example.com.", "See example.com/faq.html now."],
    ],
    [
      "1. Unplug it. Wait.\n2) Rinse.\n- Dry it.\n• Done",
      ["1. Unplug it.", "Wait.", "2) Rinse.", "- Dry it.", "• Done"],
    ],
    ["A line\nanother line.", ["A line", "another line."]],
    [
      "返品できます。返金は後日です！よろしいですか？",
      ["返品できます。", "返金は後日です！", "よろしいですか？"],
    ],
    ["Wait … and see. “Is it on?” Yes.", ["Wait … and see.", "“Is it on?”", "Yes."]],
    ["Is it No. 5? Yes.", ["Is it No. 5?", "Yes."]],
    ["etc.", ["etc."]],
  ];

  it.each(CASES)("%j is split into its sentences", (text, sentences) => {
    expect(splitSentences(text)).toEqual(sentences);
  });

  const text = fc.oneof(
    fc.string({ unit: "grapheme", maxLength: 200 }),
    fc.string({ unit: "binary", maxLength: 200 }),
    fc
      .array(
        fc.constantFrom(
          "Pump",
          "leaks",
          ". ",
          "! ",
          "? ",
          "\n",
          "1. ",
          "- ",
          "e.g. ",
          "Dr. ",
          "…",
          "。",
          '" ',
          "4.90 ",
          "\r\n",
          "\u2028",
          "  ",
        ),
        { maxLength: 40 },
      )
      .map((parts) => parts.join("")),
  );

  it("sentences stand in the text unchanged and in order, and only white space is lost", () => {
    fc.assert(
      fc.property(text, (whole) => {
        let position = 0;
        for (const sentence of splitSentences(whole)) {
          expect(sentence).toBe(sentence.trim());
          expect(sentence).not.toMatch(/\n|^$/);
          const start = whole.indexOf(sentence, position);
          expect(start).toBeGreaterThanOrEqual(position);
          expect(whole.slice(position, start).trim()).toBe("");
          position = start + sentence.length;
        }
        expect(whole.slice(position).trim()).toBe("");
      }),
      { numRuns: 1000 },
    );
  });

  it("the sentences of a text are the sentences of its lines", () => {
    fc.assert(
      fc.property(text, text, (one, other) => {
        expect(splitSentences(`${one}\n${other}`)).toEqual([
          ...splitSentences(one),
          ...splitSentences(other),
        ]);
      }),
    );
  });
});

it("a line that is not segmented is one sentence by the rules of Unicode, too", () => {
  const segmenter = new Intl.Segmenter("en", { granularity: "sentence" });
  const marks = [
    ".",
    "!",
    "?",
    "…",
    "。",
    "．",
    "\u2024",
    "\uFE52",
    "؟",
    "।",
    "\r",
    "\u0085",
    "\u2028",
    "\u2029",
  ];
  const others = [
    "a",
    "A",
    "1",
    " ",
    "\t",
    "\v",
    "\f",
    ")",
    '"',
    ",",
    ":",
    ";",
    "}",
    "\u200B",
    "\uFE0F",
    "é",
    "漢",
    "😀",
  ];
  const line = fc.array(
    fc.oneof(fc.constantFrom(...marks, ...others), fc.string({ unit: "binary", maxLength: 1 })),
    { maxLength: 12 },
  );
  fc.assert(
    fc.property(line, (parts) => {
      const text = parts.join("").replaceAll("\n", "");
      const segments = Array.from(segmenter.segment(`x${text}`), ({ segment }) => segment);
      // Beyond what the segmenter says, only abbreviations join sentences, and of those this text has none.
      fc.pre(!/\b(?:etc|no|nr|vs|ca|st|dr|mr|ms)\./i.test(text));
      expect(splitSentences(`x${text}`)).toEqual(segments.map((one) => one.trim()).filter(Boolean));
    }),
    { numRuns: 3000 },
  );
});
