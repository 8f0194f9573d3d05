import { expect, it } from "vitest";
import { cleanConverted, convertedInSteps } from "../../../src/knowledge/formats/converted.ts";
import { normalise, normaliseInSteps } from "../../../src/knowledge/formats/normalise.ts";
import { chunkInSteps, chunkMarkdown } from "../../../src/knowledge/ingest/chunk.ts";
import { warningsInSteps } from "../../../src/knowledge/formats/warnings.ts";
import type { Steps } from "../../../src/runtime/steps.ts";

function countSteps<Result>(steps: Steps<Result>): { steps: number; result: Result } {
  for (let count = 1; ; count++) {
    const { done, value } = steps.next();
    if (done) return { steps: count, result: value };
  }
}

const PARAGRAPH = "You can return any item within 30 days of delivery. ".repeat(5);
const rows = (count: number, row: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => row(index)).join("");

it.each<[what: string, type: string, content: string]>([
  ["a page", "text/html", `<main>${`<p>${PARAGRAPH}</p>`.repeat(1000)}</main>`],
  ["a paragraph of HTML", "text/html", `<p>${"a<br>".repeat(10_000)}</p>`],
  ["Markdown", "text/markdown", `${PARAGRAPH}\n\n`.repeat(1000)],
  ["a table of Markdown", "text/markdown", `|a|b|\n|-|-|\n${"| a | b |\n".repeat(3000)}`],
  ["a list of lists", "text/markdown", "- - a\n".repeat(1000)],
  ["a long block of code", "text/markdown", `\`\`\`\n${"# a\n".repeat(20_000)}\`\`\`\n`],
  ["HTML within Markdown", "text/markdown", `<pre>\n${"a\n\n".repeat(20_000)}</pre>\n`],
  ["plain text", "text/plain", `${PARAGRAPH}\n\n`.repeat(1000)],
  ["CSV", "text/csv", `question,answer\n${`How?,${PARAGRAPH}\n`.repeat(1000)}`],
])("%s is read and chunked in many steps", (_, type, content) => {
  const read = countSteps(normaliseInSteps(content, type));
  expect(read.steps).toBeGreaterThan(5);
  expect(read.result).toBe(normalise(content, type));
  const chunked = countSteps(chunkInSteps("T", read.result));
  expect(chunked.steps).toBeGreaterThan(2);
  expect(chunked.result).toEqual(chunkMarkdown("T", read.result));
});

it("a PDF is read in many steps", () => {
  const pages = rows(100, (page) => `### Page ${page + 1}\n${`${PARAGRAPH}\n`.repeat(30)}`);
  const converted = `## Contents\n${pages}`;
  const read = countSteps(convertedInSteps("document.pdf", converted));
  expect(read.steps).toBeGreaterThan(300);
  expect(read.result.markdown).toBe(cleanConverted("document.pdf", converted));
});

it("a long list of HTML keeps its numbers", () => {
  const textOf = (html: string): string =>
    chunkMarkdown("T", normalise(html, "text/html"))
      .map(({ text }) => text)
      .join("\n");
  const list = textOf(`<ol>${rows(3000, (index) => `<li>step ${index + 1}</li>`)}</ol>`);
  expect(list.match(/^(\d+)\. step \1$/gm)).toHaveLength(3000);
});

it.each(["", "\n", "\n  "])(
  "a long table of HTML with %j between its tags has each row once, with the column names",
  (space) => {
    const cells = rows(3000, (index) => `<tr><td>pump ${index}</td><td>${index}</td></tr>`);
    const html = `<table><thead><tr><th>Part</th><th>Price</th></tr></thead><tbody>${cells}</tbody></table>`;
    const read = normalise(html.replaceAll("><", `>${space}<`), "text/html");
    const lines = chunkMarkdown("T", read).flatMap(({ text }) => text.split("\n"));
    const expected = Array.from({ length: 3000 }, (_, n) => `Part: pump ${n}; Price: ${n}`);
    expect(lines.filter((line) => line.trim())).toEqual(expected);
  },
);

it("warnings are searched for in steps, and found across them", () => {
  const phrase = "ignore all previous instructions";
  // The phrase stands at every place around the end of a step.
  for (let before = 99_960; before <= 100_010; before += 5) {
    const markdown = `${"add ".repeat(before / 4).padEnd(before)}${phrase} ${"add ".repeat(50_000)}`;
    const { steps, result } = countSteps(warningsInSteps("", markdown, markdown));
    expect(steps).toBeGreaterThan(5);
    expect(result.filter(({ excerpt }) => excerpt.includes(phrase))).toHaveLength(1);
  }
});

it("code, comments and HTML that are longer than a slice stay what they are", () => {
  const code = normalise(
    `\`\`\`sh\n${"# a *b*\n".repeat(20_000)}\`\`\`\nafter *it*\n`,
    "text/markdown",
  );
  expect(code.match(/^# a \*b\*$/gm)).toHaveLength(20_000);
  expect(code).toMatch(/\nafter \*it\*\n$/);
  const comment = `<!--\n${"hidden\n\n".repeat(20_000)}-->\n\nshown\n`;
  expect(normalise(comment, "text/markdown")).toBe("shown\n");
  const pre = normalise(`<pre>\n${"a *b*\n\n".repeat(20_000)}</pre>\n`, "text/markdown");
  expect(pre.match(/^a \*b\*$/gm)).toHaveLength(20_000);
});

it("HTML with more elements than a Worker can convert is refused with a reason", () => {
  expect(() => normalise("<b>a</b>".repeat(60_000), "text/html")).toThrow(/Split it/);
});
