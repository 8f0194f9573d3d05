import type { RootContent } from "mdast";
import { codeLines, listItems, readableText, rowOf, tableCells } from "../formats/readable-text.ts";
import { parseMarkdown } from "../formats/markdown/markdown-tree.ts";
import { UnreadableDocument } from "../formats/unreadable-document.ts";
import { splitSentences } from "../../text/sentences.ts";
import { runAtOnce, type Steps } from "../../runtime/steps.ts";
import { estimateTokens } from "../../text/tokens.ts";
import { cutItem } from "./cut-item.ts";
import { sizeOf, splitToFit } from "./split-to-fit.ts";

export interface Chunk {
  /** The headings above the text, outermost first; the document's title is not among them. */
  headingPath: string[];
  text: string;
}

/**
 * The most tokens of one chunk, title and headings included. Every supported embedding model reads at least 256 tokens, so a
 * chunk is embedded whole even if the estimate is half of its true size. Shorter chunks match short questions better: against
 * 254, nDCG@10 of the fused legs rises from .805 to .823 on the demo and from .909 to .913 on SQuAD2 (docs/decisions/0004).
 */
export const MAX_CHUNK_TOKENS = 128;
/** The most tokens of title and headings in front of the text. */
const MAX_PREFIX_TOKENS = 40;
/** The most tokens that a piece of cut prose repeats from the piece before, so that its first sentence keeps its antecedent. */
const OVERLAP_TOKENS = 24;

const BLOCKS_PER_STEP = 500;

/** Ten times as many as 1 MB of prose yields. */
const MAX_CHUNKS = 20_000;

/** In characters. Every chunk repeats its headings, so a longer heading is repeated by its first words and becomes a paragraph, too. */
const MAX_HEADING = 300;
/** The same for all the headings above a chunk. */
const MAX_HEADING_PATH = 600;

/** A block of the document, and the units between which it may be cut. */
interface Block {
  text: string;
  units: string[];
  separator: string;
  isProse: boolean;
  /** The units are items of a list. */
  isList?: boolean;
  /** The cells of each unit, where the block is a table. */
  cells?: string[][];
}

interface Heading {
  depth: number;
  text: string;
}

interface Section {
  headingPath: string[];
  blocks: Block[];
}

/**
 * Cuts a document along its structure: a chunk never spans two sections; paragraphs, lists, tables and code stay whole
 * unless one alone exceeds the limit, and then it is cut between sentences, items, rows or lines. An item that alone exceeds it is cut
 * between its lines, and each piece repeats its first line.
 * @param markdown the stored dialect
 * @returns chunks whose embedded text (see {@link embeddedText}) stays within {@link MAX_CHUNK_TOKENS} by estimate
 * @throws {UnreadableDocument} when there are more than a document may have
 */
export function chunkMarkdown(title: string, markdown: string): Chunk[] {
  return runAtOnce(chunkInSteps(title, markdown));
}

/** The same in steps of some tens of milliseconds (`runtime/steps.ts`). */
export function* chunkInSteps(title: string, markdown: string): Steps<Chunk[]> {
  const chunks: Chunk[] = [];
  let packed = 0;
  for (const section of yield* sectionsOf(markdown)) {
    const budget = MAX_CHUNK_TOKENS - estimateTokens(embeddedPrefix(title, section.headingPath));
    for (const text of pack(section.blocks, budget))
      chunks.push({ headingPath: section.headingPath, text });
    packed += 1 + section.blocks.length;
    if (packed < BLOCKS_PER_STEP) continue;
    packed = 0;
    yield;
  }
  if (chunks.length <= MAX_CHUNKS) return chunks;
  throw new UnreadableDocument(
    `The document has more than ${MAX_CHUNKS} passages. Split it into several documents.`,
  );
}

/** The text that is embedded: title, headings and, if a model wrote one, context precede the chunk to say what it is about. */
export function embeddedText(title: string, chunk: Chunk & { context?: string | null }): string {
  const context = chunk.context ? `${chunk.context}\n` : "";
  return `${embeddedPrefix(title, chunk.headingPath)}\n${context}${chunk.text}`;
}

