export interface HistoryMessage {
  role: "visitor" | "assistant";
  text: string;
}

/** What the engine knows of the conversation before a message. */
export interface History {
  /** The latest messages, oldest first. */
  messages: HistoryMessage[];
  /** The visitor's question before, as it stood on its own; its embedding is null where another model made it. */
  previous: { text: string; vector: number[] | null } | undefined;
  /** Titles that the last answer, a clarifying question, offered to choose from; else empty. */
  options: string[];
}

export const NO_HISTORY: History = { messages: [], previous: undefined, options: [] };
