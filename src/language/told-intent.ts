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
  person: 0.88,
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
/** A single word is told by lists: "yes" and "it" answer something. A longer message says more. */
const WORDS = { least: 2, most: 40 };

export interface ToldIntent {
  intent: Told;
  isSure: boolean;
}

/**
 * The intent of a message that no article answers, by a classifier that was trained on messages in ten languages. Undefined for a question, and
 * for what is too long to be told.
 */
export function toldIntent(message: string): ToldIntent | undefined {
  const words = countWords(message);
  if (!/\p{L}/u.test(message) || words < WORDS.least || words > WORDS.most) return undefined;
  const by = probabilities<Told>(trained satisfies ClassifierData, message);
  const intent = TOLD.find((one) => by[one] >= LIKELY[one]);
  // "Refund? Thanks!" asks something.
  if (!intent || (ENDS.has(intent) && /[?？؟]/u.test(message))) return undefined;
  return { intent, isSure: by[intent] >= SURE[intent] };
}
