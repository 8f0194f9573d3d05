/** What a message wants that no article answers. The release has a sentence for each. */
export const INTENTS = [
  "person",
  "human",
  "greeting",
  "thanks",
  "farewell",
  "chat",
  "test",
  "language",
  "abuse",
  "complaint",
  "feedback",
] as const;
export type Intent = (typeof INTENTS)[number];

/** These may still ask something: "how do I change the song?", "is it available in German?". They are searched for, and are answered by a sentence where the documents are silent. */
const MAY_ASK: ReadonlySet<Intent> = new Set([
  "complaint",
  "feedback",
  "chat",
  "test",
  "abuse",
  "language",
]);

/**
 * Whether a message with the intent is answered by a sentence of ours, whatever the documents say.
 * @param isGuessed whether its meaning tells the intent, and not its words: "which colours does it come in?" is near to "what is your favourite
 *   colour?", and "can I turn the chatbot off?" to a wish for a person
 */
export function isAnsweredByUs(intent: Intent | undefined, isGuessed: boolean): boolean {
  if (intent === undefined || MAY_ASK.has(intent)) return false;
  return !isGuessed;
}
