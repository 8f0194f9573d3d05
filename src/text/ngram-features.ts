import { foldWord } from "./fold.ts";
import { UNSPACED } from "./bigrams.ts";

/** Words and marks of a text that are read; a longer one is told by its beginning. */
const MAX_TOKENS = 60;
/** Letters of a longer word are not read; in scripts without spaces, a sentence is one. */
const MAX_WORD = 40;
const MAX_UNSPACED = 200;
/** Lengths of the pieces of a word, in letters, with a mark where it begins and ends. */
const PIECES = { from: 3, to: 5 };
/** The same in scripts without spaces. */
const UNSPACED_PIECES = { from: 1, to: 4 };
/** Pairs of words that stand so near to each other. */
const MAX_DISTANCE = 3;

const TOKEN = /[\p{L}\p{M}\p{N}]+|[?？؟!！]/gu;
/** With the marks between clauses. */
const TOKEN_OR_MARK = /[\p{L}\p{M}\p{N}]+|[?？؟!！,、،:;]/gu;
/** Letters at the end of a word that tell its form. */
const ENDING = 2;
const BEGIN = "^";
const END = "$";

/** What counts of a text. */
export interface FeatureRule {
  /** Of a bucket's number. */
  bits: number;
  /** Whether marks between clauses and the endings of neighbouring words count, too: they tell who does what, and when. */
  hasGrammar: boolean;
}

/**
 * What a linear classifier sees of a text: its words, pairs of near words, and pieces of words, each as a bucket of a hash table ("feature
 * hashing": Weinberger et al. 2009, arXiv 0902.2206; pieces of words as in fastText: Bojanowski et al. 2017, arXiv 1607.04606). Pieces tell
 * inflected and misspelt words. Takes linear time.
 * @returns each bucket once, in no particular order
 */
export function ngramFeatures(text: string, { bits, hasGrammar }: FeatureRule): number[] {
  const buckets = new Set<number>();
  const mask = (1 << bits) - 1;
  const add = (feature: string): void => void buckets.add(hash(feature) & mask);
  const tokens =
    text
      .normalize("NFKC")
      .toLowerCase()
      .match(hasGrammar ? TOKEN_OR_MARK : TOKEN) ?? [];
  const words = [BEGIN];
  for (const token of tokens.slice(0, MAX_TOKENS)) {
    const word = comparable(token);
    if (UNSPACED.test(word)) {
      addPieces(`${BEGIN}${word}${END}`, UNSPACED_PIECES, (piece) => add(`j${piece}`));
      continue;
    }
    words.push(word);
    add(`w${word}`);
    addPieces(`_${word}_`, PIECES, (piece) => add(`c${piece}`));
  }
  words.push(END);
  for (const [index, word] of words.entries())
    for (let distance = 1; distance <= MAX_DISTANCE && index + distance < words.length; distance++)
      add(`${distance === 1 ? "b" : "s"}${word} ${words[index + distance]}`);
  if (hasGrammar) addEndings(words, add);
  return [...buckets];
}

/** A word without case and accents, with a zero for each number; a mark as ASCII writes it. */
function comparable(token: string): string {
  if (/^[?？؟]/u.test(token)) return "?";
  if (/^[!！]/u.test(token)) return "!";
  const most = UNSPACED.test(token) ? MAX_UNSPACED : MAX_WORD;
  const plain = token.slice(0, most).replace(/\p{N}+/gu, "0");
  return foldWord(plain) || plain;
}

/** Pairs of neighbouring words of which only the ending counts, and of a word and the ending of the one after the next. */
function addEndings(words: string[], add: (feature: string) => void): void {
  for (const [index, word] of words.entries()) {
    const [next, later] = [words[index + 1], words[index + 2]];
    if (next === undefined) return;
    add(`y${word} ${next.slice(-ENDING)}`);
    add(`x${word.slice(-ENDING)} ${next.slice(-ENDING)}`);
    if (later !== undefined) add(`v${word} ${later.slice(-ENDING)}`);
  }
}

function addPieces(word: string, { from, to }: typeof PIECES, add: (piece: string) => void): void {
  const letters = Array.from(word);
  for (let length = from; length <= to; length++)
    for (let at = 0; at + length <= letters.length; at++)
      add(letters.slice(at, at + length).join(""));
}

/** FNV-1a over UTF-16 units, 32 bits, with a last mixing step, so that its lowest bits depend on all units. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let at = 0; at < text.length; at++)
    value = Math.imul(value ^ text.charCodeAt(at), 0x01000193);
  value = Math.imul(value ^ (value >>> 15), 0x85ebca6b);
  return (value ^ (value >>> 13)) >>> 0;
}
