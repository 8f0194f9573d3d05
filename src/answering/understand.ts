import type { Query } from "../retrieval/candidates.ts";
import { wordsOf } from "../text/words.ts";
import { chosenTitle } from "./clarify.ts";
import { contentWords as tellingWords, WRITTEN_WORD } from "../retrieval/query-terms.ts";
import { hasQuestionWord } from "./split-question.ts";
import type { Turn } from "./turn.ts";

/** A follow-up is short; a longer message says what it is about. */
const MAX_FOLLOW_UP_WORDS = 10;
/** Previous questions are repeated up to this length, so that a chain of follow-ups does not grow without end. */
const MAX_STANDALONE_CHARACTERS = 1000;

/** Longer replies to a clarifying question say it all anew. */
const MAX_DETAIL_WORDS = 4;

const OPENS_FOLLOW_UP =
  /^\s*(?:(?:and|or|but|also|then|so|what about|how about|what if|same|actually|sorry|i mean|i meant)\b|no\W+\w)/i;
/** "Is there a warranty?" refers to nothing. */
const REFERS_BACK =
  /\b(?:it|its|that|this|these|those|they|them|their|(?<!\b(?:is|are)\s)there|one|ones|same|instead)\b/i;

export interface Understood {
  /** The message as it stands on its own; the next follow-up starts from it. */
  standalone: Query;
  /** What is searched for: the parts of a message that asks several things, else the message itself. */
  questions: Query[];
}

/**
 * Makes a follow-up stand on its own without asking a model, which would be one more wait: the previous question's words
 * join the keywords, and the two embeddings, both unit vectors, are averaged.
 */
export function understand(turn: Turn): Understood {
  const previous = turn.previousQuestion;
  const { message, vector, corrections, synonyms, generation, parts, segments } = turn;
  const meant = { corrections, synonyms, generation, segments: [] };
  const chosen = chosenTitle(message, turn.options);
  if (!previous || !(chosen || isFollowUp(message) || isBrief(turn))) {
    const standalone = { text: message, vector, ...meant, segments };
    const questions = parts.map((part) => ({ ...part, ...meant }));
    return { standalone, questions: questions.length > 0 ? questions : [standalone] };
  }
  const standalone = {
    ...meant,
    text: `${withoutReplaced(previous.standalone, message)}\n${chosen ?? message}`.slice(
      -MAX_STANDALONE_CHARACTERS,
    ),
    added: chosen ?? message,
    // "The second one" means nothing by itself.
    vector: chosen === undefined ? average(previous.vector, vector) : previous.vector,
  };
  return { standalone, questions: [standalone] };
}

/** "And E-12?" after a question about E-07 asks no more about E-07: a code takes the place of those that look alike. */
function withoutReplaced(previous: string, message: string): string {
  const shapes = new Set(message.match(WRITTEN_WORD)?.filter(isCode).map(shapeOf));
  return previous.replace(WRITTEN_WORD, (word) =>
    isCode(word) && shapes.has(shapeOf(word)) ? "" : word,
  );
}

/** `2024` is none, `2024-05-01` is: digits alone are mostly an amount. */
function isCode(word: string): boolean {
  return /\p{N}/u.test(word) && /[^\p{N}]/u.test(word);
}

/** As they are found: `E-07` is `e07`. */
function shapeOf(code: string): string {
  return code
    .replace(/\p{L}/gu, "a")
    .replace(/\p{N}/gu, "0")
    .replace(/(?<=a)[-_./:](?=0)|(?<=0)[-_./:](?=a)/g, "");
}

/** A few words after a clarifying question are the detail that it asked for. */
function isBrief({ options, message }: Turn): boolean {
  return options.length > 0 && wordsOf(message).length <= MAX_DETAIL_WORDS;
}

/**
 * What opens like one, refers to something, or asks without saying of what. Anything else stands alone, however short it is:
 * "refunds?", "no", a thumb.
 */
function isFollowUp(message: string): boolean {
  const words = wordsOf(message).length;
  if (words === 0 || words > MAX_FOLLOW_UP_WORDS) return false;
  if (OPENS_FOLLOW_UP.test(message) || REFERS_BACK.test(message)) return true;
  return hasQuestionWord(message) && tellingWords(message).length === 0;
}

function average(left: number[] | null, right: number[] | null): number[] | null {
  if (!left || !right || left.length !== right.length) return right ?? left;
  const sum = right.map((value, index) => value + (left[index] ?? 0));
  const length = Math.hypot(...sum);
  return length > 0 ? sum.map((value) => value / length) : right;
}
