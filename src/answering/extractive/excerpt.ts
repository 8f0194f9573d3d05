import { stemsOf } from "../../text/stems.ts";
import type { Relevance } from "./best-passage.ts";

/** Characters that are quoted of one passage; the block that answers is never cut. */
const MAX_CHARACTERS = 600;
/** With the rest of a list or table that stands in the passages beside it: steps are worth little from the fourth on. */
const MAX_CONTINUED_CHARACTERS = 1000;

/** A passage of fewer characters is what was left of a section that did not fit into one, and says little without it. */
const MAX_REMAINDER = 150;

/** `Code: E-07; Meaning: …`: a row of a table stands alone. */
const TABLE_ROW = /^[^;\n]{1,80}; [^:;\n]{1,40}: /;
const LIST_ITEM = /^\s*(?:\d{1,3}[.)]|[-*•])\s/;
const FIRST_ITEM = /^\s*1[.)]\s/;
/** `- Zone 1: Germany, Austria`: what a table calls `Zone 1`. */
const LABELLED = /^\s*(?:[-*•]\s)?([^:]{1,40}): /;

/** Text of one passage as it is written there. */
export interface Stretch {
  text: string;
  /** Whether it goes on with the list or the table of the one before. */
  continues: boolean;
  /** The passage, and where the stretch stands in it. */
  passage: string;
  start: number;
  end: number;
}

interface Line {
  text: string;
  start: number;
  end: number;
}

/** A paragraph, list or table, or the part of it that stands in one passage. */
interface Block {
  passage: string;
  kind: "rows" | "list" | "prose";
  lines: Line[];
}

/**
 * What is quoted of a passage: the block that says most about the question, with what stands around it, as far as there is room. Of a
 * table only the rows that say more than others. Lists and tables that the passage cuts are read on in its neighbours.
 */
export function excerpt(
  passage: string,
  { before, after }: { before: string | undefined; after: string | undefined },
  relevant: Relevance,
): Stretch[] {
  const blocks = withContinuations(blocksOf(passage), before, after);
  const rows = rowsToQuote(blocks, relevant);
  const quoted = blocks.map((block) => {
    if (block.kind !== "rows") return block;
    return { ...block, lines: block.lines.filter((line) => rows.has(line)) };
  });
  const values = quoted.map((block) => relevant.ofBestSentence(textOf(block)));
  return stretches(around(values.indexOf(Math.max(...values)), quoted));
}

function blocksOf(passage: string): Block[] {
  const blocks: Block[] = [];
  let open: Line[] = [];
  const close = (): void => {
    const [first] = open;
    if (!first) return;
    const isTable = open.every(({ text }) => TABLE_ROW.test(text));
    const kind = isTable ? "rows" : LIST_ITEM.test(first.text) ? "list" : "prose";
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
 * With the last block of what stands before, and the first of what stands after, where they are one list or table with ours. A remainder
 * has all blocks of what stands before.
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
    // Prose that is cut says its last sentence again.
    if (endsWith(earlier.at(-1), blocks[0])) all.shift();
    all.unshift(...earlier);
  } else if (goesOn(earlier.at(-1), blocks[0])) {
    const introduction = earlier.slice(-2, -1).filter(introduces);
    all.unshift(...introduction, ...earlier.slice(-1));
  }
  if (later && goesOn(blocks.at(-1), later)) all.push(later);
  return all;
}

function isRemainder(blocks: Block[]): boolean {
  return blocks.reduce((sum, block) => sum + lengthOf(block), 0) < MAX_REMAINDER;
}

function endsWith(block: Block | undefined, end: Block | undefined): boolean {
  return block !== undefined && end !== undefined && textOf(block).endsWith(textOf(end));
}

function goesOn(block: Block | undefined, next: Block | undefined): boolean {
  if (!block || !next || block.kind === "prose" || block.kind !== next.kind) return false;
  return block.passage !== next.passage && !FIRST_ITEM.test(next.lines[0]?.text ?? "");
}

function introduces(block: Block | undefined): boolean {
  return block?.lines.at(-1)?.text.trimEnd().endsWith(":") ?? false;
}

/**
 * Rows that say words of the question, those with the largest share first, until none adds much; all of them where none says more than
 * another. Where the rows know the question's word by another name only, those of that name.
 */
