export interface HistoryMessage {
  role: "visitor" | "assistant";
  text: string;
}

/** What the engine knows of the conversation before a message. */
export interface History {
  /** The latest messages, oldest first. */
  messages: HistoryMessage[];
  /** The previous question, complete in itself. Its embedding is null if another model made it. */
  previous: { text: string; vector: number[] | null } | undefined;
  /** The documents that the last answer offered, if it was a clarifying question; otherwise empty. */
  options: Option[];
  /** Whether it is recorded that the visitor wants a person. */
  handoverRequested: boolean;
}

/** A document that a clarifying question offers. */
export interface Option {
  externalId: string;
  title: string;
}

export const NO_HISTORY: History = {
  messages: [],
  previous: undefined,
  options: [],
  handoverRequested: false,
};
