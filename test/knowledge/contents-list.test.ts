import { describe, expect, it } from "vitest";
import { normalise } from "../../src/knowledge/formats/normalise.ts";
import { chunkMarkdown } from "../../src/knowledge/ingest/chunk.ts";

const read = (content: string, contentType: string): [string[], string][] =>
  chunkMarkdown("Cancel", normalise(content, contentType)).map(({ headingPath, text }) => [
    headingPath,
    text,
  ]);

describe("a table of contents", () => {
  it("of kramdown is no heading of the text below it", () => {
    const page =
      "# Cancel\n\n### Table of Contents {#toc}\n\n* TOC\n{:toc}\n\n---\n\nYou may cancel.\n\n## How\n\nPress it.";
    expect(read(page, "text/markdown")).toEqual([
      [["Cancel"], "You may cancel."],
      [["Cancel", "How"], "Press it."],
    ]);
  });

  it("of links into the page is left out, with its heading", () => {
    const page =
      "<h1>Cancel</h1><h2>Auf dieser Seite</h2><ul><li><a href='#how'>How</a><ul><li><a href='#now'>Now</a></li></ul></li><li><a href='#why'>Why</a></li></ul><p>You may cancel.</p><h2 id=how>How</h2><p>Press it.</p><h3 id=now>Now</h3><p>Soon.</p><h2 id=why>Why</h2><p>It is so.</p>";
    expect(read(page, "text/html")).toEqual([
      [["Cancel"], "You may cancel."],
      [["Cancel", "How"], "Press it."],
      [["Cancel", "How", "Now"], "Soon."],
      [["Cancel", "Why"], "It is so."],
    ]);
  });

  it("ends the section above it", () => {
    const page = "# A\n\n## B\n\nOne.\n\n## On this page\n\n- [A](#a)\n- [B](#b)\n\nTwo.";
    expect(read(page, "text/markdown")).toEqual([
      [["A", "B"], "One."],
      [["A"], "Two."],
    ]);
  });

  it("is read where it says more than the headings", () => {
    const page = "# A\n\n- [The fees](#b)\n- [The times](#c)\n\n## B\n\nOne.\n\n## C\n\nTwo.";
    expect(read(page, "text/markdown")[0]).toEqual([["A"], "- The fees\n- The times"]);
  });

  it("is not taken for what is in a box, nor for links to other pages or links among text", () => {
    const box = "# Pump\n\n## Contents\n\n- 1 pump\n- 2 hoses";
    expect(read(box, "text/markdown")).toEqual([[["Pump", "Contents"], "- 1 pump\n- 2 hoses"]]);
    for (const list of [
      "- [Fees](/fees)\n- [Times](/times)",
      "- [Fees](#fees): 3 euros\n- [Times](#times)",
    ]) {
      const [[path, text] = []] = read(`# Pump\n\n## Contents\n\n${list}`, "text/markdown");
      expect(path).toEqual(["Pump", "Contents"]);
      expect(text).toContain("Times");
    }
  });
});
