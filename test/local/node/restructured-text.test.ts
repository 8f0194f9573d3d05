import { expect, test } from "vitest";
import { rstToMarkdown } from "../../../cli/restructured-text.ts";

test("a line of reStructuredText that begins with a no-break space is read as text", () => {
  expect(rstToMarkdown("Fees\n====\n\n\u00A0Free for members.\n")).toContain("Free for members.");
});

test("a long line of dashes and letters in reStructuredText is read at once", () => {
  const line = `-${"a-".repeat(500)}!`;
  expect(rstToMarkdown(`${line}\n   below\n`)).toContain("below");
});
