import { STEP_WORDS } from "../../language/article-headings.ts";
import { sectionsIn } from "../../citations/shown-passages.ts";
import type { Source, SourcePassage } from "../../citations/source.ts";
import type { Quoted, Relevance } from "./best-passage.ts";

/** Characters up to which sections are quoted together with what stands between them. */
const MAX_CHAPTER = 3000;

/** "2. Add the file", "Step 2: add the file", and no "Windows 10". */
const STEP_HEADING = new RegExp(
  String.raw`^(?:${STEP_WORDS.join("|")})\s*(\d{1,2})(?!\d)|^(\d{1,2})[.):]\s`,
  "iu",
);

/**
 * Puts sections below one heading into the document's order, with what stands between them: a procedure is often spread over such sections, and
 * the words of the question are not in each. (Merging the parts of a whole once several of them are found is LlamaIndex's auto-merging
 * retrieval.) The sections of numbered headings are quoted from the first to the last.
 * A section whose own heading the question names stays alone.
 * @param isOther whether a section is about another value than the one that is asked about
 * @returns what is quoted together, the most promising first
 */
export function inChapters(
  chosen: Quoted[],
  { stemsIn, share }: Relevance,
  isOther: (one: Quoted) => boolean,
): Quoted[][] {
  // "On Windows 11" names one of the sections below "Install it". What stands beside it is no part of the answer.
  const isNamed = ({ source, passage: { headingPath } }: Quoted): boolean => {
    const shareOf = (path: string[]): number => share(stemsIn([source.title, ...path].join("\n")));
    return shareOf(headingPath) > shareOf(headingPath.slice(0, -1));
  };
  return chaptersOf(chosen).flatMap((chapter) => {
    const alone = chapter.map((one) => [one]);
    const [first] = chapter;
    if (!first || (stepOf(first.passage) === undefined && isNamed(first))) return alone;
    const { source } = first;
    const within = isBetween(chapter);
    const sections = sectionsIn(source.passages)
      .map((shown) => shown.map(({ passage }) => passage))
      .filter((own) => own.some((passage) => within(passage) && !isOther({ source, passage })))
      .toSorted(([one], [other]) => (one?.ordinal ?? 0) - (other?.ordinal ?? 0));
    const passages = sections.flat();
    const length = passages.reduce((sum, { text }) => sum + text.length, 0);
    if (length > MAX_CHAPTER || !isWithoutGap(passages)) return alone;
    const together = sections.flatMap((own) => {
      const chosenOne = chapter.find(({ passage }) => own.includes(passage))?.passage;
      const passage = chosenOne ?? own[0];
      return passage ? [{ source, passage }] : [];
    });
    return [together];
  });
}

/** The first section of each chapter of which something may not be read yet. */
export function lackedBetween(chosen: Quoted[]): Quoted[] {
  return chaptersOf(chosen).flatMap((chapter) => {
    const [first] = chapter;
    if (!first) return [];
    const known = first.source.passages.filter(isBetween(chapter));
    const isRead = isWithoutGap(known.toSorted((one, other) => one.ordinal - other.ordinal));
    return stepOf(first.passage) !== undefined || !isRead ? [first] : [];
  });
}

/** The sections in their order, those of one document below one heading together. */
function chaptersOf(chosen: Quoted[]): Quoted[][] {
  const chapters: Quoted[][] = [];
  for (const one of chosen) {
    const known = chapters.find((chapter) => chapter.some((other) => isBeside(one, other)));
    if (known) known.push(one);
    else chapters.push([one]);
  }
  return chapters;
}

/** Whether sections stand below the same heading, or one of them is what the other stands below. */
function isBeside(one: Quoted, other: Quoted): boolean {
  const [path, otherPath] = [one, other].map(({ passage }) => pathOf(passage));
  const [parent, otherParent] = [one, other].map(({ passage }) => parentOf(passage));
  const isNear = parent === otherParent || parent === otherPath || otherParent === path;
  return one.source === other.source && isNear;
}

function pathOf({ headingPath }: SourcePassage): string {
  return JSON.stringify(headingPath);
}

function parentOf({ headingPath }: SourcePassage): string {
  return JSON.stringify(headingPath.slice(0, -1));
}

/** Whether a passage of the document stands between the first and the last section of a chapter, or the first and the last of its steps. */
function isBetween(chapter: Quoted[]): (passage: SourcePassage) => boolean {
  const places = chapter.flatMap(({ source, passage }) =>
    [passage, ...stepsAround(source, passage)].map(({ ordinal }) => ordinal),
  );
  const [from, to] = [Math.min(...places), Math.max(...places)];
  return ({ ordinal }) => ordinal >= from && ordinal <= to;
}

/** The passages whose numbered headings go on from, or lead to, that of a passage. */
function stepsAround({ passages }: Source, passage: SourcePassage): SourcePassage[] {
  const own = stepOf(passage);
  if (own === undefined) return [];
  const siblings = passages.filter((one) => parentOf(one) === parentOf(passage));
  const at = (step: number): SourcePassage[] =>
    siblings.filter(
      (one) =>
        stepOf(one) === step && Math.sign(one.ordinal - passage.ordinal) === Math.sign(step - own),
    );
  const found: SourcePassage[] = siblings.filter((one) => stepOf(one) === own);
  for (let step = own - 1; step >= 0 && at(step).length > 0; step--) found.push(...at(step));
  for (let step = own + 1; at(step).length > 0; step++) found.push(...at(step));
  return found;
}

function stepOf({ headingPath }: SourcePassage): number | undefined {
  const [, named, numbered] = STEP_HEADING.exec(headingPath.at(-1) ?? "") ?? [];
  const step = named ?? numbered;
  return step === undefined ? undefined : Number(step);
}

/** @param passages in the document's order */
function isWithoutGap(passages: SourcePassage[]): boolean {
  return passages.every(({ ordinal }, index) => {
    const next = passages[index + 1];
    return next === undefined || next.ordinal === ordinal + 1;
  });
}
