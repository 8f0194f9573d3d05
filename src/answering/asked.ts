import { ENGLISH, OTHER_PERSON } from "../language/english.ts";
import type { Intent } from "../language/intents.ts";
import type { LanguageCode, WordClass } from "../language/language.ts";
import { LANGUAGES } from "../language/languages.ts";
import { mayWantPerson, toldIntent } from "../language/told-intent.ts";
import { countWords } from "../text/words.ts";
import { lexica, type Lexicon } from "./lexicon.ts";
import { asksSomething } from "./sub-queries.ts";
import { saysNothing, smallTalkIn } from "./small-talk.ts";

/** Which way to reach the company a message asks for, or when. */
export type ContactWish = "person" | "phone" | "email" | "any" | "hours";

export interface ContactRequest {
  wish: ContactWish;
  /** What is asked beside a wish for a person. It is searched for, and the contact is named with the answer. */
  rest: string | undefined;
  /**
   * What the documents are searched with in place of a question for a way: they say "contact us", not "phone number?". In English, too, for
   * addresses are understood in any language. Empty for a wish for a person, which no document answers.
   */
  questions: string[];
}

/** What a message asks for that no article answers, or how to reach the company. */
export interface Asked {
  contact?: ContactRequest;
  intent?: Intent;
  /** Whether the message may ask something else. */
  isGuessed?: boolean;
}

/** What a clause asks for; null where it says nothing, as "hello" and "please" do. */
type Wish = ContactWish | Extract<Intent, "human" | "language" | "abuse" | "test" | "chat"> | null;

/** The first of these that a message has is what it asks for. */
const BY_WEIGHT = [
  "person",
  "phone",
  "email",
  "hours",
  "any",
  "human",
  "language",
  "abuse",
  "test",
  "chat",
] as const;

/** A longer clause says more than that. */
const MAX_WORDS = 18;
/** More clauses are not read. */
const MAX_CLAUSES = 16;
/** Words of a wish without a verb. */
const MAX_BARE = 5;
/** A longer message in a language without spaces says more, in characters. */
const MAX_PATTERN = 40;
/** Clauses that are read as one. */
const MAX_JOINED = 4;
/** Words of a message that are read for what it feels. */
const MAX_FEELING_WORDS = 40;
/** A longer clause is no wish for a person if it has a word that the lists lack. */
const MAX_WISH_WORDS = 8;
/** Words of a clause that the classifier is asked about. */
const LEAST_TOLD = 4;
/** An insult has so many words, with one that the lists lack. A shorter one may be about a thing. */
const INSULT_WORDS = { least: 4, most: 8 };

/** A clause ends at punctuation or a conjunction. The lookbehind keeps a long run of white space from being read from each of its characters. */
const CLAUSE_END =
  /([.!?;:,…\n。！？、،؟]+|(?<!\s)\s+(?:and|but|und|aber|et|mais|y|pero|maar|ale)\s)/iu;

/**
 * What a message asks for that no article answers, or how to reach the company: it, or each of its clauses, says that in the words of one
 * language, or it is like the messages that a classifier knows. "It leaks, I want to talk to a human" asks something else, too.
 */
export function askedIn(message: string): Asked {
  const parts = message.split(CLAUSE_END);
  const clauses = parts.flatMap((text, index) =>
    index % 2 === 0 && /[\p{L}\p{N}]/u.test(text) ? [{ text, end: parts[index + 1] ?? "" }] : [],
  );
  if (clauses.length === 0 || clauses.length > MAX_CLAUSES) return {};
  const known = byLists(message, clauses, () => undefined);
  const isPlainWish = known?.intent === "person" && known.contact?.rest === undefined;
  const isDoubtful = isPlainWish && !mayWantPerson(message);
  if (known && !isDoubtful) return known;
  // "None of these" answers something.
  const told = saysNothing(message) ? undefined : toldIntent(message);
  const beside =
    clauses.length > 1 && told?.intent === "person" && byLists(message, clauses, surePerson);
  if (beside) return beside;
  const feeling = told?.intent === "person" ? undefined : feelingIn(message);
  if (feeling) return { intent: feeling };
  if (told?.isSure && (told.intent !== "person" || told.isPlain || !asksSomething(message)))
    return told.intent === "person" ? personWanted(undefined) : { intent: told.intent };
  return told ? { intent: told.intent, isGuessed: true } : {};
}

