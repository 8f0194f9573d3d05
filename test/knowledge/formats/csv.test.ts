import fc from "fast-check";
import { expect, it } from "vitest";
import { parseCsv } from "../../../src/knowledge/formats/csv.ts";

it.each<[what: string, text: string, rows: string[][]]>([
  [
    "commas",
    "q,a\nA?,B\n",
    [
      ["q", "a"],
      ["A?", "B"],
    ],
  ],
  [
    "semicolons, with commas in the cells",
    "Frage;Antwort\nWas, wann, wo?;Das, ja\n",
    [
      ["Frage", "Antwort"],
      ["Was, wann, wo?", "Das, ja"],
    ],
  ],
  [
    "tabs",
    "q\ta\nWhat?\tThis, that\n",
    [
      ["q", "a"],
      ["What?", "This, that"],
    ],
  ],
  [
    "a header whose quoted cells hold other separators",
    '"q; r; s",a\n"A?",B\n',
    [
      ["q; r; s", "a"],
      ["A?", "B"],
    ],
  ],
  [
    "a header with a quote within a cell",
    'Screen 27";Price\n"A";B\n',
    [
      ['Screen 27"', "Price"],
      ["A", "B"],
    ],
  ],
  [
    "line ends of Windows and Unix in one text",
    "q,a\r\nA,B\nC,D\r\n",
    [
      ["q", "a"],
      ["A", "B"],
      ["C", "D"],
    ],
  ],
  [
    "line ends of the old Macintosh",
    "q,a\rA,B",
    [
      ["q", "a"],
      ["A", "B"],
    ],
  ],
  [
    "rows of white space",
    "q,a\n\n , \nA,B\n",
    [
      ["q", "a"],
      ["A", "B"],
    ],
  ],
  ["a quoted cell that does not close", 'q,a\n"A,B\nC,D', [["q", "a"], ["A,B\nC,D"]]],
  [
    "quotes inside an unquoted cell",
    'q,a\n5" pipe,6" pipe',
    [
      ["q", "a"],
      ['5" pipe', '6" pipe'],
    ],
  ],
  [
    "spaces before a quote and text after one",
    'q, a\n"A", "B, C"\n"D"E,F',
    [
      ["q", " a"],
      ["A", "B, C"],
      ["DE", "F"],
    ],
  ],
  ["nothing", "", []],
])("reads %s", (_, text, rows) => {
  expect(parseCsv(text)).toEqual(rows);
});

it("reads what a spreadsheet writes, whatever the cells hold", () => {
  const cell = fc
    .string({ unit: fc.constantFrom(...Array.from("ab,;\t\"\n '=")) })
    .map((text) => `${text}.`);
  const rows = fc.array(fc.tuple(cell, cell), { minLength: 2, maxLength: 8 });
  fc.assert(
    fc.property(rows, fc.constantFrom(",", ";", "\t"), (cells, separator) => {
      const table = [["question", "answer"], ...cells];
      const quote = (text: string): string => `"${text.replaceAll('"', '""')}"`;
      const text = table.map((row) => row.map(quote).join(separator)).join("\r\n");
      expect(parseCsv(text)).toEqual(table);
    }),
  );
});

it("takes time that grows with the text's length, not with its square, however its quotes stand", () => {
  const started = performance.now();
  for (const piece of ['"a""', '"a" ', '"a"b,', '"a"x\n', '""']) {
    parseCsv(piece.repeat(250_000 / piece.length));
  }
  expect(performance.now() - started).toBeLessThan(5_000);
});
