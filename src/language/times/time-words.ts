/**
 * The words of one language that place something in time, as sources of regular expressions in lower case. Texts and words are compared
 * without accents.
 */
export interface TimeWords {
  /** The names of the months from January on, with their abbreviations. */
  months: string[];
  /** Before a year: "summer 2023". */
  seasons: string;
  /** Between a day and its month, a month and its year, or one of the words below and its date: "1st of March", "1 de marzo de 2025", "bis zum". */
  joins: string;
  /** In front of the first date that is no longer meant: "before March 2025". */
  before: string;
  /** In front of the last date that is meant: "until 31 December 2024". */
  until: string;
  /** In front of the first date that is meant: "since March 2025". */
  since: string;
  /** The same in a label ("Orders from March 2025"), but "of" in a question: "orders from 2024". */
  from?: string;
  /** In front of the last date that is not meant yet: "after February 2025". */
  after: string;
  /** Behind a date: "2024 and earlier". */
  orEarlier: string;
  orLater: string;
  /** Between two dates: "2023 to 2024". */
  to: string;

  /** "last year", and "two years ago", where `#` stands for the number. */
  lastYear: string;
  lastMonth: string;
  yearsAgo: string;
  monthsAgo: string;
  numbers: Record<string, number>;
  /** What asks about the past without a date: "back then", "used to be". */
  past: string;
  /** What asks about today: "and now?". */
  present: string;

  /** Adjectives of what is no longer in force, which say it only of {@link rules}: an "old policy" is, an "old phone" is not. */
  old: string;
  /** What is in force for a time: policies, prices, terms. */
  rules: string;
  /** Whether the adjective may stand behind its noun: "tarifs anciens". */
  oldFollows: boolean;
  /** The opposite: "current prices". */
  current: string;
  /** Labels of a title: "Archived: …", "… (old)". */
  label: string;
  /** What a document calls itself: "this page", "this policy". */
  self: string;
  /** Behind a label: "Superseded by …". */
  by: string;
  /** What it says of itself when it is no longer in force: "was replaced by", "no longer applies". */
  gone: string;
  /** What says for which time it is in force: "This applies to orders before March 2025", "Valid until 31 December 2024". */
  applies: string;
  /** What points to another text: "for older orders see …". */
  refers: string;
  /** Words that stand beside a date and make no other title: "(orders placed before …)". */
  filler: string;
  /** In front of the number of a version. */
  version: string;
}