interface Clause {
  text: string;
  end: string;
}

/**
 * What the words of one language say that a message asks for.
 * @param otherwise what a clause asks for that the lists do not know
 */
function byLists(
  message: string,
  clauses: Clause[],
  otherwise: (clause: string) => "person" | undefined,
): Asked | undefined {
  for (const lexicon of lexica()) {
    const byPattern = patternIn(message, lexicon);
    if (byPattern) return byPattern === "person" ? personWanted(undefined) : { intent: byPattern };
    // "Is there anybody, whom I can talk to?" "Are you an AI, or a person?"
    const whole = wholeWish(message, clauses.length, lexicon);
    if (whole) return toAsked(whole, undefined, lexicon);
    const wishes = clauses.map(({ text, end }) => wishOf(text, end, lexicon) ?? otherwise(text));
    const wish = BY_WEIGHT.find((one) => wishes.includes(one));
    if (!wish) continue;
    const rest = clauses.filter((_, index) => wishes[index] === undefined);
    // "Where is my order, and what is your phone number?" asks the documents two questions.
    if (rest.length > 0 && wish !== "person") continue;
    const asked = rest.map(({ text, end }) => text + end).join("");
    return toAsked(wish, asked.trim() || undefined, lexicon);
  }
  return undefined;
}

/** The wish to reach somebody, as asked in a language; in English where it has no words for that. */
export function anyContact(language: LanguageCode | null): ContactRequest {
  const own = LANGUAGES.find(({ code }) => code === language)?.asks.questions;
  const asked = [own, ENGLISH.asks.questions].flatMap((one) => (one ? [one.reach] : []));
  return { wish: "any", rest: undefined, questions: [...new Set(asked)] };
}

/** A clause that surely wants a person. The shortest ones also stand in questions. */
function surePerson(clause: string): "person" | undefined {
  if (countWords(clause) < LEAST_TOLD) return undefined;
  const told = toldIntent(clause);
  return told?.isSure && told.intent === "person" ? "person" : undefined;
}

function patternIn(message: string, { patterns = {} }: Lexicon): Intent | undefined {
  if (message.length > MAX_PATTERN) return undefined;
  const found = Object.entries(patterns).find(([, pattern]) => pattern.test(message));
  return found?.[0] as Intent | undefined;
}

/** What a word of a message that is no question expresses. Such a message may still ask something. */
function feelingIn(message: string): "complaint" | "feedback" | undefined {
  if (asksSomething(message) || message.includes("？")) return undefined;
  const words = lexica().flatMap((lexicon) => lexicon.read(message, MAX_FEELING_WORDS));
  return (["complaint", "feedback"] as const).find((one) =>
    words.some((classes) => classes?.has(one)),
  );
}

/** What the clauses of a message wish only together. */
function wholeWish(
  message: string,
  clauses: number,
  lexicon: Lexicon,
): "person" | "human" | undefined {
  if (clauses < 2 || clauses > MAX_JOINED) return undefined;
  const words = lexicon.read(message, MAX_WORDS + 1);
  if (words.length > MAX_WORDS || words.some((classes) => !classes)) return undefined;
  const wish = wishIn(new Set(words.flatMap((classes) => [...(classes ?? [])])), words.length);
  return wish === "person" || wish === "human" ? wish : undefined;
}

function personWanted(rest: string | undefined): Asked {
  return { intent: "person", contact: { wish: "person", rest, questions: [] } };
}

