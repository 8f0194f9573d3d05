import type { ContactWords, LanguageCode } from "../language/language.ts";
import { ENGLISH } from "../language/english.ts";
import { LANGUAGES, plain } from "../language/languages.ts";
import { firstWords } from "../language/phrases.ts";
import { editDistance } from "../retrieval/spelling.ts";

/** Whom or what a message wants to reach: a person, the telephone number, e-mail address or any address of the company, or when. */
export type ContactWish = "person" | "phone" | "email" | "any" | "hours";

export interface ContactRequest {
  wish: ContactWish;
  /** What is asked beside it. It is searched for, and the contact is named with the answer. */
  rest: string | undefined;
  /**
   * What the documents are searched with where nothing else is asked: they say "contact us", not "agent please". In English, too, for
   * addresses are understood in any language.
   */
  questions: string[];
}

/** A longer clause says more than that. */
const MAX_WORDS = 18;
/** More clauses are not read. */
const MAX_CLAUSES = 60;
/** A shorter word is too near to others for a typing error to be told. */
const MIN_MISSPELT = 5;
const LONG_WORD = 8;
/** Words that are a typing error away from those of the lists. */
const OTHER_WORDS = new Set(["contract", "contracts", "massage", "beach"]);

/** A clause ends at punctuation or a conjunction. The lookbehind keeps a long run of white space from being read from each of its characters. */
const CLAUSE_END = /([.!?;:,…\n。！？]+|(?<!\s)\s+(?:and|but|und|aber|et|mais|y|pero)\s)/iu;

type Class = Exclude<keyof ContactWords, "questions">;

interface Lexicon {
  classes: Map<string, Set<Class>>;
  /** The words by their first letter, for misspelt ones. */
  byLetter: Map<string, string[]>;
  questions: ContactWords["questions"];
}

const LEXICA: Lexicon[] = LANGUAGES.flatMap(({ contact }) => (contact ? [toLexicon(contact)] : []));
const ENGLISH_LEXICON = toLexicon(ENGLISH.contact);

function toLexicon({ questions, ...lists }: ContactWords): Lexicon {
  const classes = new Map<string, Set<Class>>();
  for (const [name, words] of Object.entries(lists))
    for (const word of words.map(plain))
      classes.set(word, (classes.get(word) ?? new Set()).add(name as Class));
  return { classes, byLetter: Map.groupBy(classes.keys(), (word) => word.charAt(0)), questions };
}

/**
 * Whether a message asks for a person or for a way to reach one: it, or one of its clauses, says that in words of one language and in no
 * others. "It leaks, I want to talk to a human" asks something else, too.
 */
export function contactRequestIn(message: string): ContactRequest | undefined {
  const parts = message.split(CLAUSE_END);
  const clauses = parts.flatMap((text, index) =>
    index % 2 === 0 && /[\p{L}\p{N}]/u.test(text) ? [{ text, end: parts[index + 1] ?? "" }] : [],
  );
  if (clauses.length === 0 || clauses.length > MAX_CLAUSES) return undefined;
  for (const lexicon of LEXICA) {
    const wishes = clauses.map(({ text }) => wishOf(text, lexicon));
    const wish = wishes.find((one) => one === "person") ?? wishes.find((one) => one);
    if (!wish) continue;
    const rest = clauses.filter((_, index) => wishes[index] === undefined);
    // "Where is my order, and what is your phone number?" asks the documents two questions.
    if (rest.length > 0 && wish !== "person") continue;
    const asked = rest.map(({ text, end }) => text + end).join("");
    const asks = wish === "hours" ? "hours" : "reach";
    const questions = [...new Set([lexicon, ENGLISH_LEXICON].map((one) => one.questions[asks]))];
    return { wish, questions, rest: asked.trim() || undefined };
  }
  return undefined;
}

/** The wish to reach somebody, as asked in a language; in English where it has no words for that. */
export function anyContact(language: LanguageCode | null): ContactRequest {
  const own = LANGUAGES.find(({ code }) => code === language)?.contact?.questions;
  const asked = [own, ENGLISH_LEXICON.questions].flatMap((one) => (one ? [one.reach] : []));
  return { wish: "any", rest: undefined, questions: [...new Set(asked)] };
}

/** What a clause wishes; null where it says nothing, as "hello" and "please" do, and undefined where it says something else. */
function wishOf(clause: string, { classes, byLetter }: Lexicon): ContactWish | null | undefined {
  const words = firstWords(clause, MAX_WORDS + 1);
  if (words.length > MAX_WORDS) return undefined;
  const said = new Set<Class>();
  for (const { word } of words) {
    const known = classes.get(word) ?? classes.get(meant(word, byLetter) ?? "");
    if (!known) return undefined;
    // What it is about changes nothing in the wish: "… speak to somebody about my order".
    if (known.has("about")) return wishIn(said, words.length) === "person" ? "person" : undefined;
    for (const name of known) said.add(name);
  }
  return wishIn(said, words.length) ?? null;
}

function wishIn(said: Set<Class>, words: number): ContactWish | undefined {
  const has = (...names: Class[]): boolean => names.some((name) => said.has(name));
  if (has("person") || (has("anyone") && has("speak", "real"))) return "person";
  if (has("call") && has("me") && words > 1) return "person";
  if (has("machine") && has("not", "you")) return "person";
  if (has("phoneNumber") || (has("phone") && has("ours", "you") && words > 1)) return "phone";
  if (has("emailAddress") || (has("email") && has("ours", "you") && words > 1)) return "email";
  const isOpen = has("open") && has("you") && has("when");
  if (has("hours") || isOpen) return "hours";
  return has("reach") ? "any" : undefined;
}

/** The word of the lists that a misspelt one means. */
function meant(word: string, byLetter: Map<string, string[]>): string | undefined {
  if (word.length < MIN_MISSPELT || OTHER_WORDS.has(word)) return undefined;
  const allowed = word.length >= LONG_WORD ? 2 : 1;
  const near = (byLetter.get(word.charAt(0)) ?? []).filter(
    ({ length }) => length >= MIN_MISSPELT && Math.abs(length - word.length) <= allowed,
  );
  return near.find((known) => editDistance(word, known) <= allowed);
}
