import type { LanguageCode } from "../language/language.ts";

export interface HistoryMessage {
  role: "visitor" | "assistant";
  text: string;
}

/** What the engine knows of the conversation before a message. */
export interface History {
  /** The latest messages, oldest first. */
  messages: HistoryMessage[];
  /** The beginnings of what the visitor said before those, oldest first. */
  before: string[];
  /** The previous question, complete in itself, in lines: the one that began the topic, and what was added to it. */
  previous: string | undefined;
  /** The documents that the last answer offered, if it was a clarifying question; otherwise empty. */
  options: Option[];
  /** The values, such as platforms, that the last answer asks for; otherwise empty. */
  asked: AskedValues;
  /** Values that the visitor has chosen, each with the others that were offered. */
  offered: string[][];
  /** What the last answer lists for the visitor to choose from. */
  choices: string[];
  /** The question that the last answer ends with, which "yes" and "no" answer. None where we ask for another wording. */
  question: string | undefined;
  /** What the last answer was about: the titles of what it cites, or its beginning. */
  evidence: string | undefined;
  /** The documents that the last answer cites. */
  cited: string[];
  /** Whether the last answer offers a contact. */
  offersContact: boolean;
  /** Of the conversation. */
  language: LanguageCode | null;
  /** Whether it is recorded that the visitor wants a person. */
  handoverRequested: boolean;
}

export interface AskedValues {
  values: string[];
  /** The attribute that they are values of, where documents' metadata tells it. */
  name?: string | undefined;
}

/** A document that a clarifying question offers; or a choice that an answer lists, which is none. */
export interface Option {
  externalId: string | undefined;
  title: string;
}

export const NO_HISTORY: History = {
  messages: [],
  before: [],
  previous: undefined,
  options: [],
  asked: { values: [] },
  offered: [],
  choices: [],
  question: undefined,
  evidence: undefined,
  cited: [],
  offersContact: false,
  language: null,
  handoverRequested: false,
};
