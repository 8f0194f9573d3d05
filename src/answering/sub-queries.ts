import { BEFORE_NEXT_QUESTION, QUESTION, QUESTION_WORD } from "../language/english.ts";
import type { EmbeddedText } from "../retrieval/candidates.ts";
import { isContentWord } from "../retrieval/query-terms.ts";
import { splitSentences } from "../text/sentences.ts";
import { estimateTokens } from "../text/tokens.ts";
import { wordsOf } from "../text/words.ts";

/** More questions than this in one message are searched as one. */
const MAX_QUESTIONS = 3;
/** A question with fewer content words ("and how long?", "what should I do?") depends on the one before it, so it is not searched alone. */
const MIN_CONTENT_WORDS = 2;
/** The length up to which one embedding represents a text well: about sixty words. A longer question is searched in pieces. */
const PIECE_TOKENS = 80;
/** Each piece is one more vector search; all run at the same time. The pieces of a longer message are longer instead of more. */
const MAX_PIECES = 12;

/**
 * Divides a message into questions, which are answered one by one, and each question into sub-queries, which the vector leg searches one by
 * one. An embedding represents one meaning: the embedding of "how do I return it and what does shipping cost" lies between two articles and
 * is near neither; the embedding of a page is near nothing. (On the set tau-banking-kb, recall@10 by vectors alone is .23 with one embedding
 * for each message and .28 with one for each piece.) A short message that asks one thing is its own only sub-query.
 * @returns the texts of the sub-queries, question by question; never empty
 */
export function subQueriesOf(message: string): string[][] {
  const asked = questionsIn(message);
  return asked.length > 0 ? asked.map((question) => [question]) : [piecesOf(message)];
}

/** The texts of a message that are embedded: first the whole message, then its sub-queries if there are several. */
export function embeddedTexts(message: string, subQueries: string[][]): string[] {
  const parts = subQueries.flat();
  return parts.length > 1 ? [message, ...parts] : [message];
}

/** Assigns the embeddings of {@link embeddedTexts}, which are in the same order, to the sub-queries. */
export function withVectors(
  subQueries: string[][],
  [whole = null, ...others]: (number[] | null)[],
): EmbeddedText[][] {
  const vectors = others.length > 0 ? others : [whole];
  return subQueries.map((texts) =>
    texts.map((text) => ({ text, vector: vectors.shift() ?? null })),
  );
}

/** The questions of a message that asks more than one thing, or none where it asks one. */
function questionsIn(message: string): string[] {
  const questions = splitSentences(message)
    .filter((sentence) => QUESTION.test(sentence))
    .flatMap((sentence) => sentence.split(BEFORE_NEXT_QUESTION))
    .map((question) => question.trim());
  const standAlone = questions.every(
    (one) => wordsOf(one).filter(isContentWord).length >= MIN_CONTENT_WORDS,
  );
  const areSeveral = questions.length > 1 && questions.length <= MAX_QUESTIONS;
  return areSeveral && standAlone ? questions : [];
}

/** A message that is too long for one embedding in pieces of whole sentences, in order; any other as it is. */
export function piecesOf(message: string): string[] {
  const tokens = estimateTokens(message);
  if (tokens <= PIECE_TOKENS) return [message];
  const budget = Math.max(PIECE_TOKENS, Math.ceil(tokens / MAX_PIECES));
  const pieces: string[] = [];
  let size = Infinity;
  for (const sentence of splitSentences(message)) {
    const more = estimateTokens(sentence);
    const isFull = size + more > budget && pieces.length < MAX_PIECES;
    if (isFull) pieces.push(sentence);
    else pieces.push(`${pieces.pop() ?? ""} ${sentence}`);
    size = isFull ? more : size + more;
  }
  return pieces.length > 1 ? pieces : [message];
}

/** Whether any part of a message asks something: "refund? thanks", "hi, how do I pay". */
export function asksSomething(message: string): boolean {
  return (
    QUESTION_WORD.test(message) ||
    splitSentences(message).some((sentence) => QUESTION.test(sentence))
  );
}
