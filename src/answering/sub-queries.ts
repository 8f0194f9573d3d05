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
/** The length up to which one embedding represents a text well: about fifty words. A longer question is searched in pieces. */
const PIECE_TOKENS = 64;
/**
 * Pieces of a message that are embedded; keywords search all of it. Each costs as much as a short question, and with twelve the long
 * messages of techqa-half find the same (docs/decisions/0069).
 */
const MAX_PIECES = 3;
/** A piece that asks something counts as if it had as many more content words. */
const ASKING = 20;

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

/** Assigns the embeddings of all sub-queries, in their order, to them. */
export function withVectors(
  subQueries: string[][],
  vectors: (number[] | null)[],
): EmbeddedText[][] {
  const left = [...vectors];
  return subQueries.map((texts) => texts.map((text) => ({ text, vector: left.shift() ?? null })));
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

/**
 * A message that is too long for one embedding, as up to three pieces of whole sentences: the beginning, where most messages say what they
 * are about, and those that add the most words or ask something. Any other message as it is.
 */
export function piecesOf(message: string): string[] {
  if (estimateTokens(message) <= PIECE_TOKENS) return [message];
  const [first = message, ...others] = cut(message);
  const chosen = [first];
  const said = new Set(contentOf(first));
  while (chosen.length < MAX_PIECES && others.length > 0) {
    const gains = others.map(
      (piece) => contentOf(piece).difference(said).size + (asksSomething(piece) ? ASKING : 0),
    );
    const [next = ""] = others.splice(gains.indexOf(Math.max(...gains)), 1);
    chosen.push(next);
    for (const word of contentOf(next)) said.add(word);
  }
  return chosen;
}

/** All of a text in pieces of whole sentences, in order. A sentence that is too long is cut between words, or letters where it has no spaces. */
function cut(text: string): string[] {
  const pieces: string[] = [];
  let size = Infinity;
  for (const part of splitSentences(text).flatMap(fitting)) {
    const more = estimateTokens(part);
    const isFull = size + more > PIECE_TOKENS;
    if (isFull) pieces.push(part);
    else pieces.push(`${pieces.pop() ?? ""} ${part}`);
    size = isFull ? more : size + more;
  }
  return pieces;
}

/** A letter is at most about one token, so no part is too long. */
const PART = new RegExp(String.raw`\S{1,${PIECE_TOKENS}}`, "gu");

function fitting(sentence: string): string[] {
  return estimateTokens(sentence) > PIECE_TOKENS ? (sentence.match(PART) ?? []) : [sentence];
}

function contentOf(text: string): Set<string> {
  return new Set(wordsOf(text).filter(isContentWord));
}

/** Whether any part of a message asks something: "refund? thanks", "hi, how do I pay". */
export function asksSomething(message: string): boolean {
  return (
    QUESTION_WORD.test(message) ||
    splitSentences(message).some((sentence) => QUESTION.test(sentence))
  );
}
