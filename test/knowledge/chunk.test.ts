import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  chunkMarkdown,
  embeddedText,
  MAX_CHUNK_TOKENS,
  type Chunk,
} from "../../src/knowledge/ingest/chunk.ts";
import { normalise } from "../../src/knowledge/formats/normalise.ts";
import { estimateTokens } from "../../src/text/tokens.ts";

type Kind = "prose" | "lead-in" | "list" | "steps" | "table" | "code";

/** A block of a document. Each of its words occurs only once in the document. */
interface Block {
  kind: Kind;
  /** Sentences, items, rows or lines, in the form in which they are quoted. */
  units: string[];
  section: number;
  markdown: string;
}

interface Section {
  depth: number;
  heading: string;
  blocks: { kind: Kind; lengths: number[] }[];
}

const blockShape = fc.record({
  kind: fc.constantFrom<Kind>(
    "prose",
    "prose",
    "lead-in",
    "lead-in",
    "list",
    "steps",
    "table",
    "code",
  ),
  // Words per unit: mostly few, sometimes so many that the unit has to be split.
  lengths: fc.array(
    fc.oneof(
      { weight: 8, arbitrary: fc.integer({ min: 1, max: 14 }) },
      { weight: 1, arbitrary: fc.integer({ min: 15, max: 60 }) },
    ),
    { minLength: 1, maxLength: 8 },
  ),
});
const sections: fc.Arbitrary<Section[]> = fc.array(
  fc.record({
    depth: fc.integer({ min: 1, max: 4 }),
    heading: fc.constantFrom("", "short", "with several words in it", "very ".repeat(30)),
    blocks: fc.array(blockShape, { maxLength: 5 }),
  }),
  { minLength: 1, maxLength: 3 },
);
const title = fc.constantFrom("Pump", "A title of some length", "long ".repeat(60));

const WORDS = /[qh]\d+z/g;

function write(shape: Section[]): { markdown: string; blocks: Block[] } {
  let words = 0;
  const blocks: Block[] = [];
  const parts = shape.flatMap(({ depth, heading, blocks: inside }, section) => {
    const text = heading && `${heading.trim()} h${words++}z`;
    const written = inside.map(({ kind, lengths }) => {
      const phrases = lengths.map((length) =>
        Array.from({ length }, () => `q${words++}z`).join(" "),
      );
      const block = writeBlock(kind, phrases, section);
      blocks.push(block);
      return block.markdown;
    });
    return [`${"#".repeat(depth)} ${text}`, ...written];
  });
  return { markdown: parts.join("\n\n"), blocks };
}

function writeBlock(kind: Kind, phrases: string[], section: number): Block {
  switch (kind) {
    case "prose": {
      // Each sentence begins with a capital letter, because sentences are split there.
      const units = phrases.map((phrase) => `The ${phrase}.`);
      return { kind, units, section, markdown: units.join(" ") };
    }
    case "lead-in": {
      const unit = `Here is ${phrases[0]}:`;
      return { kind, units: [unit], section, markdown: unit };
    }
    case "list": {
      const units = phrases.map((phrase) => `- ${phrase}`);
      // The comment separates two lists, which Markdown would otherwise merge.
      return { kind, units, section, markdown: `<!-- -->\n\n${units.join("\n")}` };
    }
    case "steps": {
      const units = phrases.map((phrase, index) => `${index + 1}. ${phrase}`);
      return { kind, units, section, markdown: `<!-- -->\n\n${units.join("\n")}` };
    }
    case "table": {
      const rows = phrases.map((phrase, index) => `| r${index} | ${phrase} |`);
      const units = phrases.map((phrase, index) => `Row: r${index}; Text: ${phrase}`);
      return {
        kind,
        units,
        section,
        markdown: ["| Row | Text |", "|---|---|", ...rows].join("\n"),
      };
    }
    case "code":
      return { kind, units: phrases, section, markdown: `\`\`\`\n${phrases.join("\n")}\n\`\`\`` };
  }
}

const stored = (markdown: string): string => {
  try {
    return normalise(markdown, "text/markdown");
  } catch {
    return "";
  }
};
const wordsIn = (text: string): string[] => text.match(WORDS) ?? [];
const budgetFor = (name: string, chunk: Chunk): number =>
  MAX_CHUNK_TOKENS - estimateTokens(embeddedText(name, { ...chunk, text: "" }));

