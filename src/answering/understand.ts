import { isAnsweredByUs, type Intent } from "../language/intents.ts";
import type { Release } from "../releases/release.ts";
import type { EmbeddedText, Query } from "../retrieval/candidates.ts";
import { contentWords } from "../retrieval/query-terms.ts";
import type { WordContext } from "../retrieval/word-context.ts";
import { chosenOption } from "./choose.ts";
import type { ContactRequest } from "./asked.ts";
import type { History } from "./history.ts";
import type { InContext } from "./in-context.ts";
import type { ReadMessage } from "./read-message.ts";
import { saysNothing } from "./small-talk.ts";

/** A message with its embeddings, and what the workspace knows about its words. */
export interface Questions extends ReadMessage, WordContext {
  /** Set where the message depends on what was said before it. */
  context: InContext | undefined;
  /**
   * The sub-queries of each of its questions (sub-queries.ts); never empty. Of a message with a context: the standalone question and the
   * context's variants, as one question.
   */
  subQueries: EmbeddedText[][];
}

export interface Understood {
  /** The message as it stands on its own. The next follow-up starts from it. */
  standalone: string;
  /** What is searched for. Empty where nothing is to be found: small talk, a wish for a person, a reply that turns all offered documents down. */
  questions: Query[];
  intent: Intent | undefined;
  isGuessed: boolean;
  contact: ContactRequest | undefined;
  /** The document to answer from, where the message chose one. */
  chosen: string | undefined;
  /** The message where it stands alone: it may be a title. */
  title: string | undefined;
}

type VariantRule = Pick<Release["retrieval"], "variants">;

/**
 * A message in its conversation (in-context.ts) as what is searched: a follow-up as its standalone question with its variants, any other
 * message question by question.
 */
export function understand(asked: Questions, history: History, rule: VariantRule): Understood {
  const {
    message,
    contact,
    intent,
    isGuessed,
    context,
    subQueries,
    corrections,
    synonyms,
    generation,
  } = asked;
  const known = { corrections, synonyms, generation };
  // Wishes for a phone number and for a person are searched alike, but their answers are kept apart.
  const alone = contact ? message : asked.asked;
  const nothing = { intent, isGuessed, contact, chosen: undefined, title: undefined };
  // What was asked before is still the topic after "thanks".
  const topic = history.previous ?? alone;
  if (isAnsweredByUs(intent, isGuessed) && contact?.rest === undefined)
    return { ...nothing, standalone: topic, questions: [] };
  if (!context && chosenOption(message, history.options) === null)
    return { ...nothing, standalone: topic, questions: [] };
  // "Ok" after an answer, or a thumb.
  if (!context && !contact && saysNothing(message)) {
    const said = history.messages.length > 0 ? ("thanks" as const) : ("greeting" as const);
    return { ...nothing, intent: said, isGuessed: false, standalone: topic, questions: [] };
  }
  if (context) {
    const [texts = []] = subQueries;
    return {
      ...nothing,
      standalone: context.standalone,
      questions: [queryInContext(context, texts, known, rule)],
      chosen: context.chosen?.externalId,
    };
  }
  const questions = subQueries.map((own) => ({
    text: subQueries.length > 1 ? own.map(({ text }) => text).join(" ") : asked.asked,
    message: asked.asked,
    subQueries: own,
    ...known,
  }));
  const standalone = contentWords(message).length > 0 ? alone : topic;
  return { ...nothing, standalone, questions, title: contact ? undefined : message };
}

/**
 * A message that depends on its conversation as one question: its standalone form, with the other variants.
 * @param texts the standalone question and the context's variants, in their order, with their embeddings
 */
export function queryInContext(
  { standalone, added, dependence, variants, cited }: InContext,
  [own = { text: standalone, vector: null }, ...others]: EmbeddedText[],
  known: WordContext,
  rule: VariantRule,
): Query {
  const weights = rule.variants[dependence];
  const queryOf = (text: string, embedded: EmbeddedText): Query => ({
    ...known,
    text,
    added,
    subQueries: [embedded],
  });
  return {
    ...queryOf(standalone, own),
    isUncertain: dependence === "possible",
    first: { externalIds: cited, gain: weights.cited },
    variants: others.flatMap((other, index) => {
      const kind = variants[index]?.kind;
      const weight = kind === undefined ? 0 : weights[kind];
      return kind !== undefined && weight > 0
        ? [{ kind, query: queryOf(other.text, other), weight }]
        : [];
    }),
  };
}
