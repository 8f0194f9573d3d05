import { fromMarkdown } from "mdast-util-from-markdown";
import { describe, expect, it } from "vitest";
import { chunkMarkdown } from "../../../../src/knowledge/ingest/chunk.ts";
import { sliceMarkdown } from "../../../../src/knowledge/formats/markdown/markdown-slices.ts";
import { boundedMarkdown } from "../../../../src/knowledge/formats/markdown/markdown-syntax.ts";
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

  const paragraphs = (line: string): string => line.repeat(Math.ceil(60_000 / line.length));
  const definitions = Array.from(
    { length: 200 },
    (_, n) => `[label ${n}]: https://x.example/${n}\n`,
  );
  it.each([
    ["a long paragraph of short lines", `${definitions.join("")}\n${paragraphs("a lamp\n")}`],
    ["many references", `${definitions.join("")}\n${paragraphs("a [lamp][label 7]\n")}`],
    ["a table with a long header", `|${"word ".repeat(1800)}|b|\n|-|-|\n${paragraphs("|a|b|\n")}`],
  ])("the slices of %s are hardly longer than the document", (_what, content) => {
    const slices = Array.from(sliceMarkdown(content));
    expect(slices.join("").length).toBeLessThan(1.5 * content.length);
    expect(slices.length).toBeLessThan(100);
  });

  it("a reference is a link in every slice, though its definition stands in one", () => {
    const line = "See [the lamp][label a] or [label A].\n\n";
    const content = `[Label  A]: https://x.example\n\n${line.repeat(2500)}`;
    expect(sliceMarkdown(content).toArray().length).toBeGreaterThan(1);
    const read = "See [the lamp](https://x.example) or [label A](https://x.example).\n";
    expect(normalise(content, "text/markdown").replace(/\n+/g, "\n")).toBe(read.repeat(2500));
  });

  it("references that would repeat much address are read as their text, and the others as links", () => {
    const address = `https://x.example/${"a".repeat(400)}`;
    const content = `[a]: ${address}\n[b]: /b\n\n${"See [a].\n\n".repeat(5_000)}See [b].`;
    const read = normalise(content, "text/markdown");
    expect(read.length).toBeLessThan(content.length + 100_000);
    expect(read).toMatch(/^See a\.$/m);
    expect(read).toContain("See [b](/b).");
  });

  it.each(["```\n", "<!-- ", "<pre>\n"])(
    "a document that ends within %j gets no definition into its text",
    (opening) => {
      const content = `[lamp]: https://x.example\n\n${"A [lamp].\n\n".repeat(4000)}${opening}a [lamp]`;
      expect(Array.from(sliceMarkdown(content)).at(-1)).toMatch(/a \[lamp\]$/);
      expect(normalise(content, "text/markdown")).not.toContain("]: #");
    },
  );

  it("a row that begins like a delimiter row and is none is recognised in linear time", () => {
    const content = `a|b\n${" ".repeat(9_000)}x\n${"a\n".repeat(20_000)}`;
    const before = process.cpuUsage();
    Array.from(sliceMarkdown(content));
    // The expression took 25 s for 27 KB.
    expect(cpuSince(before)).toBeLessThan(2000);
  });

  it.each([
    ["spaces in a code block", `\`\`\`\na${" ".repeat(100_000)}b\n\`\`\``],
    ["empty lines in a code block", `\`\`\`\na${"\n".repeat(50_000)}b\n\`\`\``],
    ["non-breaking spaces", `a${"\u00A0".repeat(60_000)}b`],
  ])("no passage is long because of %s", (_what, content) => {
    const chunks = chunkMarkdown("T", content);
    expect(Math.max(...chunks.map(({ text }) => text.length))).toBeLessThan(4000);
    expect(chunks.map(({ text }) => text.trim()).join("")).toMatch(/^a[^]*b$/);
  });

  it("a long heading is repeated by its first words, and its text is kept once", () => {
    const heading = Array.from({ length: 4000 }, (_, n) => `w${n}`).join(" ");
    const chunks = chunkMarkdown("T", `# ${heading}\n\n${"The lamp is red. ".repeat(500)}`);
    for (const { headingPath } of chunks) expect(headingPath.join("").length).toBeLessThan(700);
    const words = new Set(chunks.flatMap(({ text }) => text.split(" ")));
    for (const word of heading.split(" ")) expect(words).toContain(word);
  });

  it("a long column name stands once, not in every row", () => {
    const content = `|${"word ".repeat(1000)}|b|\n|-|-|\n${"|a|c|\n".repeat(50)}`;
    const chunks = chunkMarkdown("T", content);
    expect(chunks.reduce((sum, { text }) => sum + text.length, 0)).toBeLessThan(2 * content.length);
  });

  it.each([">", "> ", "- "])("text below 95 markers %j is lifted and kept", (marker) => {
    const content = `${marker.repeat(95)} the lamp\n\n`.repeat(50);
    const markdown = normalise(content, "text/markdown");
    expect(markdown.match(/the lamp/g)).toHaveLength(50);
    expect(markdown.length).toBeLessThan(content.length);
  });

  it.each(["```\n", "<pre>\n"])("markers within %j are no markers", (opening) => {
    const line = `${"> ".repeat(20)}a`;
    expect(normalise(`${opening}${line}\n`, "text/markdown").replaceAll("\\", "")).toContain(line);
  });

  it("numbers that stand in one line are kept, however many", () => {
    const content = `${Array.from({ length: 30 }, (_, n) => `${n + 1}. `).join("")}are the open seats.\n`;
    const text = chunkMarkdown("T", normalise(content, "text/markdown")).map((chunk) => chunk.text);
    for (let n = 1; n <= 30; n++) expect(text.join(" ")).toMatch(new RegExp(`\\b${n}\\.`));
    expect(text.join(" ")).toContain("are the open seats.");
  });
});
