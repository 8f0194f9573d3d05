import { stemsInOrder } from "../../retrieval/lexical-evidence.ts";
import type { Relevance } from "./best-passage.ts";

/** Length in characters up to which blocks are added to an excerpt. The block that answers is quoted whole, even if it is longer. */
const MAX_CHARACTERS = 600;
/** The same limit for blocks that complete a list or table: a list of steps is useless without its first ones. */
const MAX_CONTINUED_CHARACTERS = 1000;

/** A passage with fewer characters is a remainder: the end of a section that did not fit into one chunk. It says little alone. */
const MAX_REMAINDER = 150;

/** `Code: E-07; Meaning: …`: ingestion writes each row of a table with its column names, on one line. */
const TABLE_ROW = /^[^;\n]{1,80}; [^:;\n]{1,40}: /;
const LIST_ITEM = /^\s*(?:\d{1,3}[.)]|[-*•])\s/;
const FIRST_ITEM = /^\s*1[.)]\s/;
/** `- Zone 1: Germany, Austria`: a line that explains the label `Zone 1`, which a table uses. */
const LABELLED = /^\s*(?:[-*•]\s)?([^:]{1,40}): /;

/** A verbatim span of one passage. */
export interface Stretch {
  text: string;
  /** Whether it continues the list or table of the stretch before it. */
  continues: boolean;
  /** Which rows of a table it holds; undefined for other text. */
  rows: Choice["which"] | undefined;
  /** The whole passage; `start` and `end` are offsets in it. */
  passage: string;
  start: number;
  end: number;
}

interface Line {
  text: string;
  start: number;
  end: number;
}

/** The rows that an answer quotes. */
interface Choice {
  rows: Set<Line>;
  /** Those that the question names, all, or some of many. */
  which: "named" | "all" | "some";
}

/** A paragraph, list or table. One that was cut between two passages is a block in each. */
interface Block {
  passage: string;
  kind: "table" | "list" | "prose";
  lines: Line[];
}

/**
 * Chooses what an answer quotes of a passage: the block whose best sentence has the largest share of the question, and the blocks around
 * it up to a maximum length. A long table is reduced to its relevant rows. A list or table that was cut between two passages is joined again.
 * @param before text of the passage before this one in the same section, and `after` of the one after it
 */
export function excerpt(
  passage: string,
  { before, after }: { before: string | undefined; after: string | undefined },
  relevant: Relevance,
): Stretch[] {
  const blocks = withContinuations(blocksOf(passage), before, after);
  const { rows, which } = rowsToQuote(blocks, relevant);
  const quoted = blocks.map((block) => {
    if (block.kind !== "table") return block;
    return { ...block, lines: block.lines.filter((line) => rows.has(line)) };
  });
  const shares = quoted.map((block) => relevant.bestSentenceShare(textOf(block)));
  return stretchesOf(withBlocksAround(shares.indexOf(Math.max(...shares)), quoted), which);
}

function blocksOf(passage: string): Block[] {
  const blocks: Block[] = [];
  let open: Line[] = [];
  const close = (): void => {
    const [first] = open;
    if (!first) return;
    const isTable = open.every(({ text }) => TABLE_ROW.test(text));
    const kind = isTable ? "table" : LIST_ITEM.test(first.text) ? "list" : "prose";
    blocks.push({ passage, kind, lines: open });
    open = [];
  };
  let start = 0;
  for (const text of passage.split("\n")) {
    const end = start + text.length;
    if (text.trim()) open.push({ text, start, end });
    else close();
    start = end + 1;
  }
  close();
  return blocks;
}

/**
 * Adds the last block of the passage before and the first block of the passage after, where these belong to the same list or table as
 * ours. For a remainder, all blocks of the passage before are added.
 */
function withContinuations(
  blocks: Block[],
  before: string | undefined,
  after: string | undefined,
): Block[] {
  const earlier = blocksOf(before ?? "");
  const [later] = blocksOf(after ?? "");
  const all = [...blocks];
  if (isRemainder(blocks)) {
    // Where prose is cut, the next chunk repeats the last sentence of the one before.
    if (endsWith(earlier.at(-1), blocks[0])) all.shift();
    all.unshift(...earlier);
  } else if (isContinuedBy(earlier.at(-1), blocks[0])) {
    const introduction = earlier.slice(-2, -1).filter(introduces);
    all.unshift(...introduction, ...earlier.slice(-1));
  }
  if (later && isContinuedBy(blocks.at(-1), later)) all.push(later);
  return all;
}

