import { isPresent, type AskedTime } from "../language/times/asked-time.ts";
import {
  narrowed,
  scopeOfLabel,
  scopeOfOpening,
  withoutTimes,
  type Scope,
} from "../language/times/scope.ts";
import { compareVersions } from "../language/times/versions.ts";
import type { Release } from "../releases/release.ts";
import { stemsOf } from "../text/stems.ts";
import { wordsOf } from "../text/words.ts";
import type { Candidates, FoundPassage } from "./candidates.ts";
import { coveredShare, questionWords, stemsWithEquivalents } from "./lexical-evidence.ts";
import { isContentWord } from "./query-terms.ts";
import { fitOf, fitOfPeriod, fitOfText, type Fit } from "./time-fit.ts";

type Rule = Release["retrieval"]["time"];

/** A passage with what tells for which time it is, and of what. */
interface Judged {
  passage: FoundPassage;
  scope: Scope;
  fit: Fit;
  /** Whether its own text, headings, title or opening say so, and not only the fields of its document. */
  isStated: boolean;
  /** Stems of the title without what tells times apart. */
  title: Set<string>;
  /** The same of the headings above it. */
  headings: Set<string>;
  /** The share of the question's weight that it covers, 0–1. */
  covered: () => number;
}

/**
 * Divides passages into those to answer from, in their order, and superseded ones: those that apply to another time than the question is
 * about, where one is there that applies or says nothing of it, and those of which a document of the same title has a newer version. What has no such
 * counterpart stays.
 */
export function preferCurrent(
  passages: FoundPassage[],
  candidates: Candidates,
  rule: Rule,
): { passages: FoundPassage[]; superseded: FoundPassage[] } {
  const { asked } = candidates;
  const covered = coverage(candidates);
  const judged = passages.map((passage) => judge(passage, asked, covered));
  // Only what is left supersedes, so something is.
  const left = new Set(judged);
  for (const one of judged) {
    const isSuperseded = left
      .values()
      .some((other) => other !== one && supersedes(other, one, asked, rule));
    if (isSuperseded) left.delete(one);
  }
  const [current = [], superseded = []] = [true, false].map((isLeft) =>
    judged.filter((one) => left.has(one) === isLeft).map(({ passage }) => passage),
  );
  return { passages: current, superseded };
}

function judge(
  passage: FoundPassage,
  asked: AskedTime,
  covered: (passage: FoundPassage) => number,
): Judged {
  const { title, headingPath, text, times } = passage;
  const { opening, validSince, validBefore } = times;
  const ofDocument = narrowed(scopeOfOpening(opening), scopeOfLabel(title));
  const above = headingPath.map(scopeOfLabel).reduce(narrowed, ofDocument);
  const scope = narrowed(above, passage.ordinal === 0 ? {} : scopeOfOpening(text));
  const [own, stated] = [fitOfText(text, asked), fitOf(scope, asked)];
  const isStated = own !== "open" || stated !== "open";
  const validity = { from: validSince ?? -Infinity, until: validBefore ?? Infinity };
  const isTimed = validSince !== null || validBefore !== null;
  return {
    passage,
    scope,
    fit: own !== "open" ? own : isStated || !isTimed ? stated : fitOfPeriod(validity, asked),
    isStated,
    title: coreOf(title),
    headings: coreOf(headingPath.join(" ")),
    covered: () => covered(passage),
  };
}

function coverage(candidates: Candidates): (passage: FoundPassage) => number {
  // For a message with several sub-queries, the last entry holds the words of the whole message.
  const words = questionWords(candidates).at(-1);
  const known = new Map<FoundPassage, number>();
  return (passage) => {
    const { title, headingPath, text, language } = passage;
    const all = [title, ...headingPath, text].join("\n");
    const share =
      known.get(passage) ??
      (words ? coveredShare(words.known, stemsWithEquivalents(words, all, language)) : 0);
    known.set(passage, share);
    return share;
  };
}

function coreOf(label: string): Set<string> {
  return new Set(stemsOf(wordsOf(withoutTimes(label)).filter(isContentWord).join(" ")));
}

/** Whether a passage is left out because of another one. */
function supersedes(other: Judged, one: Judged, asked: AskedTime, rule: Rule): boolean {
  const isAsGood = other.passage.score >= rule.currentShare * one.passage.score;
  if (other.fit === "misfits") return false;
  if (one.fit === "misfits")
    return (one.isStated && isAsGood) || likeness(one, other) >= rule.nearTitle;
  // What was newer later was not in force in the past.
  const isBetter = isPresent(asked)
    ? isNewer(other, one, asked)
    : one.fit === "open" && other.fit === "fits";
  return (
    isAsGood &&
    isBetter &&
    likeness(one, other) >= rule.sameTitle &&
    // What the question says of only one of them tells them apart: a product, a country.
    other.covered() >= rule.coveredShare * one.covered()
  );
}

/** How much two passages are of one thing, 0–1: the titles of two documents, or the headings in one. */
function likeness(one: Judged, other: Judged): number {
  if (one.passage.externalId !== other.passage.externalId)
    return one.title.size > 0 ? shared(one.title, other.title) : 0;
  // Without other words, "Before March 2025" and "From March 2025" are a pair, but not with the beginning of the document.
  if (one.headings.size === 0 && other.fit !== "fits") return 0;
  return shared(one.headings, other.headings);
}

/** The share of the words of both that they have in common, 0–1. */
export function shared(left: Set<string>, right: Set<string>): number {
  let common = 0;
  for (const word of left) if (right.has(word)) common += 1;
  const all = left.size + right.size - common;
  return all === 0 ? 1 : common / all;
}

/** Whether a passage is of a newer version of what another one says, for a question about the present. */
function isNewer(newer: Judged, older: Judged, asked: AskedTime): boolean {
  const { now } = asked;
  const [later, earlier] = [newer.scope.version, older.scope.version];
  if (later !== undefined && earlier !== undefined && later !== earlier)
    return compareVersions(later, earlier) > 0;
  const [isAhead, wasAhead] = [newer, older].map((one) => (one.scope.dated?.from ?? now) > now);
  if (isAhead || wasAhead) return !isAhead;
  const [date, before] = [dateOf(newer), dateOf(older)];
  const { updatedAt: updated } = newer.passage.times;
  const { updatedAt: updatedBefore } = older.passage.times;
  if (date !== undefined && before !== undefined) return date > before;
  if (before !== undefined)
    return (older.scope.dated?.until ?? Infinity) <= now && (updated ?? Infinity) >= before;
  if (date !== undefined) return updatedBefore !== null && date > updatedBefore;
  return updated !== null && updatedBefore !== null && updated > updatedBefore;
}

/** The date that a document states for a passage: the field, or in its title or headings. */
function dateOf({ passage, scope }: Judged): number | undefined {
  const stated = passage.times.validSince ?? scope.bounds?.from ?? scope.dated?.from;
  return stated !== undefined && Number.isFinite(stated) ? stated : undefined;
}
