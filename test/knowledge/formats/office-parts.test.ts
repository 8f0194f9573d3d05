import { expect, it } from "vitest";
import { fileWarnings } from "../../../src/knowledge/formats/converted.ts";
import { officeParts } from "../../../src/knowledge/formats/office-parts.ts";
import { zip } from "../../support/files.ts";

const paragraph = (...texts: string[]): string =>
  `<w:p>${texts.map((text) => `<w:r><w:t xml:space="preserve">${text}</w:t></w:r>`).join("")}</w:p>`;

it("headers and footers of a Word file that were not read are counted", async () => {
  const file = zip({
    "word/document.xml": paragraph("Text"),
    "word/header1.xml": `<w:hdr>${paragraph("Price ", "list")}${paragraph("Shown")}</w:hdr>`,
    "word/footer2.xml": `<w:ftr>${paragraph("R&amp;D, page 1")}</w:ftr>`,
  });
  const { runningLines, hiddenSheets } = await officeParts(file, "Shown\n");
  expect(runningLines).toEqual(["Price list", "R&D, page 1"]);
  expect(hiddenSheets).toEqual([]);
});

it("hidden sheets of a workbook that were not read are told", async () => {
  const sheets = `<sheet name="Prices"/><sheet name="Margin" state="hidden"/><sheet state="veryHidden" name="A &lt; B"/><sheet name="Read" state="hidden"/>`;
  const file = zip({ "xl/workbook.xml": `<workbook><sheets>${sheets}</sheets></workbook>` });
  const { hiddenSheets } = await officeParts(file, "## Prices\n\n## Read\n\n");
  expect(hiddenSheets).toEqual(["Margin", "A < B"]);
  expect(fileWarnings({ markdown: "", leftOut: [], tables: [], hiddenSheets })).toMatchObject([
    { kind: "left_out", reason: "hidden", blocks: 2, excerpt: "Margin · A < B" },
  ]);
});

it("a part that is longer than is looked at is passed over", async () => {
  const file = zip({ "word/header1.xml": paragraph("x".repeat(600_000)) });
  expect(await officeParts(file, "")).toEqual({ runningLines: [], hiddenSheets: [] });
});
