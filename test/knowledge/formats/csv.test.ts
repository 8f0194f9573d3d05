import fc from "fast-check";
import { expect, it } from "vitest";
import { parseCsv } from "../../../src/knowledge/formats/question-lists/csv.ts";

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
    "a header with other separators in its quoted cells",
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
    "a text with both Windows and Unix line ends",
    "q,a\r\nA,B\nC,D\r\n",
    [
      ["q", "a"],
      ["A", "B"],
      ["C", "D"],
    ],
  ],
  [
    "a text with the line ends of the old Macintosh",
    "q,a\rA,B",
    [
      ["q", "a"],
      ["A", "B"],
    ],
  ],
  [
    "a text with blank rows, which it drops",
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
  ["an empty text", "", []],
])("the CSV parser reads %s", (_, text, rows) => {
  expect([...parseCsv(text)]).toEqual(rows);
});

it("the CSV parser reads what a spreadsheet writes, whatever the cells contain", () => {
  const cell = fc
    .string({ unit: fc.constantFrom(...Array.from("ab,;\t\"\n '=")) })
    .map((text) => `${text}.`);
  const rows = fc.array(fc.tuple(cell, cell), { minLength: 2, maxLength: 8 });
  fc.assert(
    fc.property(rows, fc.constantFrom(",", ";", "\t"), (cells, separator) => {
      const table = [["question", "answer"], ...cells];
      const quote = (text: string): string => `"${text.replaceAll('"', '""')}"`;
      const text = table.map((row) => row.map(quote).join(separator)).join("\r\n");
      expect([...parseCsv(text)]).toEqual(table);
    }),
  );
});

it("the CSV parser takes linear time, wherever the text has quotes", () => {
  const started = performance.now();
  for (const piece of ['"a""', '"a" ', '"a"b,', '"a"x\n', '""']) {
    Array.from(parseCsv(piece.repeat(250_000 / piece.length)));
  }
  expect(performance.now() - started).toBeLessThan(5_000);
});
