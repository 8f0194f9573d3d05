import fc from "fast-check";
import { expect, it } from "vitest";
import { SupportedText } from "../../src/answering/supported-text.ts";

function shown(holds: boolean, pieces: string[]): { text: string; after: string[] } {
  const output = new SupportedText(holds);
  const after = pieces.map((piece) => output.push(piece));
  expect(after.join("")).toBe(output.text);
  return { text: output.text, after };
}

it("text is shown at once unless it is held for a citation", () => {
  expect(shown(false, ["It takes", " 3 days."]).after).toEqual(["It takes", " 3 days."]);
});

it("held text is shown once a citation follows it, and never without one", () => {
  expect(shown(true, ["It takes", " 3 days", ". [1", "] It is", " free. [2] Bye!"]).after).toEqual([
    "",
    "",
    "",
    "It takes 3 days. [1]",
    " It is free. [2]",
  ]);
  expect(shown(true, ["Nothing supports this."]).text).toBe("");
});

it("held text is shown the same however the stream is cut", () => {
  const text = "One [1]. Two [2][3] three\n\n- four [1]\n- five";
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 20 }), (sizes) => {
      const pieces: string[] = [];
      let rest = text;
      for (const size of sizes) {
        pieces.push(rest.slice(0, size));
        rest = rest.slice(size);
      }
      expect(shown(true, [...pieces, rest]).text).toBe("One [1]. Two [2][3] three\n\n- four [1]");
    }),
  );
});
