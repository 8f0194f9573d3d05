import { fromMarkdown } from "mdast-util-from-markdown";
import { describe, expect, it } from "vitest";
import { chunkMarkdown } from "../../../../src/knowledge/ingest/chunk.ts";
import { sliceMarkdown } from "../../../../src/knowledge/formats/markdown-slices.ts";
import { boundedMarkdown } from "../../../../src/knowledge/formats/markdown-syntax.ts";
import { normalise } from "../../../../src/knowledge/formats/normalise.ts";
import { UnreadableDocument } from "../../../../src/knowledge/formats/unreadable-document.ts";

/** Milliseconds of this process alone, however busy the machine is with others. */
function cpuSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/** What reading the paragraphs of a text takes the parser, however fast the machine is. */
function stepsOf(markdown: string): number {
  const work = { steps: 0 };
  for (const slice of sliceMarkdown(markdown)) {
    fromMarkdown(slice, { extensions: boundedMarkdown(work) });
  }
  return work.steps;
}

describe("hostile text", () => {
  const repeat = (text: string): string => text.repeat(Math.ceil(65_536 / text.length));
  const cases: [string, string, string][] = [
    ["quotes in quotes", "text/markdown", repeat(">")],
    [
      "lists in lists",
      "text/markdown",
      Array.from({ length: 400 }, (_, i) => `${"  ".repeat(i)}- a`).join("\n"),
    ],
    ["open elements", "text/html", repeat("<div>a")],
    ["formatting that browsers reopen", "text/html", repeat("<font>a") + repeat("<p>b")],
  ];
  it.each(cases)("refuses %s in words, and at once", (_what, type, content) => {
    const before = process.cpuUsage();
    expect(() => normalise(content, type)).toThrow(UnreadableDocument);
    expect(cpuSince(before)).toBeLessThan(3000);
  });

  it.each(["1. ", "1) ", "- ", "> ", "#. "])(
    "begins no list or quote where a long line of %j is parted",
    (sign) => {
      for (const type of ["text/markdown", "text/plain"]) {
        const before = process.cpuUsage();
        const markdown = normalise(`Lamp ${repeat(sign)}x`, type);
        const texts = chunkMarkdown("T", markdown).map(({ text }) => text);
        expect(cpuSince(before)).toBeLessThan(3000);
        const signs = texts.join(" ").split(sign.trim()).length - 1;
        // Neighbouring chunks may overlap.
        expect(signs).toBeGreaterThanOrEqual(Math.ceil(65_536 / sign.length));
      }
    },
  );

  it("does not fill a table of spans up to millions of cells", () => {
    const html = `<table>${"<tr><td colspan=5000 rowspan=5000>x".repeat(2000)}</table>`;
    expect(normalise(html, "text/html").length).toBeLessThan(20_000);
  });

  const letters = (text: string): number => text.match(/a/g)?.length ?? 0;
  const costly =
    "*a_ |a* |a*|~a~~b |a_@|*a_ b~~c |a<!--|a<?|a<!A |a<b |a[b|a](b|[a](|[a][b] |![a](|a](((( |a`b``c```d````|a@|a-|(http://a.b/((|**a_b**c |a **b** |[^a]".split(
      "|",
    );
  it.each(costly)("reads a paragraph of %j in linear time and keeps its text", (token) => {
    const content = token.repeat(Math.ceil(100_000 / token.length));
    const before = process.cpuUsage();
    const markdown = normalise(content, "text/markdown");
    const chunks = chunkMarkdown("T", markdown);
    // The parser alone took from 15 s to minutes for most of these.
    expect(cpuSince(before)).toBeLessThan(6000);
    for (const text of [content, markdown]) {
      expect(stepsOf(text)).toBeLessThan(20_000_000 + 2 * text.length);
    }
    const kept = chunks.reduce((sum, { text }) => sum + letters(text), 0);
    // What is an address or an identifier is no text: after that, hardly anything is markup any more.
    expect(kept).toBeGreaterThan(letters(content) * 0.4);
  });

  it("reads as markup what stands in ordinary text of the same length", () => {
    const words = "The *pump* of a **garden** needs `oil` and [care](https://x.example/a_b_c). ";
    const paragraphs = `${words.repeat(8)}\n\n`.repeat(300);
    const markdown = normalise(paragraphs, "text/markdown");
    const text = chunkMarkdown("T", markdown).map((chunk) => chunk.text);
    expect(text.join(" ")).not.toMatch(/[*`[\]]/);
  });
});
