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
  /** What turns down all titles that are offered. */
  none: string[];
  /** Words around an ordinal: "the", "one", "number". */
  choosing: string[];
  contact?: ContactWords;
  reference?: ReferenceWords;
}

/**
 * The words of messages that ask for a person, or for a way to reach one. A message asks for that only if it consists of these words:
 * "phone number?" does, "how do I change my phone number?" does not.
 */
export interface ContactWords {
  /** Who is asked for: "human", "representative". */
  person: string[];
  /** Who is asked for where a word of `speak` or `real` stands beside it: "someone", "manager". */
  anyone: string[];
  real: string[];
  speak: string[];
  /** With a word of `me`, they ask to be called. */
  call: string[];
  me: string[];
  /** With a word of `not` or `you`: "not a bot", "are you a robot". */
  machine: string[];
  not: string[];
  you: string[];
  /** Ask for any way: "contact", "support". */
  reach: string[];
  phoneNumber: string[];
  emailAddress: string[];
  /** With a word of `ours` or `you`, they ask for a telephone number. */
  phone: string[];
  /** With a word of `ours` or `you`, they ask for an e-mail address. */
  email: string[];
  /** Ask when somebody can be reached. */
  hours: string[];
  /** With words of `you` and `when`, they ask that, too: "when are you open". */
  open: string[];
  when: string[];
  /** "number", "address", "customer service". */
  ours: string[];
  /** Words that say nothing of these. Politeness and anger are among them. */
  other: string[];
  /** In front of what is to be talked about: "about", "because". */
  about: string[];
  /** The questions that the documents are searched with in place of such a message. */
  questions: { reach: string; hours: string };
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