function embeddedPrefix(title: string, headingPath: string[]): string {
  const words = [title, ...headingPath].join(" > ").split(/\s+/);
  let prefix = "";
  for (const word of words) {
    const longer = prefix ? `${prefix} ${word}` : word;
    if (estimateTokens(longer) > MAX_PREFIX_TOKENS) break;
    prefix = longer;
  }
  return prefix;
}

function* sectionsOf(markdown: string): Steps<Section[]> {
  const sections: Section[] = [];
  let open: Heading[] = [];
  let current: Section = { headingPath: [], blocks: [] };
  for (const tree of parseMarkdown(markdown)) {
    yield;
    for (const node of tree.children) {
      if (node.type !== "heading") {
        const block = toBlock(node);
        if (block.text.trim()) current.blocks.push(block);
        continue;
      }
      sections.push(current);
      const whole = readableText(node).trim();
      open = open.filter((heading) => heading.depth < node.depth);
      const text = shortHeading(whole, lengthOf(open));
      open = [...open, { depth: node.depth, text }];
      current = { headingPath: open.map((heading) => heading.text).filter(Boolean), blocks: [] };
      if (text !== whole) current.blocks.push(proseBlock(whole));
    }
  }
  sections.push(current);
  return sections.filter((section, index) => {
    if (section.blocks.length > 0) return true;
    // A heading with nothing below it becomes a chunk, because no other chunk holds its text.
    const next = sections[index + 1];
    const lastHeading = section.headingPath.at(-1);
    const hasChild = next && next.headingPath.length > section.headingPath.length;
    if (!lastHeading || hasChild) return false;
    section.blocks.push(proseBlock(lastHeading));
    return true;
  });
}

function lengthOf(headings: Heading[]): number {
  return headings.reduce((sum, { text }) => sum + text.length, 0);
}

/** The heading, or its first words where it is too long to be repeated in every chunk below it. */
function shortHeading(heading: string, above: number): string {
  const most = Math.max(0, Math.min(MAX_HEADING, MAX_HEADING_PATH - above));
  if (heading.length <= most) return heading;
  const start = heading.slice(0, most).toWellFormed();
  return start.slice(0, Math.max(0, start.lastIndexOf(" "))).trim();
}

/** Undefined after each slice that was parsed. */
function toBlock(node: RootContent): Block {
  switch (node.type) {
    case "list":
      return { ...block(listItems(node), "\n"), isList: true };
    case "table":
      return tableBlock(tableCells(node));
    case "code":
      return block(codeLines(node.value), "\n");
    default:
      return proseBlock(readableText(node).trim());
  }
}

function block(units: string[], separator: string): Block {
  return { text: units.join(separator), units, separator, isProse: false };
}

function tableBlock(cells: string[][]): Block {
  return { ...block(cells.map(rowOf), "\n"), cells };
}

function proseBlock(text: string): Block {
  return { text, units: splitSentences(text), separator: " ", isProse: true };
}

/** Fills chunks greedily with whole blocks. */
function pack(blocks: Block[], budget: number): string[] {
  const chunks: string[] = [];
  let open: Block[] = [];
  const flush = (): void => {
    if (open.length > 0) chunks.push(open.map((part) => part.text).join("\n\n"));
    open = [];
  };
  for (const next of blocks) {
    if (fits([...open, next], budget)) {
      open.push(next);
      continue;
    }
    // "The fees are:" belongs to the table that follows it.
    const leadIn = isLeadIn(open.at(-1), next) ? open.pop() : undefined;
    const overlap = leadIn ?? tailOf(open.at(-1));
    flush();
    open = overlap && fits([overlap, next], budget) ? [overlap, next] : [];
    if (open.at(-1) === next) continue;
    if (!leadIn && fits([next], budget)) {
      open = [next];
      continue;
    }
    open = [];
    const pieces = leadIn ? cutIntroduced(leadIn, next, budget) : cut(next, budget);
    const last = pieces.pop();
    chunks.push(...pieces);
    if (last) open = [{ ...next, text: last, units: [last] }];
  }
  flush();
  return chunks;
}