function toAsked(
  wish: (typeof BY_WEIGHT)[number],
  rest: string | undefined,
  lexicon: Lexicon,
): Asked {
  switch (wish) {
    case "person":
      return personWanted(rest);
    case "phone":
    case "email":
    case "any":
    case "hours": {
      const asks = wish === "hours" ? "hours" : "reach";
      const both = [lexicon.questions, ENGLISH.asks.questions].map((one) => one?.[asks]);
      const questions = [...new Set(both)].filter((one) => one !== undefined);
      return { contact: { wish, rest, questions } };
    }
    default:
      return { intent: wish };
  }
}

/** What a clause asks for; undefined where it says something that the lists lack. */
function wishOf(clause: string, end: string, lexicon: Lexicon): Wish | undefined {
  if (smallTalkIn(clause)) return null;
  if (OTHER_PERSON.test(clause)) return undefined;
  const words = lexicon.read(clause, MAX_WORDS + 1);
  if (words.length > MAX_WORDS) return undefined;
  const said = new Set<WordClass>();
  let unknown = 0;
  for (const classes of words) {
    // What it is about changes nothing in the wish: "… speak to somebody about my order".
    if (classes?.has("about") && unknown === 0)
      return wishIn(said, words.length) === "person" ? "person" : undefined;
    if (!classes) unknown++;
    for (const name of classes ?? []) said.add(name);
  }
  if (unknown === 0) return wishIn(said, words.length) ?? null;
  // "Hand me over to a human": a rare verb changes nothing, but a noun behind the person may.
  const isPersonLast = words.at(-1)?.has("person") && words.length <= MAX_WISH_WORDS;
  if (unknown === 1 && isPersonLast && (said.has("me") || said.has("speak"))) return "person";
  const { least, most } = INSULT_WORDS;
  const isInsult = said.has("insult") && said.has("you") && !end.includes("?");
  return isInsult && unknown === 1 && words.length >= least && words.length <= most
    ? "abuse"
    : undefined;
}

function wishIn(said: Set<WordClass>, words: number): Exclude<Wish, null> | undefined {
  const has = (...names: WordClass[]): boolean => names.some((name) => said.has(name));
  if (asksWhoAnswers(has)) return "human";
  // "Can I take another person with me?" asks for nobody.
  const isWanted = has("speak", "real") || (words <= MAX_BARE && !has("are"));
  if ((has("person") && isWanted) || (has("anyone") && has("speak", "real"))) return "person";
  // "Somebody of customer service, please".
  if (has("anyone") && has("want") && words > 2 && words <= MAX_BARE) return "person";
  if (has("call") && has("me") && words > 1 && !has("name")) return "person";
  // "No bots, please." "The machine is not working."
  if (has("machine")) return has("not") && has("want") && !has("mine") ? "person" : undefined;
  const way = has("mine", "not") ? undefined : wayIn(has, words);
  if (way) return way;
  if (has("tongue")) return "language";
  if (has("insult")) return "abuse";
  if (has("test")) return "test";
  if (has("chat") || (has("name") && has("you") && !has("ours"))) return "chat";
  return has("reach") && !has("mine") ? "any" : undefined;
}

/** The way to reach the company that is asked for. */
function wayIn(
  has: (...names: WordClass[]) => boolean,
  words: number,
): "phone" | "email" | "hours" | undefined {
  if (has("phoneNumber") || (has("phone") && has("ours", "you") && words > 1)) return "phone";
  if (has("emailAddress") || (has("email") && has("ours", "you") && words > 1)) return "email";
  const isOpen = has("open") && has("you") && has("when");
  return has("hours") || isOpen ? "hours" : undefined;
}

/** "Are you a robot?", "am I talking to a real person": no wish, and nothing turned down. */
function asksWhoAnswers(has: (...names: WordClass[]) => boolean): boolean {
  const isPerson = has("person", "anyone");
  if (has("machine"))
    return has("you", "speak", "person") && !has("not", "mine") && !(has("want") && isPerson);
  if (has("open", "hours", "complaint", "feedback")) return false;
  return has("are") && has("you", "speak") && (isPerson || has("real")) && !has("want");
}