function rowsToQuote(blocks: Block[], { said, share }: Relevance): Set<Line> {
  const rows = blocks.flatMap(({ kind, lines }) => (kind === "rows" ? lines : []));
  const words = new Map(rows.map((row) => [row, said(row.text)]));
  const shares = rows.map((row) => share(words.get(row) ?? new Set()));
  const most = Math.max(...shares);
  if (most - Math.min(...shares) < EQUAL) {
    const named = rowsNamed(blocks, rows, (text) => share(said(text)) > most + EQUAL);
    return new Set(named.length > 0 ? named : rows);
  }
  const kept = new Set<Line>();
  const covered = new Set<string>();
  for (;;) {
    const gains = rows.map((row) => share((words.get(row) ?? new Set()).difference(covered)));
    const gain = Math.max(...gains);
    if (gain < Math.max(EQUAL, most * WORTH_A_ROW)) return kept;
    const best = rows.filter((_, index) => gain - (gains[index] ?? 0) < EQUAL);
    for (const row of best) {
      kept.add(row);
      for (const word of words.get(row) ?? []) covered.add(word);
    }
  }
}

/** Of what the row with the largest share says, the part that another one must add: "E-03" and "garden" do not weigh the same. */
const WORTH_A_ROW = 0.25;

/** Sums of the same weights differ by less. */
const EQUAL = 1e-9;

/** Rows that hold the label of a line that says more: of `Zone 1: Germany`, those of zone 1. */
function rowsNamed(blocks: Block[], rows: Line[], saysMore: (text: string) => boolean): Line[] {
  const others = blocks.flatMap(({ kind, lines }) => (kind === "rows" ? [] : lines));
  const labels = others
    .filter(({ text }) => saysMore(text))
    .flatMap(({ text }) => LABELLED.exec(text)?.[1] ?? []);
  return rows.filter(({ text }) => labels.some((label) => running(text).includes(running(label))));
}

function running(text: string): string {
  return ` ${stemsOf(text).join(" ")} `;
}

/** The block and those beside it that there is room for: what introduces it first, then what follows, then what comes before. */
function around(index: number, blocks: Block[]): Block[] {
  let [from, to] = [index, index];
  let length = lengthOf(blocks[index]);
  const fits = (block: Block | undefined, limit: number): block is Block =>
    block !== undefined && length + lengthOf(block) <= limit;
  for (;;) {
    const [first, previous, last, next] = [from, from - 1, to, to + 1].map((at) => blocks[at]);
    const isOwn = goesOn(previous, first) || (introduces(previous) && !opensTopic(first));
    if (isOwn && fits(previous, MAX_CONTINUED_CHARACTERS)) from -= 1;
    else if (goesOn(last, next) && fits(next, MAX_CONTINUED_CHARACTERS)) to += 1;
    else if (!opensTopic(next) && fits(next, MAX_CHARACTERS)) to += 1;
    else if (!opensTopic(first) && fits(previous, MAX_CHARACTERS)) from -= 1;
    else return blocks.slice(from, to + 1);
    length = blocks.slice(from, to + 1).reduce((sum, block) => sum + lengthOf(block), 0);
  }
}

/** A question with its answer has nothing to do with the one before. */
function opensTopic(block: Block | undefined): boolean {
  return block?.lines[0]?.text.trimEnd().endsWith("?") ?? false;
}

function textOf({ lines }: Block): string {
  return lines.map(({ text }) => text).join("\n");
}

function lengthOf(block: Block | undefined): number {
  return block ? textOf(block).length : 0;
}

/** Characters of white space between lines that stand together; of more, a reader would see nothing but a hole. */
const MAX_GAP = 10;

/** What stands together in a passage is one stretch. */
function stretches(blocks: Block[]): Stretch[] {
  const found: Omit<Stretch, "text">[] = [];
  for (const [index, { passage, lines }] of blocks.entries()) {
    for (const [place, { start, end }] of lines.entries()) {
      const last = found.at(-1);
      const isNear = last?.passage === passage && start - last.end <= MAX_GAP;
      if (isNear && !passage.slice(last.end, start).trim()) {
        last.end = end;
        continue;
      }
      const continues = place > 0 || goesOn(blocks[index - 1], blocks[index]);
      found.push({ continues, passage, start, end });
    }
  }
  return found.map(withText);
}

function withText(stretch: Omit<Stretch, "text">): Stretch {
  return { ...stretch, text: stretch.passage.slice(stretch.start, stretch.end).trim() };
}

/** What is left of a stretch without those that were quoted before: whole lines, too. */
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
