import { COMPARES } from "../../language/english.ts";
import type { Source, SourcePassage } from "../../citations/source.ts";
import type { Finding } from "../../retrieval/candidates.ts";
import {
  coveredShare,
  questionWords,
  stemsWithEquivalents,
} from "../../retrieval/lexical-evidence.ts";
import { isAbout, isAboutAnother, labelsOf } from "../../retrieval/labels.ts";
import { isRivalOf, namedBy } from "../../retrieval/parallel.ts";
import { fitsOfBlocks, type Fit } from "../../retrieval/time-fit.ts";
import { isClosing } from "./closing-headings.ts";
import { stemOf } from "../../text/stems.ts";
import { splitSentences } from "../../text/sentences.ts";

/**
 * Bonus for a long passage whose title and headings contain the question ("My pods are not sprouting"). Each passage is embedded together
 * with its title and headings, so the shortest passage has the highest similarity, though it says least. The passage that answers need not
 * repeat the question's words.
 */
const LENGTH_BONUS = 0.2;
/** Length in characters from which a passage gets the whole bonus. */
const FULL_LENGTH = 400;

/** Bonus for a passage that is about a value of the visitor's attributes: its title, a heading or a cell of a table names the value. */
const PREFERRED_BONUS = 0.25;

/** What a text at an article's end ("Have more questions?") is worth, as a share of what its words promise. Chosen, not measured. */
const CLOSING_SHARE = 0.6;

/** A word that weighs at least so much of the heaviest is a subject of the question. Common words such as "garden" weigh less. */
const SUBJECT_WEIGHT = 0.75;

/** Measures how much of a question's content words a text contains. */
export interface Relevance {
  /** The stems of a text, and those of the question's words that the text contains as a synonym. */
  stemsIn: (text: string) => Set<string>;
  /** The weight of the question's words that are among the stems, as a share of the weight of all its words, 0–1. */
  share: (stems: Set<string>) => number;
  /** The largest share of one sentence of the text, together with the headings. */
  bestSentenceShare: (text: string, headings?: string[]) => number;
  /** Whether the question compares: then no single row answers it. */
  compares: boolean;
  /** How the lines of blocks fit the time that the question is about. */
  fitsOf: (blocks: string[][]) => Fit[][];
  /** Whether the text lacks one of the question's rarest words, of those that the documents use. */
  missesSubject: (text: string) => boolean;
}

export function relevance({ candidates, passages }: Finding): Relevance {
  // For a message with several sub-queries, the last entry holds the words of the whole message.
  const words = questionWords(candidates).at(-1);
  const known = words?.known ?? new Map<string, number>();
  const languages = new Set(passages.map(({ language }) => language));
  const [language = null] = languages.size === 1 ? languages : [];
  const stemsIn: Relevance["stemsIn"] = (text) =>
    words ? stemsWithEquivalents(words, text, language) : new Set();
  const share: Relevance["share"] = (found) => coveredShare(known, found);
  return {
    stemsIn,
    share,
    fitsOf: (blocks) => fitsOfBlocks(blocks, candidates.asked),
    bestSentenceShare: (text, headings = []) => {
      const above = headings.join("\n");
      const shares = splitSentences(text).map((sentence) =>
        share(stemsIn(`${above}\n${sentence}`)),
      );
      return Math.max(0, ...shares);
    },
    compares: COMPARES.test(candidates.question.text),
    missesSubject: (text) => {
      const found = stemsIn(text);
      const used = Array.from(candidates.keywords.chunkCounts)
        .filter(([, chunks]) => chunks > 0)
        .map(([word]) => word.split(" ").map(stemOf).join(" "));
      const heaviest = Math.max(...used.map((stem) => known.get(stem) ?? 0));
      const isSubject = (stem: string): boolean =>
        (known.get(stem) ?? 0) >= SUBJECT_WEIGHT * heaviest;
      return used.some((stem) => isSubject(stem) && !found.has(stem));
    },
  };
}

/**
 * Chooses the passage of one document to answer from. `rank` orders documents mainly by their subject, which all passages of a document
 * share. Between these passages, the best sentence counts as much as the similarity (docs/decisions/0044).
 * @returns undefined if retrieval found none of the passages for this question
 */
export function bestPassage<P extends SourcePassage>(
  finding: Finding,
  passages: P[],
): P | undefined {
  const values = valuesOf(finding, passages);
  return values.find(({ value }) => value === best(values))?.passage;
}

