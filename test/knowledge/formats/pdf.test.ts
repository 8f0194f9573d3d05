import { expect, it } from "vitest";
import { cleanConverted, convertedInSteps } from "../../../src/knowledge/formats/converted.ts";
import { runAtOnce } from "../../../src/runtime/steps.ts";

/** The converter's output for a PDF with these pages. */
function converted(...pages: string[][]): string {
  const texts = pages.map((lines, index) => `### Page ${index + 1}\n${lines.join("\n")}\n\n`);
  return `# document.pdf\n## Metadata\n- PDFFormatVersion=1.4\n\n## Contents\n${texts.join("")}`;
}

const read = (...pages: string[][]): string => cleanConverted("document.pdf", converted(...pages));

const LONG = "This line is as long as a line of this page can be, so that";

it.each([
  ["The deliv-", "ery is late. Each delivery is.", "The delivery is late."],
  ["A cancel-", "lation is free.", "A cancellation is free."],
  ["Write an e-", "mail to us.", "Write an e-mail to us."],
  ["Use self-", "service pages.", "Use self-service pages."],
  ["The year 2024-", "25 was good.", "The year 2024-25 was good."],
  ["Wi-", "Fi is free.", "Wi-Fi is free."],
  ["Ein-", "und Ausgang.", "Ein- und Ausgang."],
  ["A soft\u00AD", "ware.", "A software."],
  ["The well-known state-of-the-", "art pump.", "The well-known state-of-the-art pump."],
  ["A long-", "term plan. Each long-term plan ends.", "A long-term plan."],
  ["Open https://a.example/first-", "steps now.", "first-steps> now."],
])("%j and the next line are joined", (line, next, expected) => {
  expect(read([line, next])).toContain(expected);
});

it("rows of numbers and lines of an address stay lines", () => {
  const markdown = read([
    `${LONG} it is full.`,
    "Voltage 230 V 50 Hz",
    "Power 1450 W 6.3 A",
    "Nordlys ApS",
    "Havnegade 12",
  ]);
  expect(markdown).toContain("Voltage 230 V 50 Hz\nPower 1450 W 6.3 A\nNordlys ApS\nHavnegade 12");
});

it("commands stay lines, and a narrow item of a list goes on", () => {
  const markdown = read([
    `${LONG} it is full.`,
    "mkdir build",
    "cd build",
    "make install",
    "• a key of",
    "the door",
  ]);
  expect(markdown).toContain("mkdir build\ncd build\nmake install");
  expect(markdown).toContain("- a key of the door");
});

it("what was left out is told, once for each different line", () => {
  const pages = Array.from({ length: 4 }, (_, n) => [
    "Guide",
    `Text ${"abcd"[n]} of a page.`,
    `${n + 1}`,
  ]);
  const { markdown, leftOut } = runAtOnce(convertedInSteps("document.pdf", converted(...pages)));
  expect(markdown).not.toContain("Guide");
  expect(leftOut.filter((line) => line === "Guide")).toHaveLength(4);
  expect(leftOut).toContain("3");
});

it("a text that stands on every page is read if there is nothing else", () => {
  expect(read(["Closed today."], ["Closed today."], ["Closed today."])).toContain("Closed today.");
});

it("a numbered list goes on on the next page, and a list has a second level", () => {
  const markdown = read(
    ["1. Open the lid.", "2. Take the filter out.", "o Rinse it.", "o Dry it."],
    ["3. Close the lid.", "The lamp is green."],
  );
  expect(markdown).toContain("2. Take the filter out.\n   - Rinse it.\n   - Dry it.\n");
  expect(markdown).toContain("# Page 2\n\n3. Close the lid.\n");
});

it("lines of Chinese are joined without a space, up to a short line", () => {
  const line = "本产品的保修期为自购买之日起两年，请妥善保管购买凭证，在保修期内我们免费维修";
  expect(read([line, "或更换有缺陷的产品。", "联系方式", `${line}。`])).toContain(
    `${line}或更换有缺陷的产品。\n\n`,
  );
});

it("captions and steps that differ by a number alone are no page numbers", () => {
  const pages = [1, 2, 3, 4].map((n) => [
    `Step ${n}`,
    `${LONG} ${n} is done.`,
    `Table ${n} – Parts of the pump`,
  ]);
  const markdown = read(...pages);
  for (const n of [1, 2, 3, 4]) {
    expect(markdown).toContain(`Step ${n}`);
    expect(markdown).toContain(`Table ${n} – Parts of the pump`);
  }
});

it("Markdown of the converter stays what it is", () => {
  const markdown = read([
    "## Prices",
    "",
    "| Plan | Price |",
    "| --- | --- |",
    "| Pro | **9** |",
    "",
    "Ask *us*.",
  ]);
  expect(markdown).toContain("### Prices");
  expect(markdown).toMatch(/\| Plan \| Price \|\n\|.*\n\| Pro\s+\| \*\*9\*\*/);
  expect(markdown).toContain("Ask *us*.");
});

const tablesOf = (...pages: string[][]) =>
  runAtOnce(convertedInSteps("document.pdf", converted(...pages))).tables;

it("rows of a table whose columns the converter lost are told, with their page", () => {
  const rows = ["Speed Braking, dry Braking, wet", "15 km/h 3 m 5 m", "25 km/h 7 m 12 m"];
  expect(tablesOf([LONG, "it ends."], [...rows, "40 km/h 16 m 29 m"])).toEqual([
    { page: 2, excerpt: "15 km/h 3 m 5 m · 25 km/h 7 m 12 m · 40 km/h 16 m 29 m" },
  ]);
});

it.each([
  ["sentences", ["Pay 3 of 5 euros.", "Pay 4 of 6 euros.", "Pay 5 of 7 euros."]],
  ["telephone numbers", ["Bern +41 31 555", "Rome +39 06 555", "Graz +43 316 55"]],
  ["opening hours", ["Monday 9:00 – 18:00", "Tuesday 9:00 – 18:00", "Friday 9:00 – 16:00"]],
  ["a list of steps", ["1. Wait 5 to 10 minutes", "2. Wait 1 to 2 minutes", "3. Add 2 of 4 bags"]],
  ["Markdown of the converter", ["| a | b |", "|-|-|", "| 1 | 2 |", "| 3 | 4 |", "| 5 | 6 |"]],
])("%s are taken for no lost table", (_, lines) => expect(tablesOf(lines)).toEqual([]));
