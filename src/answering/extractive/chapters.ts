import { sectionsIn } from "../../citations/shown-passages.ts";
import type { Source, SourcePassage } from "../../citations/source.ts";
import type { Quoted, Relevance } from "./best-passage.ts";

/** Characters up to which sections are quoted together with what stands between them. */
const MAX_CHAPTER = 3000;

/** "2. Add the file", "Step 2: add the file", and no "Windows 10", in the languages of `language/`. */
const STEP_HEADING =
  /^(?:(?:step|part|schritt|teil|étape|etape|paso|passo|passaggio|fase|stap|deel|krok|część)\s+|(?:手順|ステップ|الخطوة)\s*)(\d{1,2})(?!\d)|^(\d{1,2})[.):]\s/iu;

/** Sections of one document that follow each other, of which at least one was chosen. */
interface Chapter {
  quoted: Quoted[];
  /** Where in the document they begin and end. */
  from: number;
  to: number;
}

/**
 * Puts sections below one heading into the document's order, with what stands between them: a procedure is often spread over such sections, and
 * the words of the question are not in each. (Merging the parts of a whole once several of them are found is LlamaIndex's auto-merging
 * retrieval.) The sections of numbered headings are quoted from the first to the last.
 * A section whose own heading the question names stays alone.
 * @returns what is quoted together, the most promising first
 */
export function inChapters(chosen: Quoted[], { stemsIn, share }: Relevance): Quoted[][] {
  // "On Windows 11" names one of the sections below "Install it". What stands beside it is no part of the answer.
  const isNamed = ({ source, passage: { headingPath } }: Quoted): boolean => {
    const shareOf = (path: string[]): number => share(stemsIn([source.title, ...path].join("\n")));
    return shareOf(headingPath) > shareOf(headingPath.slice(0, -1));
  };
  return chaptersOf(chosen).flatMap(({ quoted, from, to }) => {
    const alone = quoted.map((one) => [one]);
    const [first] = quoted;
    if (!first || (quoted.length < 2 && from === to)) return alone;
    if (stepOf(first.passage) === undefined && isNamed(first)) return alone;
    const { source } = first;
    const sections = sectionsIn(source.passages)
      .map((shown) => shown.map(({ passage }) => passage))
      .filter((own) => own.some(({ ordinal }) => ordinal >= from && ordinal <= to))
      .toSorted(([one], [other]) => (one?.ordinal ?? 0) - (other?.ordinal ?? 0));
    const passages = sections.flat();
    const length = passages.reduce((sum, { text }) => sum + text.length, 0);
    if (length > MAX_CHAPTER || !isWithoutGap(passages)) return alone;
    const together = sections.flatMap((own) => {
      const known = quoted.find(({ passage }) => own.includes(passage))?.passage;
      const passage = known ?? own[0];
      return passage ? [{ source, passage }] : [];
    });
    return [together];
  });
}

/** Those of the sections between which something is not read yet. */
export function lackedBetween(chosen: Quoted[]): Quoted[] {
  return chaptersOf(chosen).flatMap(({ quoted, from, to }) => {
    const [first] = quoted;
    if (!first) return [];
    const isStep = stepOf(first.passage) !== undefined;
    const known = first.source.passages.filter(({ ordinal }) => ordinal >= from && ordinal <= to);
    const isRead = isWithoutGap(known.toSorted((one, other) => one.ordinal - other.ordinal));
    return isStep || (quoted.length > 1 && !isRead) ? quoted.slice(0, 1) : [];
  });
}

/** The sections in their order, those below one heading together. */
function chaptersOf(chosen: Quoted[]): Chapter[] {
  const chapters: Chapter[] = [];
  for (const one of chosen) {
    const known = chapters.find(({ quoted }) => quoted.some((other) => isBeside(one, other)));
    if (known) known.quoted.push(one);
    else chapters.push({ quoted: [one], from: 0, to: 0 });
  }
  return chapters.map(({ quoted }) => {
    const passages = quoted.flatMap(({ source, passage }) => [
      passage,
      ...stepsAround(source, passage),
    ]);
    const places = passages.map(({ ordinal }) => ordinal);
    return { quoted, from: Math.min(...places), to: Math.max(...places) };
  });
}

/** Whether sections stand below the same heading, or one of them is what the other stands below. */
function isBeside(one: Quoted, other: Quoted): boolean {
  if (one.source !== other.source) return false;
  const [paths, parents] = [
    [one, other],
    [one, other],
  ].map((both, index) =>
    both.map(({ passage: { headingPath } }) =>
      JSON.stringify(headingPath.slice(0, index ? -1 : undefined)),
    ),
  ) as [string[], string[]];
  return parents[0] === parents[1] || parents[0] === paths[1] || parents[1] === paths[0];
}

/** The passages whose numbered headings go on from, or lead to, that of a passage. */
function stepsAround({ passages }: Source, passage: SourcePassage): SourcePassage[] {
  const own = stepOf(passage);
  if (own === undefined) return [];
  const parent = JSON.stringify(passage.headingPath.slice(0, -1));
  const siblings = passages.filter(
    ({ headingPath }) => JSON.stringify(headingPath.slice(0, -1)) === parent,
  );
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
