import { probabilities, type ClassifierData } from "../text/linear-classifier.ts";
import { countWords } from "../text/words.ts";
import trained from "./classifiers/intents.json" with { type: "json" };
import type { Intent } from "./intents.ts";

/** What the classifier tells apart. */
const TOLD = ["person", "human", "thanks", "farewell", "chat"] as const satisfies Intent[];
type Told = (typeof TOLD)[number];

/**
 * From which probability on a message surely has an intent, and from which on it may have it: then documents are searched first. Measured in
 * docs/decisions/0078.
 */
const SURE: Record<Told, number> = {
  person: 0.8,
  human: 0.5,
  thanks: 0.6,
  farewell: 0.6,
  chat: 0.75,
};
const LIKELY: Record<Told, number> = {
  person: 0.6,
  human: 0.3,
  thanks: 0.4,
  farewell: 0.4,
  chat: 0.6,
};
/** They end a conversation, and ask nothing. */
const ENDS: ReadonlySet<Told> = new Set(["thanks", "farewell"]);
/** They look like questions about things ("what are they made of?"), so documents are searched first, unless lists of words know them. */
const NEVER_SURE: ReadonlySet<Told> = new Set(["human", "chat"]);
/** "Thanks, but it still leaks" asks for more. */
const CONTRASTS =
  /(?<!\p{L})(?:but|however|still|aber|trotzdem|jedoch|mais|pourtant|pero|aunque|mas|porém|ma|però|maar|toch|ale|jednak|لكن|بس)(?!\p{L})|(?:けど|けれど|しかし|でも)/iu;
/** Shorter messages are told by lists: "yes", "it" and "ios please" answer something. A longer one says more. */
const WORDS = { least: 3, most: 40 };

export interface ToldIntent {
  intent: Told;
  isSure: boolean;
  /** Whether it is sure enough for a message that asks something: "who do I talk to about an invoice?". */
  isPlain: boolean;
}

/** From where on a question has an intent. */
const PLAIN = 0.95;
/** From where on a message of several words may want a person, if lists of words say so: "are my messages read by humans" does not. */
const MAY_WANT_PERSON = 0.2;
/** A shorter message says nothing beside its wish. */
const LEAST_DOUBTED = 4;

/** Whether a message that has the words of a wish for a person is like one. */
export function mayWantPerson(message: string): boolean {
  const words = countWords(message);
  const isShort = words <= LEAST_DOUBTED || words > WORDS.most;
  return isShort || probabilities<Told>(trained, message).person >= MAY_WANT_PERSON;
}

/**
 * The intent of a message that no article answers, by a classifier that was trained on messages in ten languages. Undefined for a question, and
 * for what is too long to be told.
 */
export function toldIntent(message: string): ToldIntent | undefined {
  const words = countWords(message);
  if (!/\p{L}/u.test(message) || words < WORDS.least || words > WORDS.most) return undefined;
  const by = probabilities<Told>(trained satisfies ClassifierData, message);
  const [intent] = TOLD.filter((one) => by[one] >= LIKELY[one]).toSorted((a, b) => by[b] - by[a]);
  if (!intent) return undefined;
  // "Refund? Thanks!" asks something.
  if (ENDS.has(intent) && (/[?？؟]/u.test(message) || CONTRASTS.test(message))) return undefined;
  const isSure = by[intent] >= SURE[intent] && !NEVER_SURE.has(intent);
  return { intent, isSure, isPlain: isSure && by[intent] >= PLAIN };
}
