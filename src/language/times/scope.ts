import { plain } from "../languages.ts";
import {
  mayHoldDates,
  timeExpressionsIn,
  wordsOfAll,
  type Period,
  type TimeExpression,
} from "./time-expressions.ts";
import { versionsIn, withoutVersions } from "./versions.ts";

/** For which time a text says that it applies. Most texts say nothing. */
export interface Scope {
  /** Its bounds: "before March 2025". */
  bounds?: Period | undefined;
  /** A date without bounds: "Returns policy 2023". */
  dated?: Period | undefined;
  /** It says that it is no longer in force, without a date: "Old prices". */
  isSuperseded?: boolean;
  version?: string | undefined;
}

const all = (source: string, flags = "u"): RegExp =>
  new RegExp(`(?<!\\p{L})(?:${source})(?!\\p{L})`, flags);
const OLD = wordsOfAll(({ old }) => old);
const RULES = wordsOfAll(({ rules }) => rules);
const LABEL = wordsOfAll(({ label }) => label);
const OLD_BEHIND = wordsOfAll(({ old, oldFollows }) => (oldFollows ? old : undefined));

/** "Archived: …", "[Deprecated] …", "Old – …". */
const OPENS_WITH_LABEL = new RegExp(
  `^[^\\p{L}\\p{N}]{0,8}${LABEL}(?:\\s?[:\\])】]|\\s[-–—|]\\s)`,
  "u",
);
/** A sentence that is a label: "No longer valid!", "Superseded by: …". */
const IS_LABELLED = new RegExp(
  `^[^\\p{L}\\p{N}]{0,8}${LABEL}(?:[^\\p{L}\\p{N}]{0,4}$|\\s${wordsOfAll(({ by }) => by)}(?!\\p{L}))`,
  "u",
);
/** "… (old)", "… [archived 2023]", "… – archived". */
const ENDS_WITH_LABEL = new RegExp(
  `[([]\\s?${LABEL}[^)\\]]{0,20}[)\\]]|\\s[-–—|:]\\s?${LABEL}[\\s.!)]{0,3}$`,
  "u",
);
/** "Old refund policy", "tarifs anciens". */
export const OLD_RULES = `(?:${OLD} (?:\\S{1,30} ){0,3}?${RULES}|${RULES} (?:\\S{1,30} ){0,3}?${OLD_BEHIND})(?!\\p{L})`;
const IS_OLD = new RegExp(
  `^[^\\p{L}\\p{N}]{0,8}(?:(?:the|our|die|unsere|les|nos|las|los|nuestr[oa]s)\\s)?${OLD_RULES}`,
  "u",
);
const HOLDS_LABEL = all(LABEL);
const LABEL_BEFORE = new RegExp(`(?<!\\p{L})${LABEL}\\s{1,2}(?:\\p{L}{1,3}\\s{1,2})?$`, "u");
const SELF = all(wordsOfAll(({ self }) => self));
const GONE = new RegExp(`(?<!\\p{L})${wordsOfAll(({ gone }) => gone)}`, "u");
const APPLIES = all(wordsOfAll(({ applies }) => applies));
const OPENS_WITH_APPLIES = new RegExp(
  `^[^\\p{L}\\p{N}]{0,8}${wordsOfAll(({ applies }) => applies)}(?!\\p{L})`,
  "u",
);
const WORDS_OF_TIME = new RegExp(
  `(?<!\\p{L})(?:${[OLD, LABEL, wordsOfAll(({ current }) => current), wordsOfAll(({ filler }) => filler)].join("|")})(?!\\p{L})`,
  "gu",
);

/** Characters of a title or heading that are read: a longer one is a paragraph. */
const MAX_LABEL = 300;

/** For which time a title or heading says that the text below it applies. */
export function scopeOfLabel(label: string): Scope {
  const text = label.slice(0, MAX_LABEL);
  const written = plain(text);
  const times = timeExpressionsIn(text);
  const isSuperseded = [OPENS_WITH_LABEL, ENDS_WITH_LABEL, IS_OLD].some((words) =>
    words.test(written),
  );
  const version = versionsIn(written)[0];
  const end = isSuperseded ? endOf(times, written) : undefined;
  if (end !== undefined) return { bounds: { from: -Infinity, until: end }, isSuperseded, version };
  const limits = times.filter(isBound).map(({ period }) => period);
  const dated = times.find((time) => !isBound(time));
  return {
    bounds: limits.length > 0 ? limits.reduce(intersection) : undefined,
    dated: limits.length > 0 ? undefined : dated?.date,
    isSuperseded,
    version,
  };
}

/** Since when a label says that the text is superseded: "obsolete since March 2025", "replaced March 2025". */
function endOf(times: TimeExpression[], written: string): number | undefined {
  const end = times.find(
    ({ kind, start }) =>
      kind === "since" || (kind === "at" && LABEL_BEFORE.test(written.slice(0, start))),
  );
  return end?.date.from;
}

