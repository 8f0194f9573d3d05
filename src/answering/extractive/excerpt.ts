import { stemsInOrder } from "../../retrieval/lexical-evidence.ts";
import { queryTerms } from "../../retrieval/query-terms.ts";
import { stemsOf } from "../../text/stems.ts";
import { splitSentences } from "../../text/sentences.ts";
import type { Relevance } from "./best-passage.ts";

/** Length in characters up to which a section is quoted whole: what is left out of it may be the exception to what is quoted. */
const MAX_SECTION = 1200;
/** The same for the blocks around the one that answers, in a longer section. */
const MAX_CHARACTERS = 600;
/** A procedure is useless without its first steps, and dangerous without its last ones. Beyond this length whole steps are left out. */
const MAX_PROCEDURE = 3000;

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
  /** The passage's place in the section. */
  place: number;
  kind: "table" | "list" | "prose";
  lines: Line[];
}

/** What an answer quotes of a section. */
export interface Excerpt {
  stretches: Stretch[];
  /** It ends with a step, and there are more. */
  goesOn: boolean;
}

/**
 * Chooses what an answer quotes of a section: the block whose best sentence has the largest share of the question, and with it the whole
 * section, or what of a long one belongs together: a procedure with what introduces it, or the blocks around. A long table is reduced to its
 * relevant rows.
 * @param section the texts of the section's passages, in the document's order
 * @param best the place of the passage to answer from
 */
export function excerpt(section: string[], best: number, relevant: Relevance): Excerpt {
  const blocks = blocksOfSection(section);
  const own = ownBlocks(blocks, best);
  const { rows, which } = rowsToQuote(
    blocks.filter((_, index) => own.has(index)),
    relevant,
  );
  const quoted = blocks.map((block, index) => {
    if (block.kind !== "table" || !own.has(index)) return block;
    return { ...block, lines: block.lines.filter((line) => rows.has(line)) };
  });
  const shares = quoted.map((block, index) =>
    own.has(index) ? relevant.bestSentenceShare(textOf(block)) : -1,
  );
  const around = blocksAround(shares.indexOf(Math.max(...shares)), quoted);
  return { stretches: stretchesOf(around, which), goesOn: hasNextStep(around, quoted) };
}

function hasNextStep(around: Block[], blocks: Block[]): boolean {
  const last = around.at(-1);
  const step = last && numbersOf(last);
  const next = blocks.slice(last ? blocks.indexOf(last) + 1 : blocks.length).map(numbersOf);
  return step !== undefined && next.find(Boolean)?.first === step.last + 1;
}

/** The blocks of all passages. Where prose is cut, a passage repeats the last sentence of the one before, which is left out. */
function blocksOfSection(section: string[]): Block[] {
  const blocks: Block[] = [];
  for (const [place, passage] of section.entries()) {
    const own = blocksOf(passage, place);
    const last = blocks.at(-1);
    if (last && own[0]) own[0] = withoutRepeated(last, own[0]);
    blocks.push(...own.filter(({ lines }) => lines.length > 0));
  }
  return blocks;
}

function withoutRepeated(before: Block, block: Block): Block {
  if (before.kind !== "prose" || block.kind !== "prose") return block;
  const [first, ...others] = block.lines;
  const repeated = splitSentences(textOf(before)).at(-1) ?? "";
  if (!first || !repeated || !first.text.startsWith(repeated)) return block;
  const text = first.text.slice(repeated.length).trimStart();
  const rest = { text, start: first.end - text.length, end: first.end };
  return { ...block, lines: text ? [rest, ...others] : others };
}

/** The blocks of the passage to answer from, and those of its neighbours that are parts of the same list or table. */
function ownBlocks(blocks: Block[], best: number): Set<number> {
  const own = new Set(blocks.keys().filter((index) => blocks[index]?.place === best));
  const size = [...own].reduce((sum, index) => sum + lengthOf(blocks[index]), 0);
  if (size < MAX_REMAINDER)
    for (const [index, { place }] of blocks.entries()) if (place === best - 1) own.add(index);
  const from = Math.min(...own);
  const to = Math.max(...own);
  for (let index = from; isContinuedBy(blocks[index - 1], blocks[index]); index--)
    own.add(index - 1);
  for (let index = to; isContinuedBy(blocks[index], blocks[index + 1]); index++) own.add(index + 1);
  return own;
}

