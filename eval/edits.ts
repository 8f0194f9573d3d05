// `npm run measure:edits`: measures how many chunks have to be embedded again when one sentence changes.
import { readDocuments } from "../cli/read-documents.ts";
import { CommandError, readArguments, readCount, runCommand, UsageError } from "../cli/command.ts";
import { chunkMarkdown, embeddedText, type Chunk } from "../src/knowledge/ingest/chunk.ts";
import { normalise } from "../src/knowledge/formats/normalise.ts";
import { splitSentences } from "../src/text/sentences.ts";
import { estimateTokens } from "../src/text/tokens.ts";
import { mulberry32 } from "./sample.ts";

const HELP = `
Usage: npm run measure:edits -- <folder | file.jsonl> [--edits 2000] [--seed 1]

Adds, changes or removes one sentence of a random paragraph of a random document, chunks the document again, and counts the
chunks that have to be embedded: those whose text no chunk had before.
`;

const KINDS = ["added", "changed", "removed"] as const;

interface Article {
  title: string;
  blocks: string[];
  /** Indices of the blocks that are prose. */
  paragraphs: number[];
  chunks: Chunk[];
}

await runCommand(HELP, async (args) => {
  const { values, positionals } = readArguments(args, {
    edits: { type: "string" },
    seed: { type: "string" },
  });
  const [source, ...more] = positionals;
  if (!source || more.length > 0) throw new UsageError("Name one folder or .jsonl file.");
  const edits = readCount(values.edits, "--edits", 2000);
  const random = mulberry32(readCount(values.seed, "--seed", 1, 0));
  const { documents } = await readDocuments(source);
  const articles = documents.map(({ title, content, content_type }) =>
    toArticle(title, normalise(content, content_type)),
  );
  const editable = articles.filter(({ paragraphs }) => paragraphs.length > 0);
  if (editable.length === 0) throw new CommandError("No document has a paragraph.");
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T;
  const sentences = editable.flatMap(({ blocks, paragraphs }) =>
    paragraphs.flatMap((place) => splitSentences(blocks[place] ?? "")),
  );
  const counts: number[] = [];
  const rows: [string, string | number][] = [];
  for (const kind of KINDS) {
    const own = Array.from({ length: Math.ceil(edits / KINDS.length) }, () => {
      const article = pick(editable);
      const place = pick(article.paragraphs);
      const block = article.blocks[place] ?? "";
      const sentence = pick(splitSentences(block));
      const at = block.indexOf(sentence) + (kind === "added" ? sentence.length : 0);
      const after = block.slice(at + (kind === "added" ? 0 : sentence.length));
      const inserted = kind === "removed" ? "" : `${kind === "added" ? " " : ""}${pick(sentences)}`;
      const text = `${block.slice(0, at)}${inserted}${after}`;
      return countNew(article, article.blocks.with(place, text));
    });
    rows.push([`chunks to embed a sentence ${kind}`, mean(own).toFixed(3)]);
    counts.push(...own);
  }
  const chunks = articles.flatMap(({ title, chunks: own }) =>
    own.map((chunk) => estimateTokens(embeddedText(title, chunk))),
  );
  rows.push(
    ["chunks to embed an edit", mean(counts).toFixed(3)],
    ["share of edits with more than two", share(counts, (count) => count > 2)],
    ["most", Math.max(...counts)],
    ["chunks", chunks.length],
    ["tokens a chunk", mean(chunks).toFixed(1)],
    ["share of chunks below 32 tokens", share(chunks, (tokens) => tokens < 32)],
  );
  for (const [name, value] of rows) console.log(`${String(value).padStart(8)}  ${name}`);
  return 0;
});

function toArticle(title: string, markdown: string): Article {
  const blocks = markdown.split("\n\n");
  let isCode = false;
  const paragraphs = blocks.flatMap((block, place) => {
    const isProse = !isCode && /^[^#|\-\s\d`~>*+<[]/.test(block);
    if ((block.match(/^(?:```|~~~)/gm)?.length ?? 0) % 2 === 1) isCode = !isCode;
    return isProse ? [place] : [];
  });
  return { title, blocks, paragraphs, chunks: chunkMarkdown(title, markdown) };
}

function countNew({ title, chunks }: Article, blocks: string[]): number {
  const known = Map.groupBy(chunks, (chunk) => identity(title, chunk));
  const now = chunkMarkdown(title, blocks.join("\n\n"));
  return now.filter((chunk) => !known.get(identity(title, chunk))?.pop()).length;
}

/** The identity of a chunk, as in `commitVersions`. */
function identity(title: string, chunk: Chunk): string {
  return JSON.stringify([chunk.headingPath, embeddedText(title, chunk)]);
}

function mean(numbers: number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
}

function share<T>(items: T[], has: (item: T) => boolean): string {
  return `${((100 * items.filter(has).length) / items.length).toFixed(1)} %`;
}