/** Sentences at the beginning of a text that are looked at, and characters of each. */
const FIRST_SENTENCES = 4;
const SENTENCE_CHARACTERS = 250;

/**
 * For which time a text says at its beginning that it applies: "This policy was replaced by …", "This applies to orders placed before 1 March
 * 2025.", "Archived: …".
 */
export function scopeOfOpening(text: string): Scope {
  const written = plain(text);
  // Most openings say nothing of it, and cost no more than this.
  if (!mayHoldDates(text) && !GONE.test(written) && !HOLDS_LABEL.test(written)) return {};
  const sentences = sentencesOf(text).slice(0, FIRST_SENTENCES);
  const scopes = sentences.map((sentence) =>
    scopeOfSentence(sentence.slice(0, SENTENCE_CHARACTERS)),
  );
  return scopes.reduce(narrowed, {});
}

/** Lines and sentences. The full stop of "ab 1. März" ends none. */
function sentencesOf(text: string): string[] {
  const parts = text.split(/\n+|(?<=(?:\p{L}\p{L}|\d{4}|[)”"»'])[.!?])\s+/u);
  return parts.map((part) => part.trim()).filter(Boolean);
}

function scopeOfSentence(sentence: string): Scope {
  const written = plain(sentence);
  if (OPENS_WITH_LABEL.test(written) || IS_LABELLED.test(written)) return { isSuperseded: true };
  const isAboutItself = (SELF.exec(written)?.index ?? SELF_WITHIN) < SELF_WITHIN;
  if (isAboutItself && GONE.test(written)) return { isSuperseded: true };
  const states = isAboutItself ? APPLIES.test(written) : OPENS_WITH_APPLIES.test(written);
  const limits = states ? timeExpressionsIn(sentence).filter(isBound) : [];
  return limits.length > 0
    ? { bounds: limits.map(({ period }) => period).reduce(intersection) }
    : {};
}

/** Up to here a sentence has named its subject: "Please note: this policy …". */
const SELF_WITHIN = 30;

/** The scope of what stands below both: the inner one's bounds and date replace those of the outer one. */
export function narrowed(outer: Scope, inner: Scope): Scope {
  const isPlaced = inner.bounds !== undefined || inner.dated !== undefined;
  return {
    bounds: isPlaced ? inner.bounds : outer.bounds,
    dated: isPlaced ? inner.dated : outer.dated,
    isSuperseded: inner.isSuperseded === true || (outer.isSuperseded === true && !isPlaced),
    version: inner.version ?? outer.version,
  };
}

/** A title or heading without what says when it applies: those of the old and the new policy are the same. */
export function withoutTimes(label: string): string {
  const text = label.slice(0, MAX_LABEL);
  const written = plain(text);
  let rest = "";
  let from = 0;
  for (const { start, end } of timeExpressionsIn(text)) {
    rest += `${written.slice(from, start)} `;
    from = end;
  }
  return withoutVersions(rest + written.slice(from)).replace(WORDS_OF_TIME, " ");
}

function isBound({ kind }: TimeExpression): boolean {
  return kind !== "at";
}

function intersection(one: Period, other: Period): Period {
  return { from: Math.max(one.from, other.from), until: Math.min(one.until, other.until) };
}

const QUOTED = /"[^"]{0,200}"|[“„«][^”“»]{0,200}[”“»]/g;
const REFERS = all(wordsOfAll(({ refers }) => refers));

/** A line without the titles and sentences that point to other texts: those are for other times. */
function withoutReferences(line: string): string {
  return sentencesOf(line)
    .map((sentence) => sentence.replace(QUOTED, " "))
    .filter((sentence) => !REFERS.test(plain(sentence)))
    .join(" ");
}

/** Up to here a line has said for which time it holds: "Orders placed before 1 March 2025: 14 days". */
const LABEL_CHARACTERS = 60;

/**
 * The times for which a line or a row of a table holds: none for most. If its beginning names one, all that it names count: together if
 * they overlap ("from January until March"), else one by one ("until March 5 days, from March 3").
 */
export function periodsOfLine(line: string): Period[] {
  const own = mayHoldDates(line) ? withoutReferences(line) : "";
  const bounds = timeExpressionsIn(own).filter(isBound);
  const [first] = bounds;
  if (!first) return [];
  const head = plain(own)
    .slice(0, first.start)
    .replace(/^\s*(?:\d{1,3}[.)]|[-*•])\s/, "");
  // "Sprout; Ordered: before March 2025; …": a cell of its own.
  const cell = head.slice(head.lastIndexOf("; ") + 1);
  const isLabel = cell.length <= LABEL_CHARACTERS && !/\d|[.;!?(]\s/.test(cell);
  if (!isLabel) return [];
  const periods = bounds.map(({ period }) => period);
  const common = periods.reduce(intersection);
  return common.from < common.until ? [common] : periods;
}