function blocksOf(passage: string, place: number): Block[] {
  const blocks: Block[] = [];
  let open: Line[] = [];
  const close = (): void => {
    const [first] = open;
    if (!first) return;
    const isTable = open.every(({ text }) => TABLE_ROW.test(text));
    const kind = isTable ? "table" : LIST_ITEM.test(first.text) ? "list" : "prose";
    blocks.push({ passage, place, kind, lines: open });
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

/** Whether two blocks of different passages are parts of one list or table. */
function isContinuedBy(block: Block | undefined, next: Block | undefined): boolean {
  if (!block || !next || block.kind === "prose" || block.kind !== next.kind) return false;
  return block.place !== next.place && !FIRST_ITEM.test(next.lines[0]?.text ?? "");
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

/** Share of a row's label that a question has to say to name the row: "return the bike" does not name "Return up to 7 days late". */
const MIN_NAMED = 0.5;

/** Whether the question says what tells the row's first cell from those of the other rows. */
function isNamedBy(row: Line, rows: Line[], { stemsIn, share }: Relevance): boolean {
  const labelOf = ({ text }: Line): string =>
    text.split("; ")[0]?.replace(/^[^:]{1,200}: /, "") ?? "";
  const common = rows
    .map((one) => stemsIn(labelOf(one)))
    .reduce((all, label) => all.intersection(label));
  const own = new Set(contentStems(labelOf(row))).difference(common);
  const said = Array.from(own).filter((stem) => share(new Set([stem])) > ROUNDING);
  const found = share(stemsIn(labelOf(row)).difference(common)) > ROUNDING;
  return found && (own.size === 0 || said.length === 0 || said.length >= own.size * MIN_NAMED);
}

function contentStems(text: string): string[] {
  return stemsOf(queryTerms(text).words.join(" "));
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

/** The blocks that are quoted with one. */
function blocksAround(index: number, blocks: Block[]): Block[] {
  const [first, last] = entryAround(index, blocks);
  if (lengthBetween(first, last, blocks) <= MAX_SECTION) return blocks.slice(first, last + 1);
  const steps = stepsAround(index, blocks, first, last);
  const [from, to] = steps
    ? withIntroduction(steps, blocks, first)
    : grown(index, blocks, first, last);
  return blocks.slice(from, to + 1);
}

/** The first and the last block of the section, or of its entry, if the section is a list of questions. */
function entryAround(index: number, blocks: Block[]): [number, number] {
  let [from, to] = [index, index];
  while (from > 0 && !opensTopic(blocks[from])) from -= 1;
  while (to + 1 < blocks.length && !opensTopic(blocks[to + 1])) to += 1;
  return [from, to];
}

/**
 * The numbered steps that a block belongs to, or introduces: lists whose numbers go on, and what stands between them, up to the
 * longest procedure.
 */
function stepsAround(
  index: number,
  blocks: Block[],
  first: number,
  last: number,
): [number, number] | undefined {
  const numbers = blocks.map(numbersOf);
  const isIntroduction = introduces(blocks[index]) && numbers[index + 1] !== undefined;
  const at = isIntroduction
    ? index + 1
    : numbers.findLastIndex((own, place) => own && place >= first && place <= index);
  const own = numbers[at];
  if (!own) return undefined;
  let [from, to] = [at, at];
  for (let place = at - 1, next = own.first; place >= first && next > 1; place--) {
    const before = numbers[place];
    if (before && before.last !== next - 1) break;
    if (before) [from, next] = [place, before.first];
  }
  for (let place = at + 1, previous = own.last; place <= last; place++) {
    const after = numbers[place];
    if (after && after.first !== previous + 1) break;
    if (after && lengthBetween(from, place, blocks) > MAX_PROCEDURE) break;
    if (after) [to, previous] = [place, after.last];
  }
  return index >= from - 1 && index <= to ? [from, to] : undefined;
}

/** The numbers of the first and the last item of a numbered list. */
function numbersOf({ lines }: Block): { first: number; last: number } | undefined {
  const numbers = lines.flatMap(({ text }) => /^(\d{1,3})[.)]\s/.exec(text)?.[1] ?? []).map(Number);
  const [first] = numbers;
  return first === undefined ? undefined : { first, last: numbers.at(-1) ?? first };
}

/** What stands before a procedure belongs to it: what it needs, and what it warns of. */
function withIntroduction(
  [from, to]: [number, number],
  blocks: Block[],
  first: number,
): [number, number] {
  let start = from;
  const belongs = (before: Block | undefined): boolean =>
    before !== undefined &&
    numbersOf(before) === undefined &&
    (introduces(before) || lengthBetween(start - 1, from - 1, blocks) <= MAX_CHARACTERS);
  while (start > first && belongs(blocks[start - 1])) start -= 1;
  return [start, to];
}

/** Added first are what a block continues or is introduced by, then what follows. */
function grown(index: number, blocks: Block[], first: number, last: number): [number, number] {
  let [from, to] = [index, index];
  for (;;) {
    const [start, previous, end, next] = [from, from - 1, to, to + 1].map((at) => blocks[at]);
    const fits = (one: number, other: number): boolean =>
      one >= first && other <= last && lengthBetween(one, other, blocks) <= MAX_CHARACTERS;
    const belongs = isContinuedBy(previous, start) || introduces(previous);
    if (belongs && from - 1 >= first && (introduces(previous) || fits(from - 1, to))) from -= 1;
    else if (isContinuedBy(end, next) && fits(from, to + 1)) to += 1;
    else if (introduces(end) && to + 1 <= last) to += 1;
    else if (fits(from, to + 1)) to += 1;
    else if (fits(from - 1, to)) from -= 1;
    else return [from, to];
  }
}

function lengthBetween(from: number, to: number, blocks: Block[]): number {
  return blocks.slice(from, to + 1).reduce((sum, block) => sum + lengthOf(block), 0);
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
