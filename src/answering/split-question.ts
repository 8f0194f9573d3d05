import { splitSentences } from "../text/sentences.ts";
import { queryTerms } from "../retrieval/query-terms.ts";

/** More questions than this in one message are searched as one. */
const MAX_PARTS = 3;
/** With fewer telling words a part leans on its neighbour ("and how long?") and is not searched for alone. */
const MIN_TELLING_WORDS = 2;

const QUESTION_WORDS = "how|what|when|where|which|who|why";
const QUESTION_WORD = new RegExp(String.raw`\b(?:${QUESTION_WORDS})\b`, "i");
const ASKS = `(?:${QUESTION_WORDS}|can|could|do|does|did|is|are|will|would|should|may)`;
/** "…, and how do I …": a second question begins after the conjunction. */
const CONJUNCTION = new RegExp(
  String.raw`[,;]?\s+(?:and|also|plus)\s+(?:also\s+)?(?=${ASKS}\b)`,
  "i",
);
const QUESTION = new RegExp(String.raw`[?？؟]\s*$|^\W*(?:and\s+|also\s+)?${ASKS}\b`, "i");

/**
 * The questions of a message that asks more than one thing, or none where it asks one. One embedding stands for one
 * meaning: that of "how do I return it and what does shipping cost" lies between two articles and next to neither.
 */
export function splitQuestion(message: string): string[] {
  const parts = splitSentences(message)
    .filter(isQuestion)
    .flatMap((sentence) => sentence.split(CONJUNCTION))
    .map((part) => part.trim());
  const standAlone = parts.every((part) => queryTerms(part).words.length >= MIN_TELLING_WORDS);
  return parts.length > 1 && parts.length <= MAX_PARTS && standAlone ? parts : [];
}

function isQuestion(sentence: string): boolean {
  return QUESTION.test(sentence);
}

export function hasQuestionWord(message: string): boolean {
  return QUESTION_WORD.test(message);
}

/** Anywhere in it: "refund? thanks", "hi, how do I pay". */
export function asks(message: string): boolean {
  return hasQuestionWord(message) || splitSentences(message).some(isQuestion);
}
