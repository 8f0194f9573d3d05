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

/** These may still ask something. They are searched for, and are answered by a sentence where the documents are silent. */
const MAY_ASK: ReadonlySet<Intent> = new Set(["complaint", "feedback"]);

/** Whether a message with the intent is answered by a sentence of ours, whatever the documents say. */
export function isAnsweredByUs(intent: Intent | undefined): boolean {
  return intent !== undefined && !MAY_ASK.has(intent);
}
