import {
  introduces,
  isContinuedBy,
  lengthOf,
  numbersOf,
  opensTopic,
  type Block,
} from "./blocks.ts";

/** Lengths in characters up to which a section is quoted. */
export interface Room {
  /** Up to which it is quoted whole: what is left out of it may be the exception to what is quoted. */
  section: number;
  /** Up to which blocks are added around the one that answers, in a longer section. */
  blocks: number;
}

/** Of the section that promises most, and of those beside it. Measured in docs/decisions/0072. */
export const ROOM = {
  first: { section: 2000, blocks: 1200 },
  further: { section: 1200, blocks: 600 },
} as const satisfies Record<string, Room>;

/** What stands before a procedure is quoted up to this length. */
const MAX_INTRODUCTION = 600;
/** A procedure is useless without its first steps, and dangerous without its last ones. Beyond this length whole steps are left out. */
const MAX_PROCEDURE = 3000;

/** The first and the last of the blocks that are quoted with one. */
export function blocksAround(index: number, blocks: Block[], room: Room): [number, number] {
  const [first, last] = entryAround(index, blocks);
  if (lengthBetween(first, last, blocks) <= room.section) return [first, last];
  const steps = stepsAround(index, blocks, first, last);
  return steps ? withIntroduction(steps, blocks, first) : grown(index, blocks, [first, last], room);
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
    (introduces(before) || lengthBetween(start - 1, from - 1, blocks) <= MAX_INTRODUCTION);
  while (start > first && belongs(blocks[start - 1])) start -= 1;
  return [start, to];
}

/** Added first are what a block continues or is introduced by, then what follows. */
function grown(
  index: number,
  blocks: Block[],
  [first, last]: [number, number],
  room: Room,
): [number, number] {
  let [from, to] = [index, index];
  for (;;) {
    const [start, previous, end, next] = [from, from - 1, to, to + 1].map((at) => blocks[at]);
    const fits = (one: number, other: number): boolean =>
      one >= first && other <= last && lengthBetween(one, other, blocks) <= room.blocks;
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