interface Valued<P> {
  passage: P;
  value: number;
}

/** The passages that retrieval found for the question, with what each promises as an answer. */
function valuesOf<P extends SourcePassage>(finding: Finding, passages: P[]): Valued<P>[] {
  const { stemsIn, share, bestSentenceShare } = relevance(finding);
  const found = new Map(finding.passages.map((passage) => [passage.chunkId, passage]));
  const { prefers = [] } = finding.candidates.question;
  return passages.flatMap((passage) => {
    const ranked = found.get(passage.chunkId);
    if (!ranked) return [];
    const { title, headingPath, text, rankEvidence } = ranked;
    const shareAbove = share(stemsIn([title, ...headingPath].join("\n")));
    const labels = prefers.length > 0 ? labelsOf([ranked]) : [];
    const preferred = prefers.filter((attribute) => isAbout(labels, attribute)).length;
    const value =
      PREFERRED_BONUS * preferred +
      (rankEvidence?.similarity ?? 0) +
      bestSentenceShare(text, headingPath) +
      LENGTH_BONUS * shareAbove * Math.min(1, text.length / FULL_LENGTH);
    return [{ passage, value: isClosing(headingPath) ? value * CLOSING_SHARE : value }];
  });
}

function best(values: Valued<unknown>[]): number {
  return Math.max(...values.map(({ value }) => value));
}

/**
 * The best source for a question, and its passage to answer from. Sources are tried in the order of this question's passages, not of
 * their numbers. A source that was chosen for another question is skipped if none of its passages was found for this one.
 */
function passageToQuote(finding: Finding, sources: Source[]): [Source, SourcePassage] | undefined {
  for (const { externalId } of finding.passages) {
    const source = sources.find((one) => one.externalId === externalId);
    const passage = source && bestPassage(finding, source.passages);
    if (passage) return [source, passage];
  }
  return undefined;
}

/** Sections that an answer quotes at most. */
const MAX_SECTIONS = 3;
/** A further section is quoted if it promises at least this share of what the first promises. Measured in docs/decisions/0071. */
const NEAR_FIRST = {
  sameDocument: 0.75,
  otherDocument: 0.9,
};

export interface Quoted {
  source: Source;
  passage: SourcePassage;
}

/**
 * The passages to answer from, best first, each of another section. Which of two near sections holds the asked detail is often not to be
 * told from their words, so both are quoted (docs/decisions/0071).
 */
export function passagesToQuote(finding: Finding, sources: Source[]): Quoted[] {
  const [first, passage] = passageToQuote(finding, sources) ?? [];
  if (!first || !passage) return [];
  const values = sources.flatMap((source) =>
    valuesOf(finding, source.passages).map((one) => ({ ...one, source })),
  );
  const valueOfFirst = values.find((one) => one.passage === passage)?.value ?? 0;
  const near = values
    .filter(({ value, source }) => {
      const { sameDocument, otherDocument } = NEAR_FIRST;
      return value >= valueOfFirst * (source === first ? sameDocument : otherDocument);
    })
    .toSorted((a, b) => b.value - a.value);
  const isOther = aboutOtherValue(finding, [{ source: first, passage }, ...near]);
  const bySection = Map.groupBy(
    [{ source: first, passage }, ...near.filter((one) => !isOther(one))],
    ({ source, passage: { headingPath } }) => [source.externalId, ...headingPath].join("\n"),
  );
  return [...bySection.values()].flatMap(([one]) => one ?? []).slice(0, MAX_SECTIONS);
}

/** Whether a passage is about another value than the visitor's, or than the one that the question names: one beside it is about that. */
export function aboutOtherValue(finding: Finding, near: Quoted[]): (one: Quoted) => boolean {
  const { only = [], text, message = "", corrections } = finding.candidates.question;
  const fields = new Map(finding.passages.map((found) => [found.chunkId, found.fields ?? {}]));
  const parallel = ({ passage, source: { title } }: Quoted) => ({
    ...passage,
    title,
    fields: fields.get(passage.chunkId) ?? {},
  });
  const others = near.map(parallel);
  const isNamed = namedBy([text, message, ...corrections.values()].join("\n"));
  return (one) => {
    const own = parallel(one);
    return (
      only.some((attribute) => isAboutAnother(own, others, attribute)) ||
      others.some((other) => isRivalOf(own, other, isNamed))
    );
  };
}