function isRemainder(blocks: Block[]): boolean {
  return blocks.reduce((sum, block) => sum + lengthOf(block), 0) < MAX_REMAINDER;
}

function endsWith(block: Block | undefined, end: Block | undefined): boolean {
  return block !== undefined && end !== undefined && textOf(block).endsWith(textOf(end));
}

/** Whether two blocks of different passages are parts of one list or table. */
function isContinuedBy(block: Block | undefined, next: Block | undefined): boolean {
  if (!block || !next || block.kind === "prose" || block.kind !== next.kind) return false;
  return block.passage !== next.passage && !FIRST_ITEM.test(next.lines[0]?.text ?? "");
}

/** `You need:` introduces the block after it. */
function introduces(block: Block | undefined): boolean {
  return block?.lines.at(-1)?.text.trimEnd().endsWith(":") ?? false;
}

/** Up to this size a table is quoted whole: rows picked from it would look as if there were no others. */
const MAX_WHOLE_ROWS = 12;
const MAX_WHOLE_CHARACTERS = 900;

/**
 * The rows that the question names by their first cell are quoted alone, and so is a single row that a list outside the table names.
 * Otherwise a small table is quoted whole, and of a long one the relevant rows.
 */
function rowsToQuote(blocks: Block[], relevant: Relevance): Choice {
  const rows = blocks.flatMap(({ kind, lines }) => (kind === "table" ? lines : []));
  const { chosen, isLabelled } = relevantRows(blocks, rows, relevant);
  const named = isLabelled
    ? chosen
    : new Set([...chosen].filter((row) => isNamedBy(row, rows, relevant)));
  if (named.size > 0) return { rows: named, which: "named" };
  const length = rows.reduce((sum, { text }) => sum + text.length, 0);
  if (rows.length <= MAX_WHOLE_ROWS && length <= MAX_WHOLE_CHARACTERS)
    return { rows: new Set(rows), which: "all" };
  return { rows: chosen, which: chosen.size === rows.length ? "all" : "some" };
}

/** Whether the row's first cell says words of the question that not every row's first cell says. */
function isNamedBy(row: Line, rows: Line[], { stemsIn, share }: Relevance): boolean {
  const labelOf = ({ text }: Line): Set<string> =>
    stemsIn(text.split("; ")[0]?.replace(/^[^:]{1,200}: /, "") ?? "");
  const common = rows.map(labelOf).reduce((all, label) => all.intersection(label));
  return share(labelOf(row).difference(common)) > ROUNDING;
}

/**
 * Chooses rows greedily: the row that adds most of the question's words comes first, and the choice ends when no row adds enough. If all
 * rows have the same share, the rows whose label a list outside the table explains with the question's words are chosen, else all rows.
 */
function relevantRows(
  blocks: Block[],
  rows: Line[],
  { stemsIn, share }: Relevance,
): { chosen: Set<Line>; isLabelled: boolean } {
  const words = new Map(rows.map((row) => [row, stemsIn(row.text)]));
  const shares = rows.map((row) => share(words.get(row) ?? new Set()));
  const most = Math.max(...shares);
  if (most - Math.min(...shares) < ROUNDING) {
    const labelled = rowsByLabel(blocks, rows, (text) => share(stemsIn(text)) > most + ROUNDING);
    const isLabelled = labelled.length > 0;
    return { chosen: new Set(isLabelled ? labelled : rows), isLabelled };
  }
  const kept = new Set<Line>();
  const covered = new Set<string>();
  for (;;) {
    const gains = rows.map((row) => share((words.get(row) ?? new Set()).difference(covered)));
    const gain = Math.max(...gains);
    if (gain < Math.max(ROUNDING, most * MIN_GAIN)) return { chosen: kept, isLabelled: false };
    const best = rows.filter((_, index) => gain - (gains[index] ?? 0) < ROUNDING);
    for (const row of best) {
      kept.add(row);
      for (const word of words.get(row) ?? []) covered.add(word);
    }
  }
}

