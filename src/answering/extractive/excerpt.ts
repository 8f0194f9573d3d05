import type { Relevance } from "./best-passage.ts";
import {
  blocksOfSection,
  isContinuedBy,
  lengthOf,
  numbersOf,
  textOf,
  type Block,
} from "./blocks.ts";
import { blocksAround, type Room } from "./quoted-blocks.ts";
import { rowsToQuote, type Choice } from "./table-rows.ts";

/** A passage with fewer characters is a remainder: the end of a section that did not fit into one chunk. It says little alone. */
const MAX_REMAINDER = 150;

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
 * @param place that of the passage to answer from
 */
export function excerpt(
  section: string[],
  place: number,
  relevant: Relevance,
  room: Room,
): Excerpt {
  const blocks = blocksOfSection(section);
  const own = ownBlocks(blocks, place);
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
  const best = shares.indexOf(Math.max(...shares));
  const [from, to] = blocksAround(blockOfTime(best, quoted, relevant), quoted, room);
  const stretches = stretchesOf(quoted.slice(from, to + 1), which);
  return { stretches, goesOn: hasNextStep(to, quoted) };
}

/** In place of a block for another time than that of the question: the one for its time that is most relevant, if there is one. */
function blockOfTime(best: number, blocks: Block[], relevant: Relevance): number {
  const fits = relevant.fitsOf(blocks.map(({ lines }) => lines.map(({ text }) => text)));
  if (fits[best]?.every((fit) => fit === "misfits") !== true) return best;
  const shares = blocks.map((block, index) =>
    fits[index]?.includes("fits") ? relevant.bestSentenceShare(textOf(block)) : -1,
  );
  const most = Math.max(...shares);
  return most < 0 ? best : shares.indexOf(most);
}

/** Whether a block ends with a step, and the next numbered list goes on from it. */
function hasNextStep(at: number, blocks: Block[]): boolean {
  const [step, ...later] = blocks.slice(at).map(numbersOf);
  return step !== undefined && later.find((next) => next !== undefined)?.first === step.last + 1;
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