/** Runs a check on many generated documents. */
function always(
  check: (chunks: Chunk[], blocks: Block[], name: string, markdown: string) => void,
): void {
  fc.assert(
    fc.property(sections, title, (shape, name) => {
      const { markdown, blocks } = write(shape);
      check(chunkMarkdown(name, markdown), blocks, name, markdown);
    }),
    { numRuns: 40 },
  );
}

/** The first chunk that holds the first word of a unit. */
const chunkOf = (chunks: Chunk[], unit: string): Chunk | undefined => {
  const [word = ""] = wordsIn(unit);
  return chunks.find(({ text }) => new RegExp(`\\b${word}\\b`).test(text));
};

describe("chunks", () => {
  it("chunks hold every word of the document, in order", () => {
    always((chunks, _blocks, _name, markdown) => {
      const held = chunks.flatMap(({ headingPath, text }) =>
        wordsIn([...headingPath, text].join(" ")),
      );
      const all = wordsIn(markdown);
      expect(new Set(held)).toEqual(new Set(all));
      const body = [...new Set(chunks.flatMap(({ text }) => wordsIn(text)))].filter((word) =>
        word.startsWith("q"),
      );
      expect(body).toEqual(all.filter((word) => word.startsWith("q")));
    });
  });

  it("chunks stay within the token limit, title and headings included, and are never empty", () => {
    always((chunks, _blocks, name) => {
      for (const chunk of chunks) {
        expect(estimateTokens(embeddedText(name, chunk))).toBeLessThanOrEqual(MAX_CHUNK_TOKENS);
        expect(chunk.text.trim()).not.toBe("");
      }
    });
  });

  it("a chunk never spans two sections, and names the headings above it", () => {
    always((chunks, blocks, _name, markdown) => {
      const sectionOf = new Map(
        blocks.flatMap(({ units, section }) =>
          units.flatMap((unit) => wordsIn(unit).map((word) => [word, section] as const)),
        ),
      );
      const headings = new Set(
        [...markdown.matchAll(/^#{1,4} (.*)$/gm)].map(([, text = ""]) => text.trim()),
      );
      for (const { text, headingPath } of chunks) {
        const inside = wordsIn(text).filter((word) => word.startsWith("q"));
        expect(new Set(inside.map((word) => sectionOf.get(word))).size).toBeLessThan(2);
        for (const heading of headingPath) expect(headings).toContain(heading);
      }
    });
  });

  it("a list, table or code block is split only if it is too large, and then between its units", () => {
    always((chunks, blocks, name) => {
      for (const [index, block] of blocks.entries()) {
        if (block.kind === "prose" || block.kind === "lead-in") continue;
        const first = chunkOf(chunks, block.units[0] ?? "");
        expect(first).toBeDefined();
        if (!first) continue;
        const budget = budgetFor(name, first);
        const before = blocks[index - 1];
        const leadIn =
          before?.kind === "lead-in" && before.section === block.section ? before.units[0] : "";
        const whole = block.units.join("\n");
        if (estimateTokens(whole) + estimateTokens(leadIn ?? "") <= budget) {
          expect(first.text).toContain(whole);
        }
        for (const unit of block.units) {
          if (estimateTokens(unit) > budget) continue;
          expect(chunkOf(chunks, unit)?.text.split("\n")).toContain(unit);
        }
      }
    });
  });

  it("the sentence that introduces a list, table or code block stays in front of it", () => {
    let introduced = 0;
    always((chunks, blocks, name) => {
      for (const [index, { kind, units, section }] of blocks.entries()) {
        const next = blocks[index + 1];
        const [leadIn = ""] = units;
        const beginning = next?.units[0] ?? "";
        if (kind !== "lead-in" || !next || next.section !== section) continue;
        if (next.kind === "prose" || next.kind === "lead-in") continue;
        const chunk = chunkOf(chunks, beginning);
        if (!chunk) continue;
        if (estimateTokens(`${leadIn} ${beginning}`) > budgetFor(name, chunk)) continue;
        introduced += 1;
        expect(chunk.text.replaceAll(/\n+/g, "\n")).toContain(`${leadIn}\n${beginning}`);
      }
    });
    expect(introduced).toBeGreaterThan(0);
  });

  it("chunks overlap by at most one short last sentence, or the introduction of a table", () => {
    let repeated = 0;
    always((chunks, blocks) => {
      const times = new Map<string, number>();
      for (const { text } of chunks) {
        for (const word of wordsIn(text)) times.set(word, (times.get(word) ?? 0) + 1);
      }
      for (const { kind, units } of blocks) {
        for (const unit of units) {
          const counts = wordsIn(unit).map((word) => times.get(word) ?? 0);
          expect(Math.min(...counts)).toBeGreaterThan(0);
          // Each piece of a table repeats its introduction.
          const most = { prose: 2, "lead-in": Number.POSITIVE_INFINITY }[kind as string] ?? 1;
          expect(Math.max(...counts)).toBeLessThanOrEqual(most);
          if (Math.max(...counts) > 1 && kind === "prose") {
            repeated += 1;
            expect(estimateTokens(unit)).toBeLessThanOrEqual(24);
          }
        }
      }
    });
    expect(repeated).toBeGreaterThan(0);
  });
});

describe("any text at all", () => {
  const anything = fc.oneof(
    fc.string({ unit: "binary", maxLength: 3000 }),
    fc.string({ unit: "grapheme", maxLength: 3000 }),
    fc
      .array(
        fc.constantFrom(
          ..."# |-*`~>[]()!<&\n\t ".split(""),
          "\n\n",
          "```\n",
          "| a | b |\n|---|---|\n",
          "\n- ",
          "\n1. ",
          "\n    ",
          "word",
          "[^1]",
          "[^1]: ",
          "说明书",
          "👩‍👩‍👧",
          "x".repeat(400),
          "語".repeat(300),
          "<table><tr><td>cell",
          "$".repeat(150),
        ),
        { maxLength: 120 },
      )
      .map((parts) => parts.join("")),
  );

  it("any text is cut into chunks within the limit, and no letter is lost", () => {
    fc.assert(
      fc.property(anything, anything, (name, text) => {
        const markdown = stored(text);
        const chunks = chunkMarkdown(name.slice(0, 500), markdown);
        for (const chunk of chunks) {
          const tokens = estimateTokens(embeddedText(name.slice(0, 500), chunk));
          expect(tokens).toBeLessThanOrEqual(MAX_CHUNK_TOKENS);
        }
        if (!markdown.includes("|")) {
          const all = chunks
            .flatMap(({ headingPath, text: held }) => [...headingPath, held])
            .join("");
          const missing = (markdown.match(/[\p{L}\p{N}]{3,}/gu) ?? []).filter(
            (word) =>
              word.length < 20 && !/^(?:\d+|x\w+|amp|nbsp)$/.test(word) && !all.includes(word),
          );
          expect(missing).toEqual([]);
        }
      }),
      { numRuns: 200 },
    );
  });

  it("a page without spaces is cut between characters, and its chunks joined give the page", () => {
    const page = "取扱説明書を読んでから使ってください".repeat(60);
    const chunks = chunkMarkdown("説明書", page);
    expect(chunks.length).toBeGreaterThan(5);
    expect(chunks.map(({ text }) => text).join("")).toBe(page);
  });

  it("an empty document has no chunk", () => {
    for (const nothing of ["", "\n\n", "---", "<!-- -->"]) {
      expect(chunkMarkdown("Title", nothing)).toEqual([]);
    }
  });

  it("text that stands only in a heading is in a chunk", () => {
    expect(
      chunkMarkdown("FAQ", "# Shop\n\n## We deliver to Norway\n\n## Prices\n\nFrom 5 euros."),
    ).toEqual([
      { headingPath: ["Shop", "We deliver to Norway"], text: "We deliver to Norway", spans: [] },
      { headingPath: ["Shop", "Prices"], text: "From 5 euros.", spans: [] },
    ]);
  });

  it("a footnote's paragraphs stay separate", () => {
    const [chunk] = chunkMarkdown("T", "Text.[^1]\n\n[^1]: Only in June.\n\n    Not on Sundays.");
    expect(chunk?.text).toMatch(/Only in June\.\s+Not on Sundays\./);
  });
});
