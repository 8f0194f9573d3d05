import type { Generation } from "../generations/generation.ts";
import { isAnsweredByUs, type Intent } from "../language/intents.ts";
import { meanVector } from "../text/mean-vector.ts";
import type { EmbeddedText, Query } from "../retrieval/candidates.ts";
import type { Corrections } from "../retrieval/spelling.ts";
import type { Synonyms } from "../retrieval/synonyms.ts";
import { wordsOf } from "../text/words.ts";
import { chosenOption } from "./choose.ts";
import type { ContactRequest } from "./asked.ts";
import { isFollowUp } from "./follow-up.ts";
import type { History } from "./history.ts";
import type { ReadMessage } from "./read-message.ts";

/** Previous questions are repeated up to this length, so that a chain of follow-ups does not grow without end. */
const MAX_STANDALONE_CHARACTERS = 1000;

/** A reply to a clarifying question that is longer is a new question. */
const MAX_DETAIL_WORDS = 4;

/** A word, or words joined by `-_./:`, as the visitor typed them. */
const WRITTEN_WORD = /(?<![\p{L}\p{M}\p{N}])[\p{L}\p{M}\p{N}]+(?:[-_./:][\p{L}\p{M}\p{N}]+)*/gu;

/** A message with its embeddings, and what the workspace knows about its words. */
export interface Questions extends ReadMessage {
  /** Of what it asks; null when the model could not be reached. */
  vector: number[] | null;
  /** The sub-queries of each of its questions (sub-queries.ts); never empty. */
  subQueries: EmbeddedText[][];
  /** Corrections of misspelt words of the message. */
  corrections: Corrections;
  /** Synonyms of words of the message, and other spellings of them. */
  synonyms: Synonyms;
  /** The vectors that are searched, and the model of the embeddings. */
  generation: Generation;
}

/** A message as it stands on its own. */
export interface Standalone extends EmbeddedText {
  /** The generation whose model made the embedding. */
  generation: Generation;
}

export interface Understood {
  /** The next follow-up starts from it. */
  standalone: Standalone;
  /** What is searched for. Empty where nothing is to be found: small talk, a wish for a person, a reply that turns all offered documents down. */
  questions: Query[];
  intent: Intent | undefined;
  contact: ContactRequest | undefined;
  /** The document to answer from, where the message chose one. */
  chosen: string | undefined;
  /** The message where it stands alone: it may be a title. */
  title: string | undefined;
}

/**
 * Makes a follow-up stand on its own without asking a model, which would be one more wait: the previous question's words
 * join the keywords, and the two embeddings, both unit vectors, are averaged. Any other message is searched question by question.
 */
export function understand(asked: Questions, history: History): Understood {
  const { message, contact, intent, vector, subQueries, corrections, synonyms, generation } = asked;
  const known = { corrections, synonyms, generation };
  // Wishes for a phone number and for a person are searched alike, but their answers are kept apart.
  const alone = { text: contact ? message : asked.asked, vector, generation };
  const nothing = { intent, contact, chosen: undefined, title: undefined };
  const option = chosenOption(message, history.options);
  const isOurs = isAnsweredByUs(intent) && contact?.rest === undefined;
  if (isOurs || option === null) return { ...nothing, standalone: alone, questions: [] };
  const followed = followUp(asked, history, option?.title);
  if (followed) {
    const { added, ...whole } = followed;
    const question = { text: whole.text, added, subQueries: [whole], ...known };
    const standalone = { ...whole, generation };
    return { ...nothing, standalone, questions: [question], chosen: option?.externalId };
  }
  const questions = subQueries.map((own) => ({
    text: subQueries.length > 1 ? own.map(({ text }) => text).join(" ") : asked.asked,
    message: asked.asked,
    subQueries: own,
    ...known,
  }));
  return { ...nothing, standalone: alone, questions, title: contact ? undefined : message };
}

/**
 * The message with the question before it, where it refers to that; `added` is what the message itself says.
 * @param title of the document that the message chose
 */
function followUp(
  { asked, contact, vector }: Questions,
  { previous, options }: History,
  title: string | undefined,
): (EmbeddedText & { added: string }) | undefined {
  const isDetail = options.length > 0 && wordsOf(asked).length <= MAX_DETAIL_WORDS;
  const isNew = contact !== undefined && contact.rest === undefined;
  if (!previous || isNew || !(title !== undefined || isDetail || isFollowUp(asked)))
    return undefined;
  const added = title ?? asked;
  const text = `${withoutReplaced(previous.text, asked)}\n${added}`;
  return {
    added,
    text: text.slice(-MAX_STANDALONE_CHARACTERS),
    // "The second one" means nothing by itself.
    vector: title === undefined ? meanVector([previous.vector, vector]) : previous.vector,
  };
}

/** "And E-12?" after a question about E-07 is no longer about E-07: a new code replaces the earlier codes of the same shape. */
function withoutReplaced(previous: string, message: string): string {
  const shapes = new Set(message.match(WRITTEN_WORD)?.filter(isCode).map(shapeOf));
  return previous.replace(WRITTEN_WORD, (word) =>
    isCode(word) && shapes.has(shapeOf(word)) ? "" : word,
  );
}

/** Whether a word is a code: `2024` is not, `2024-05-01` is. Digits alone are mostly an amount. */
function isCode(word: string): boolean {
  return /\p{N}/u.test(word) && /[^\p{N}]/u.test(word);
}

/** The shape of a code, for comparison: `E-07` and `e12` are both `a00`. */
function shapeOf(code: string): string {
  return code
    .replace(/\p{L}/gu, "a")
    .replace(/\p{N}/gu, "0")
    .replace(/(?<=a)[-_./:](?=0)|(?<=0)[-_./:](?=a)/g, "");
}
