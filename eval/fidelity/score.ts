import { align } from "./align.ts";
import type { Block } from "./block.ts";
import { wordsOf } from "./words.ts";

export interface Score {
  /** Words of the content, and how many of them stand in the text that was read. */
  content: number;
  found: number;
  /** Words that were read, less repeated labels, and how many of them are content. */
  read: number;
  right: number;
  /** Runs of words, longest first. */
  missing: string[];
  superfluous: string[];
}

/** Words of a block that moved, at least, unless the whole block moved. A single word has too many places where it could belong. */
const MOVED_WORDS = 3;
const PASSES = 8;
const MAX_INSERTED = 12;

/**
 * Compares the blocks of a page with the text that was read, as sequences of words (`align.ts`). Stretches that stand elsewhere
 * in the other text are found, too: a tab's label moves in front of its panel.
 * @param title what the document is called, which may replace its first heading
 * @param labels texts that may be repeated: their repetitions count neither as right nor as wrong
 */
export function score(page: Block[], title: string, read: string, labels: string[]): Score {
  const blocks = page
    .filter(({ state }) => state === "content" || state === "optional")
    .map(({ text, state }) => ({ words: wordsOf(text), isContent: state === "content" }))
    .filter(({ words }) => words.length > 0);
  const wanted = blocks.flatMap(({ words }) => words);
  const blockOf = blocks.flatMap(({ words }, block) => words.map(() => block));
  const given = wordsOf(read);
  const partners = pair(wanted, given, (place) => blockOf[place] ?? -1);
  preferLater(partners, given);

  const name = ` ${wordsOf(title).join(" ")} `;
  const isTitle = blocks.map(({ words }) => name.includes(` ${words.join(" ")} `));
  const counted = [...wanted.keys()].filter((place) => blocks[blockOf[place] ?? 0]?.isContent);
  const right = counted.filter((place) => (partners[place] ?? -1) >= 0);
  const lost = counted.filter(
    (place) => (partners[place] ?? -1) < 0 && !isTitle[blockOf[place] ?? 0],
  );
  const taken = new Set(partners);
  const repeated = repetitions(given, taken, labels);
  const wrong = [...given.keys()].filter((place) => !taken.has(place) && !repeated.has(place));
  return {
    content: counted.length,
    found: counted.length - lost.length,
    read: right.length + wrong.length,
    right: right.length,
    missing: runs(wanted, lost),
    superfluous: runs(given, wrong),
  };
}

function pair(wanted: string[], given: string[], blockOf: (place: number) => number): Int32Array {
  const partners = align(wanted, given);
  dropChance(partners, blockOf, 2);
  for (let pass = 0; pass < PASSES; pass++) {
    const free = new Set(given.keys());
    for (const partner of partners) free.delete(partner);
    const from = [...wanted.keys()].filter((place) => (partners[place] ?? -1) < 0);
    const to = [...free];
    if (from.length === 0 || to.length === 0) break;
    const found = align(
      from.map((place) => wanted[place] ?? ""),
      to.map((place) => given[place] ?? ""),
    );
    const moved = new Int32Array(partners.length).fill(-1);
    for (const [index, partner] of found.entries()) moved[from[index] ?? 0] = to[partner] ?? -1;
    dropChance(moved, blockOf, MOVED_WORDS);
    if (moved.every((partner) => partner < 0)) break;
    for (const [place, partner] of moved.entries()) if (partner >= 0) partners[place] = partner;
  }
  return partners;
}

/**
 * Takes back pairs that belong to no run of `least` words and to no whole block: a common word finds a partner anywhere. Between two
 * words of a run the reader may say something in place of an image.
 */
function dropChance(partners: Int32Array, blockOf: (place: number) => number, least: number): void {
  for (let start = 0; start < partners.length;) {
    const first = partners[start] ?? -1;
    let end = start + 1;
    if (first >= 0) while (isNext(partners[end - 1], partners[end])) end++;
    const isWhole = blockOf(start - 1) !== blockOf(start) && blockOf(end - 1) !== blockOf(end);
    if (first >= 0 && end - start < least && !isWhole) partners.fill(-1, start, end);
    start = end;
  }
}

/** Moves partners behind a label in front of them that begins with the same word: "Stage Number: Stage 2". */
function preferLater(partners: Int32Array, given: string[]): void {
  const taken = new Set(partners);
  for (const [place, partner] of partners.entries()) {
    if (partner < 0) continue;
    for (let later = partner + 1; later <= partner + MAX_INSERTED && !taken.has(later); later++)
      if (given[later] === given[partner]) partners[place] = later;
  }
}

function isNext(place = -1, next = -1): boolean {
  return next > place && next <= place + MAX_INSERTED;
}

/** The places of words that repeat a whole label, and belong to nothing else. */
function repetitions(given: string[], taken: Set<number>, labels: string[]): Set<number> {
  const byFirst = new Map<string, string[][]>();
  for (const label of new Set(labels)) {
    const words = wordsOf(label);
    const [first] = words;
    if (first) byFirst.set(first, [...(byFirst.get(first) ?? []), words]);
  }
  for (const list of byFirst.values()) list.sort((a, b) => b.length - a.length);
  const places = new Set<number>();
  for (let place = 0; place < given.length; place++) {
    const label = byFirst
      .get(given[place] ?? "")
      ?.find((words) =>
        words.every((word, i) => given[place + i] === word && !taken.has(place + i)),
      );
    for (let i = 0; i < (label?.length ?? 0); i++) places.add(place + i);
    if (label) place += label.length - 1;
  }
  return places;
}

function runs(words: string[], places: number[]): string[] {
  const found: string[][] = [];
  let last = -2;
  for (const place of places) {
    if (place !== last + 1) found.push([]);
    found.at(-1)?.push(words[place] ?? "");
    last = place;
  }
  return found.toSorted((a, b) => b.length - a.length).map((run) => run.join(" "));
}
