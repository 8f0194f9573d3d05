import { PARAGRAPH_END, rowOf } from "../formats/readable-text.ts";
import { UnreadableDocument } from "../formats/unreadable-document.ts";
import {
  join,
  partsOf,
  slice,
  styled,
  unmarked,
  type MarkedText,
  type Span,
} from "../../text/marked-text.ts";
import { splitSentences } from "../../text/sentences.ts";
import { runAtOnce, type Steps } from "../../runtime/steps.ts";
import { estimateTokens } from "../../text/tokens.ts";
import { cutItem } from "./cut-item.ts";
import { proseBlock, sectionsOf, type Block } from "./sections.ts";
import { sizeOf, splitToFit } from "./split-to-fit.ts";

export interface ChunkText {
  /** The headings above the text, outermost first; the document's title is not among them. */
  headingPath: string[];
  text: string;
}

export interface Chunk extends ChunkText {
  /** How parts of the text are shown. */
  spans: readonly Span[];
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
    for (const { text, spans } of pack(section.blocks, budget))
      chunks.push({ headingPath: section.headingPath, text, spans });
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
export function embeddedText(
  title: string,
  chunk: ChunkText & { context?: string | null },
): string {
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

/** Fills chunks greedily with whole blocks. */
function pack(blocks: Block[], budget: number): MarkedText[] {
  const chunks: MarkedText[] = [];
  let open: Block[] = [];
  const flush = (): void => {
    if (open.length > 0)
      chunks.push(
        join(
          open.map(({ text }) => text),
          BLANK_LINE,
        ),
      );
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

const BLANK_LINE = unmarked("\n\n");

/** What a chunk repeats of the one before is searched in both, and shown once. */
function repeated(text: MarkedText): MarkedText {
  return styled(text, { hidden: "repeated" });
}

/** Whether the block introduces the next: by a colon, or as the caption of a table. */
function isLeadIn(leadIn: Block | undefined, next: Block): boolean {
  if (leadIn?.text.text.endsWith(":")) return true;
  const isLine = leadIn?.isProse === true && leadIn.units.length === 1;
  const isCaption = isLine && !/[.!?]$/.test(leadIn.text.text) && isRepeatable(leadIn);
  return next.cells !== undefined && isCaption;
}

function isRepeatable({ text }: Block): boolean {
  return sizeOf(text.text) <= OVERLAP_TOKENS;
}

/**
 * The introduction of a block stays in front of its first piece, because "You get:" alone says nothing. Each piece of a table repeats it,
 * where it is short.
 */
function cutIntroduced(leadIn: Block, next: Block, budget: number): MarkedText[] {
  const left = budget - sizeOf(`${leadIn.text.text}\n`);
  const isWhole = next.units.every(({ text }) => sizeOf(text) <= left || sizeOf(text) > budget);
  if (next.cells && isRepeatable(leadIn) && isWhole && left >= budget / 2)
    return cut(next, left).map((piece, index) =>
      join([index === 0 ? leadIn.text : repeated(leadIn.text), piece], BLANK_LINE),
    );
  // A blank line parts it from the rows of a table, so that these are known for rows.
  const first = next.cells ? join([leadIn.text, unmarked("\n")]) : leadIn.text;
  const cells = next.cells && [[first], ...next.cells];
  const units = [first, ...next.units];
  const separator = next.isProse ? PARAGRAPH_END : next.separator;
  return cut({ ...next, cells, units, separator, isProse: false }, budget);
}

function fits(blocks: Block[], budget: number): boolean {
  return blocks.reduce((sum, part) => sum + sizeOf(part.text.text), 0) <= budget;
}

/** The last sentence of a paragraph, if it is short enough to be repeated. */
function tailOf(previous: Block | undefined): Block | undefined {
  const last = previous?.isProse ? previous.units.at(-1) : undefined;
  return last && estimateTokens(last.text) <= OVERLAP_TOKENS
    ? proseBlock(repeated(last))
    : undefined;
}

/** Cuts one block that alone exceeds the budget, between its units; an item between its lines, another unit between its words. */
function cut(whole: Omit<Block, "text">, budget: number): MarkedText[] {
  const units = whole.units.flatMap((unit, index) => {
    const cells = whole.cells?.[index];
    if (cells) return cutRow(cells, budget);
    if (whole.isList) return cutItem(unit, budget, OVERLAP_TOKENS);
    // Most units fit, and stay themselves.
    const fitting = splitToFit(unit.text, budget);
    return fitting[0] === unit.text ? [unit] : partsOf(unit, fitting);
  });
  const pieces: MarkedText[] = [];
  let open: MarkedText[] = [];
  let size = 0;
  for (const unit of units) {
    const tokens = sizeOf(unit.text + whole.separator.text);
    if (size + tokens > budget && open.length > 0) {
      pieces.push(joinUnits(open, whole));
      const last = whole.isProse ? open.at(-1) : undefined;
      const overlap = last ? estimateTokens(last.text) : 0;
      const repeat = last !== undefined && overlap <= OVERLAP_TOKENS && overlap + tokens <= budget;
      open = repeat ? [repeated(last)] : [];
      size = repeat ? overlap : 0;
    }
    open.push(unit);
    size += tokens;
  }
  if (open.length > 0) pieces.push(joinUnits(open, whole));
  return pieces;
}

function joinUnits(
  units: MarkedText[],
  { separator, breaks }: Pick<Block, "separator" | "breaks">,
): MarkedText {
  return join(
    units.flatMap((unit, index) => (index === 0 ? [unit] : [breaks?.get(unit) ?? separator, unit])),
  );
}

/** A row that alone exceeds the budget, between its cells, and a cell between its sentences. Each piece begins with the row's first cell. */
function cutRow(cells: MarkedText[], budget: number): MarkedText[] {
  const whole = rowOf(cells);
  if (sizeOf(whole.text) <= budget) return [whole];
  const [label = unmarked(""), ...others] = cells;
  const prefix = sizeOf(label.text) <= OVERLAP_TOKENS && others.length > 0 ? label : unmarked("");
  const left = budget - sizeOf(`${prefix.text}; `);
  const units = (prefix.text ? others : cells).flatMap((cell) => cutCell(cell, left));
  const pieces = cut({ units, separator: unmarked("; "), isProse: false }, left);
  return pieces.map((piece) => (prefix.text ? rowOf([prefix, piece]) : piece));
}

/** Each piece repeats the name of its column. */
function cutCell(cell: MarkedText, budget: number): MarkedText[] {
  if (sizeOf(cell.text) <= budget) return [cell];
  const name = /^[^:.!?]{1,60}: /.exec(cell.text)?.[0] ?? "";
  const left = budget - sizeOf(name);
  const value = slice(cell, name.length);
  const units = partsOf(value, splitSentences(value.text));
  const pieces = cut({ units, separator: unmarked(" "), isProse: false }, left);
  return pieces.map((piece) => join([slice(cell, 0, name.length), piece]));
}
