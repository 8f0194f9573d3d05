import { fromMarkdown } from "mdast-util-from-markdown";
import { describe, expect, it } from "vitest";
import { chunkMarkdown } from "../../../../src/knowledge/ingest/chunk.ts";
import { sliceMarkdown } from "../../../../src/knowledge/formats/markdown-slices.ts";
import { boundedMarkdown } from "../../../../src/knowledge/formats/markdown-syntax.ts";
import { normalise } from "../../../../src/knowledge/formats/normalise.ts";
import { UnreadableDocument } from "../../../../src/knowledge/formats/unreadable-document.ts";

/** CPU time in milliseconds, which does not depend on what else the machine does. */
function cpuSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/** The steps that the parser takes for the paragraphs of a text, which do not depend on the machine. */
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
    ["nested quotes", "text/markdown", repeat(">")],
    [
      "nested lists",
      "text/markdown",
      Array.from({ length: 400 }, (_, i) => `${"  ".repeat(i)}- a`).join("\n"),
    ],
    ["unclosed HTML elements", "text/html", repeat("<div>a")],
    ["HTML formatting that browsers reopen", "text/html", repeat("<font>a") + repeat("<p>b")],
  ];
  it.each(cases)(
    "a document of %s is refused quickly and with a reason",
    (_what, type, content) => {
      const before = process.cpuUsage();
      expect(() => normalise(content, type)).toThrow(UnreadableDocument);
      expect(cpuSince(before)).toBeLessThan(3000);
    },
  );

  it.each(["1. ", "1) ", "- ", "> ", "#. "])(
    "no list or quote begins where a long line of %j is split",
    (marker) => {
      for (const type of ["text/markdown", "text/plain"]) {
        const before = process.cpuUsage();
        const markdown = normalise(`Lamp ${repeat(marker)}x`, type);
        const texts = chunkMarkdown("T", markdown).map(({ text }) => text);
        expect(cpuSince(before)).toBeLessThan(3000);
        const markers = texts.join(" ").split(marker.trim()).length - 1;
        // Neighbouring chunks may overlap.
        expect(markers).toBeGreaterThanOrEqual(Math.ceil(65_536 / marker.length));
      }
    },
  );

  it("an HTML table with huge spans does not become millions of cells", () => {
    const html = `<table>${"<tr><td colspan=5000 rowspan=5000>x".repeat(2000)}</table>`;
    expect(normalise(html, "text/html").length).toBeLessThan(20_000);
  });

  const letters = (text: string): number => text.match(/a/g)?.length ?? 0;
  const costly =
    "*a_ |a* |a*|~a~~b |a_@|*a_ b~~c |a<!--|a<?|a<!A |a<b |a[b|a](b|[a](|[a][b] |![a](|a](((( |a`b``c```d````|a@|a-|(http://a.b/((|**a_b**c |a **b** |[^a]".split(
      "|",
    );
  it.each(costly)("a long paragraph of %j is read in linear time and keeps its text", (token) => {
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
    // Addresses and identifiers are dropped until the steps are used up. After that, nearly everything is read as text.
    expect(kept).toBeGreaterThan(letters(content) * 0.4);
  });

  it("the markup in a long ordinary text is read as markup", () => {
    const words = "The *pump* of a **garden** needs `oil` and [care](https://x.example/a_b_c). ";
    const paragraphs = `${words.repeat(8)}\n\n`.repeat(300);
    const markdown = normalise(paragraphs, "text/markdown");
    const text = chunkMarkdown("T", markdown).map((chunk) => chunk.text);
    expect(text.join(" ")).not.toMatch(/[*`[\]]/);
  });
});
