import { CLAUSE_SUBJECTS, JUDGEMENTS, OPENS_JUDGED, STANDS_FOR_NOUN } from "../language/english.ts";
import { firstWords } from "../language/phrases.ts";
import { lexicaFor, longestAt, type ReferenceLexicon } from "./reference-words.ts";

/**
 * How surely a message depends on what was said before it: `clear` where a word shows it ("and …", "it", "no, I meant …"), `possible` where
 * it may be a fragment ("Austria?") or a question of its own ("refunds?").
 */
export type Dependence = "clear" | "possible";

/** A longer message says what it is about. */
const MAX_WORDS = 24;
/** Up to here, a pronoun stands for something that was said before; in a longer message its noun may be near it. */
const SHORT_WORDS = 12;
/** A longer fragment says what it is about: "for my daughter's birthday I want …". */
const MAX_COMPLETING_WORDS = 5;
/** A fragment that names something: "Austria?", "student dorm, with a login page". */
const MAX_FRAGMENT_WORDS = 9;
/** A fragment of more content words, numbers aside, tells its topic. */
const MAX_FRAGMENT_CONTENT = 4;
/** A question with more content words may be complete, although it opens like a follow-up: "and how do I reset my password?". */
const MAX_CONTINUED_CONTENT = 1;
/** A question with more content words tells its topic; "how do I make a claim?" does not. */
const MAX_VAGUE_CONTENT = 1;
/** A statement of more words tells its topic; "the button is gone" does not. */
const MAX_STATEMENT_WORDS = 6;
const MAX_STATEMENT_CONTENT = 2;
/** "It" stands for what follows only where that says something: "how long does it take to Canada?" asks about the question before. */
const MIN_JUDGED_WORDS = 2;

/** How a message depends on what was said before it; undefined for one that stands alone. Takes linear time. */
export function dependenceOf(message: string): Dependence | undefined {
  const words = plainWords(message, MAX_WORDS + 1);
  if (words.length === 0 || words.length > MAX_WORDS) return undefined;
  const found = lexicaFor(words).map((lexicon) => dependenceIn(lexicon, words, message));
  return found.find((one) => one === "clear") ?? found.find((one) => one);
}

/** Whether a message opens as one does that goes on with a topic, or corrects what was said. */
export function opensFollowUp(message: string): boolean {
  const words = plainWords(message, MAX_WORDS);
  return lexicaFor(words).some((lexicon) => isOpened(lexicon, words));
}

function plainWords(message: string, most: number): string[] {
  return firstWords(message, most).map(({ word }) => word);
}

function dependenceIn(
  lexicon: ReferenceLexicon,
  words: string[],
  message: string,
): Dependence | undefined {
  const { prepositions, measures } = lexicon.words;
  const content = lexicon.contentOf(words).filter((word) => !measures.has(word));
  const surely = words.length <= SHORT_WORDS ? "clear" : "possible";
  if (isCorrection(lexicon, words, message)) return surely;
  const asks = isQuestion(lexicon, words, message);
  if (isOpened(lexicon, words))
    return asks && content.length > MAX_CONTINUED_CONTENT && !pointsBack(lexicon, words)
      ? "possible"
      : surely;
  if (pointsBack(lexicon, words)) return surely;
  const isBare = content.length === 0 && (words.length > 1 || message.includes("?"));
  if (isBare && words.some((word) => lexicon.words.questionWords.has(word))) return surely;
  if (!words.some((word) => lexicon.isClause(word))) {
    const named = lexicon.contentOf(words).filter((word) => !/^\p{N}+$/u.test(word)).length;
    const isFragment = named > 0 || /\p{N}/u.test(message);
    if (!isFragment || named > MAX_FRAGMENT_CONTENT || words.length > MAX_FRAGMENT_WORDS)
      return undefined;
    const completes = words.length <= MAX_COMPLETING_WORDS && prepositions.has(words[0] ?? "");
    return completes ? "clear" : "possible";
  }
  const isBrief = words.length <= MAX_STATEMENT_WORDS && content.length <= MAX_STATEMENT_CONTENT;
  if (asks) return content.length <= MAX_VAGUE_CONTENT ? "possible" : undefined;
  return isBrief ? "possible" : undefined;
}