/** Whether the block introduces the next: by a colon, or as the caption of a table. */
function isLeadIn(leadIn: Block | undefined, next: Block): boolean {
  if (leadIn?.text.endsWith(":")) return true;
  const isLine = leadIn?.isProse === true && leadIn.units.length === 1;
  return next.cells !== undefined && isLine && !/[.!?]$/.test(leadIn.text) && isRepeatable(leadIn);
}

function isRepeatable({ text }: Block): boolean {
  return sizeOf(text) <= OVERLAP_TOKENS;
}

/**
 * The introduction of a block stays in front of its first piece, because "You get:" alone says nothing. Each piece of a table repeats it,
 * where it is short.
 */
function cutIntroduced(leadIn: Block, next: Block, budget: number): string[] {
  const left = budget - sizeOf(`${leadIn.text}\n`);
  const isWhole = next.units.every((unit) => sizeOf(unit) <= left || sizeOf(unit) > budget);
  if (next.cells && isRepeatable(leadIn) && isWhole && left >= budget / 2)
    return cut(next, left).map((piece) => `${leadIn.text}\n\n${piece}`);
  // A blank line parts it from the rows of a table, so that these are known for rows.
  const first = next.cells ? `${leadIn.text}\n` : leadIn.text;
  const cells = next.cells && [[first], ...next.cells];
  const units = [first, ...next.units];
  return cut({ ...next, cells, units, separator: "\n", isProse: false }, budget);
}

function fits(blocks: Block[], budget: number): boolean {
  return blocks.reduce((sum, part) => sum + sizeOf(part.text), 0) <= budget;
}

/** The last sentence of a paragraph, if it is short enough to be repeated. */
function tailOf(previous: Block | undefined): Block | undefined {
  const last = previous?.isProse ? previous.units.at(-1) : undefined;
  return last && estimateTokens(last) <= OVERLAP_TOKENS ? proseBlock(last) : undefined;
}

/** Cuts one block that alone exceeds the budget, between its units; an item between its lines, another unit between its words. */
function cut(whole: Block, budget: number): string[] {
  const units = whole.units.flatMap((unit, index) => {
    const cells = whole.cells?.[index];
    if (cells) return cutRow(cells, budget);
    return whole.isList ? cutItem(unit, budget, OVERLAP_TOKENS) : splitToFit(unit, budget);
  });
  const pieces: string[] = [];
  let open: string[] = [];
  let size = 0;
  for (const unit of units) {
    const tokens = sizeOf(unit + whole.separator);
    if (size + tokens > budget && open.length > 0) {
      pieces.push(open.join(whole.separator));
      const last = whole.isProse ? open.at(-1) : undefined;
      const overlap = last ? estimateTokens(last) : 0;
      const repeat = last !== undefined && overlap <= OVERLAP_TOKENS && overlap + tokens <= budget;
      open = repeat ? [last] : [];
      size = repeat ? overlap : 0;
    }
    open.push(unit);
    size += tokens;
  }
  if (open.length > 0) pieces.push(open.join(whole.separator));
  return pieces;
}

/** A row that alone exceeds the budget, between its cells, and a cell between its sentences. Each piece begins with the row's first cell. */
function cutRow(cells: string[], budget: number): string[] {
  const whole = rowOf(cells);
  if (sizeOf(whole) <= budget) return [whole];
  const [label = "", ...others] = cells;
  const prefix = sizeOf(label) <= OVERLAP_TOKENS && others.length > 0 ? label : "";
  const left = budget - sizeOf(`${prefix}; `);
  const units = (prefix ? others : cells).flatMap((cell) => cutCell(cell, left));
  const pieces = cut({ text: "", units, separator: "; ", isProse: false }, left);
  return pieces.map((piece) => (prefix ? rowOf([prefix, piece]) : piece));
}

/** Each piece repeats the name of its column. */
function cutCell(cell: string, budget: number): string[] {
  if (sizeOf(cell) <= budget) return [cell];
  const name = /^[^:.!?]{1,60}: /.exec(cell)?.[0] ?? "";
  const left = budget - sizeOf(name);
  const units = splitSentences(cell.slice(name.length));
  const pieces = cut({ text: "", units, separator: " ", isProse: false }, left);
  return pieces.map((piece) => name + piece);
}