/** The least that a further row must add, as a share of the best row: a row that adds only a common word such as "garden" is left out. */
const MIN_GAIN = 0.25;

/** Sums of the same weights in another order differ by less than this. */
const ROUNDING = 1e-9;

/** Rows with the label of a line that is more relevant than any row: `Zone 1: Germany` chooses the rows of zone 1. */
function rowsByLabel(
  blocks: Block[],
  rows: Line[],
  isMoreRelevant: (text: string) => boolean,
): Line[] {
  const others = blocks.flatMap(({ kind, lines }) => (kind === "table" ? [] : lines));
  const labels = others
    .filter(({ text }) => isMoreRelevant(text))
    .flatMap(({ text }) => LABELLED.exec(text)?.[1] ?? []);
  return rows.filter(({ text }) =>
    labels.some((label) => stemsInOrder(text).includes(stemsInOrder(label))),
  );
}

/** A block with its neighbours up to the maximum length. Added first are the rest of its list and its introduction, then what follows. */
function withBlocksAround(index: number, blocks: Block[]): Block[] {
  let [from, to] = [index, index];
  let length = lengthOf(blocks[index]);
  const fits = (block: Block | undefined, limit: number): block is Block =>
    block !== undefined && length + lengthOf(block) <= limit;
  for (;;) {
    const [first, previous, last, next] = [from, from - 1, to, to + 1].map((at) => blocks[at]);
    const belongs = isContinuedBy(previous, first) || (introduces(previous) && !opensTopic(first));
    if (belongs && fits(previous, MAX_CONTINUED_CHARACTERS)) from -= 1;
    else if (isContinuedBy(last, next) && fits(next, MAX_CONTINUED_CHARACTERS)) to += 1;
    else if (!opensTopic(next) && fits(next, MAX_CHARACTERS)) to += 1;
    else if (!opensTopic(first) && fits(previous, MAX_CHARACTERS)) from -= 1;
    else return blocks.slice(from, to + 1);
    length = blocks.slice(from, to + 1).reduce((sum, block) => sum + lengthOf(block), 0);
  }
}

/** A block that begins with a question opens another entry of an FAQ, which has nothing to do with the entry before. */
function opensTopic(block: Block | undefined): boolean {
  return block?.lines[0]?.text.trimEnd().endsWith("?") ?? false;
}

function textOf({ lines }: Block): string {
  return lines.map(({ text }) => text).join("\n");
}

function lengthOf(block: Block | undefined): number {
  return block ? textOf(block).length : 0;
}

/** Lines with at most this much white space between them are one stretch. More would show as a hole in the answer. */
const MAX_GAP = 10;

/** Merges adjacent lines of the same passage into stretches. */
function stretchesOf(blocks: Block[], which: Choice["which"]): Stretch[] {
  const found: Omit<Stretch, "text">[] = [];
  for (const [index, { passage, lines, kind }] of blocks.entries()) {
    const rows = kind === "table" ? which : undefined;
    for (const [place, { start, end }] of lines.entries()) {
      const last = found.at(-1);
      const isAdjacent =
        last?.passage === passage && last.rows === rows && start - last.end <= MAX_GAP;
      if (isAdjacent && !passage.slice(last.end, start).trim()) {
        last.end = end;
        continue;
      }
      const continues = place > 0 || isContinuedBy(blocks[index - 1], blocks[index]);
      found.push({ continues, rows, passage, start, end });
    }
  }
  return found.map(withText);
}

function withText(stretch: Omit<Stretch, "text">): Stretch {
  return { ...stretch, text: stretch.passage.slice(stretch.start, stretch.end).trim() };
}

/** Cuts the stretches that were quoted before out of a stretch, and returns the parts that are left. */
export function withoutQuoted(stretch: Stretch, quoted: Stretch[]): Stretch[] {
  return quoted
    .filter(({ passage }) => passage === stretch.passage)
    .reduce(
      (left, { start, end }) =>
        left.flatMap((part) =>
          [
            { ...part, end: Math.min(part.end, start) },
            { ...part, start: Math.max(part.start, end) },
          ].filter((rest) => rest.start < rest.end),
        ),
      [stretch],
    )
    .map(withText)
    .filter(({ text }) => text !== "");
}