function isOpened({ continues, corrects }: ReferenceLexicon, words: string[]): boolean {
  return longestAt(continues, words, 0) > 0 || longestAt(corrects, words, 0) > 0;
}

/** "No, the US", "no sorry I meant Canada", "the Grove I meant". "No puedo entrar" is none. */
export function isCorrection(
  { corrects, words: { refuses } }: ReferenceLexicon,
  words: string[],
  message: string,
): boolean {
  const isRefusal = refuses.has(words[0] ?? "") && words.length > 1;
  if (isRefusal && /^\W*\p{L}+\s*[,.;:!–—-]/u.test(message)) return true;
  const said = words.some((_, at) => {
    const length = longestAt(corrects, words, at);
    return length > 1 || (length > 0 && (at === 0 || (at === 1 && isRefusal)));
  });
  return said && longestAt(corrects, words, 0) !== words.length;
}

function isQuestion(
  { words: { questionWords, auxiliaries } }: ReferenceLexicon,
  words: string[],
  message: string,
): boolean {
  return (
    /[?？؟]/u.test(message) ||
    auxiliaries.has(words[0] ?? "") ||
    words.some((word) => questionWords.has(word))
  );
}

/** Whether a word refers to what was said before the message. "The pump that I bought" refers to nothing else. */
function pointsBack(lexicon: ReferenceLexicon, words: string[]): boolean {
  const { impersonal } = lexicon;
  const isImpersonal = new Set<number>();
  for (const at of words.keys()) {
    const length = longestAt(impersonal, words, at);
    for (let index = at; index < at + length; index++) isImpersonal.add(index);
  }
  return words.some((_, at) => !isImpersonal.has(at) && refersBack(lexicon, words, at));
}

function refersBack(lexicon: ReferenceLexicon, words: string[], at: number): boolean {
  const word = words[at] ?? "";
  const next = words[at + 1];
  const { pointsBack: always, pointsBackAlone } = lexicon.words;
  if (pointsBackAlone.has(word))
    return next === undefined || lexicon.isClause(next) || lexicon.words.prepositions.has(next);
  if (!always.has(word)) return false;
  const isEnglish = lexicon.code === "en";
  if (isEnglish && word === "that" && isRelative(lexicon, words, at)) return false;
  if (isEnglish && word === "it" && isJudged(lexicon, words, at)) return false;
  const standsForNoun = !isEnglish || STANDS_FOR_NOUN.has(word);
  // In "the photos for it" the pronoun does not stand for the photos.
  const isAttached = lexicon.words.prepositions.has(words[at - 1] ?? "");
  return !(standsForNoun && hasNoun(lexicon, words.slice(0, isAttached ? at - 2 : at)));
}

/** "The pump that broke", "I think that you …", "it says that the pump …": it belongs to a noun in front of it, or begins a clause. */
function isRelative(lexicon: ReferenceLexicon, words: string[], at: number): boolean {
  const next = words[at + 1];
  const { determiners } = lexicon.words;
  if (next !== undefined && (CLAUSE_SUBJECTS.has(next) || determiners.has(next))) return true;
  const before = words[at - 1];
  return (
    next !== undefined &&
    before !== undefined &&
    lexicon.isContent(before) &&
    hasNoun(lexicon, words.slice(0, at))
  );
}

/** "Is it safe to wash the pods", "does it matter if …". */
function isJudged(lexicon: ReferenceLexicon, words: string[], at: number): boolean {
  if (!JUDGEMENTS.has(words[at + 1] ?? "")) return false;
  const opens = words.findIndex((word, index) => index > at + 1 && OPENS_JUDGED.has(word));
  return opens >= 0 && lexicon.contentOf(words.slice(opens)).length >= MIN_JUDGED_WORDS;
}

/** Whether words hold a noun of their own: "my pump". */
function hasNoun(lexicon: ReferenceLexicon, words: string[]): boolean {
  return words.some((word, at) => {
    const next = words[at + 1];
    return lexicon.words.determiners.has(word) && next !== undefined && lexicon.isContent(next);
  });
}
