import type { Intent } from "./intents.ts";

/** The languages that our own sentences are written in, as ISO 639-1 codes. */
export const LANGUAGE_CODES = ["en", "de", "fr", "es", "pt", "it", "nl", "pl", "ja", "ar"] as const;
export type LanguageCode = (typeof LANGUAGE_CODES)[number];

/** One of our languages by its code; undefined for any other code. */
export function toLanguageCode(code: string | null | undefined): LanguageCode | undefined {
  return LANGUAGE_CODES.find((one) => one === code);
}

/** How a language is called in another: `German`, `Deutsch`. A code that is none stays as it is. */
export function languageName(code: string, inLanguage: LanguageCode): string {
  try {
    return new Intl.DisplayNames([inLanguage], { type: "language" }).of(code) ?? code;
  } catch {
    return code;
  }
}

/** In which direction a language is written. */
export function directionOf(language: LanguageCode): "ltr" | "rtl" {
  return language === "ar" ? "rtl" : "ltr";
}

/**
 * What one language says around its questions. Phrases are compared without case, accents and apostrophes (`plain` in languages.ts), and
 * have one space between their words: `dont`, `sil vous plait`.
 */
export interface Language {
  code: LanguageCode;
  /** Its most frequent words, which tell the language of a short message. None where its script tells it. */
  common: string[];
  smallTalk: {
    /** Also the announcement of a question: "quick question". */
    greeting: string[];
    thanks: string[];
    farewell: string[];
    /** What stands beside these and means nothing alone: "ok", "so much", "for your help". */
    filler: string[];
  };
  openers: {
    /** In front of a question, whatever follows: "um", "ok". */
    hesitation: string[];
    /** In front of a question where punctuation follows: "well, …", "please help! …". */
    interjection: string[];
  };
  /** What chooses the first, second or third of offered titles, without the words of {@link choosing}. */
  ordinals: string[][];
  /** What chooses the last of offered titles. */
  last: string[];
  /** What says yes to the one title that is offered. */
  yes: string[];
  /** What ends something that was begun, as a whole message. */
  cancel: string[];
  /** What turns down all titles that are offered. */
  none: string[];
  /** Words around an ordinal: "the", "one", "number". */
  choosing: string[];
  reference?: ReferenceWords;
  asks: AskedWords;
}

/**
 * Words of messages that ask for no article: for a person, a way to reach one, whether an AI answers, another language; that swear, test
 * or chat. A message asks for that only if it consists of these words: "phone number?" does, "how do I change my phone number?" does not.
 */
export interface AskedWords {
  /** By the classes that they belong to, with spaces between both. A word that ends with `*` is the beginning of words. */
  words: Record<string, string>;
  /** For a language that has no spaces between words: the first that a short message has is what it wants. */
  patterns?: Partial<Record<Intent, RegExp>>;
  /** The questions that the documents are searched with in place of a message that asks for a way to reach the company, where the words know one. */
  questions?: { reach: string; hours: string };
}

/** The words by which a message depends on what was said before it (answering/dependence.ts). */
export interface ReferenceWords {
  /** Open a message that goes on with a topic: "and", "what about". */
  continues: string[];
  /** Say that what was said is wrong: "i meant", "sorry". */
  corrects: string[];
  /** Stand in front of what is wrong: "not", "instead of". */
  rejects: string[];
  /** Stand for something that was said: "it", "that". */
  pointsBack: string[];
  /** Do so where no noun follows: "das" is a pronoun in "was kostet das", and an article in "das Paket". */
  pointsBackAlone: string[];
  /** Open a fragment that completes a question: "for the pump". */
  prepositions: string[];
  /** Words in front of a noun. */
  determiners: string[];
  /** How a question is asked: "how", "which". */
  questionWords: string[];
  /** Verbs of most questions: "is", "can". A message without any, a question word or a subject is a fragment. */
  auxiliaries: string[];
  /** Who does it: "I", "you". */
  subjects: string[];
  /** Where a word that points back stands for nothing: "is there", "gibt es". */
  impersonal: string[];
  /** Content words that say how something is asked, not what is asked about: "long", "cost". */
  measures: string[];
}

/** What a word says of what is asked. */
export type WordClass =
  /** Who is asked for: "human", "representative". */
  | "person"
  /** Who is asked for where a word of `speak` or `real` stands beside it: "someone", "manager". */
  | "anyone"
  | "real"
  | "speak"
  /** With a word of `me`, they ask to be called. */
  | "call"
  | "me"
  /** "Are you a robot", and with a word of `not`, "not a bot", a wish for a person. */
  | "machine"
  | "not"
  | "you"
  /** Begin a question what somebody is: "are you real", "am I talking to a person". */
  | "are"
  /** Make it a wish: "can I", "please". */
  | "want"
  /** Ask for any way: "contact", "support". */
  | "reach"
  | "phoneNumber"
  | "emailAddress"
  /** With a word of `ours` or `you`, they ask for a telephone number. */
  | "phone"
  /** With a word of `ours` or `you`, they ask for an e-mail address. */
  | "email"
  /** Ask when somebody can be reached. */
  | "hours"
  /** With words of `you` and `when`, they ask that, too: "when are you open". */
  | "open"
  | "when"
  /** "number", "address", "customer service". */
  | "ours"
  /** What belongs to the visitor is not how the company is reached: "what is my email address". */
  | "mine"
  /** Names of languages, beside those that the platform knows. */
  | "tongue"
  | "insult"
  /** "Testing". */
  | "test"
  /** What nobody asks a company: "joke", "weather". */
  | "chat"
  /** With a word of `you`: "what is your name". */
  | "name"
  /** Anywhere in a message that asks nothing: "unacceptable". */
  | "complaint"
  /** The same: "suggestion", "bravo". */
  | "feedback"
  /** In front of what is to be talked about: "about", "because". */
  | "about"
  /** Words that say nothing of these, beside the frequent ones. Politeness and anger are among them. */
  | "other";
