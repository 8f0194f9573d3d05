import { isAnsweredByUs } from "../language/intents.ts";
import { firstWords } from "../language/phrases.ts";
import { contentStems, contentWords } from "../retrieval/query-terms.ts";
import { carryOver } from "./carry-over.ts";
import { chosenOption, chosenPlace, sectionIn } from "./choose.ts";
import { anyContact } from "./asked.ts";
import { dependenceOf, type Dependence } from "./dependence.ts";
import type { History, Option } from "./history.ts";
import { isValue, withRivalReplaced } from "./rival-values.ts";
import { REPLIES } from "./short-reply.ts";
import { asksSomething } from "./sub-queries.ts";
import { searchContact, type ReadMessage, type ReadQuestions } from "./read-message.ts";

/** The standalone question is cut to this length, so that no chain of follow-ups grows without end. */
const MAX_STANDALONE_CHARACTERS = 1000;
/** A reply that opens with yes or no says little more; a longer message is a new question. */
const MAX_REPLY_WORDS = 16;

/** What a message that depends on the conversation is searched with. */
export interface InContext {
  /** `possible`: it may also be a question of its own. */
  dependence: Dependence;
  /** The message as it stands on its own: the question before it, what was added to that, and the message, in lines. */
  standalone: string;
  /** What the message itself says. */
  added: string;
  /** The other texts to search with: the message alone, and the message with what the last answer was about. */
  variants: { kind: "alone" | "evidence"; text: string }[];
  /** The documents that the last answer cites: they are looked at first. */
  cited: string[];
  /** The offered document that the message chooses. */
  chosen: Option | undefined;
}

/** Words that may follow "yes" without punctuation: "yes by card". */
const MAX_UNSEPARATED = 3;

/** Whether the message alone shows that it may depend on what was said before it. Then it is embedded once that is known. */
export function mayDepend(
  typed: string,
  { asked, contact, intent, isGuessed }: ReadMessage,
): boolean {
  if (isYes(replyIn(typed))) return true;
  const isOurs = contact !== undefined || isAnsweredByUs(intent, isGuessed);
  if (isOurs && contact?.rest === undefined) return false;
  return replyIn(typed) !== undefined || dependenceOf(asked) !== undefined;
}

/** A message in its conversation. */
export interface ReadInContext extends ReadQuestions {
  /**
   * Set where the message depends on what was said before it. The sub-queries are then its standalone question and its variants, unless the
   * message is a title that was offered.
   */
  context: InContext | undefined;
}

/**
 * Reads a message in its conversation, without asking a model. "Yes" to our offer of a contact asks for it.
 * @param typed the message with what is said in front of its question
 */
export function inContext(typed: string, told: ReadQuestions, history: History): ReadInContext {
  const read = choosing(told, history.options);
  const reply = replyIn(typed) ?? replyIn(read.message);
  const accepts = isYes(reply) && (history.question !== undefined || history.offersContact);
  const isOurs = read.contact !== undefined || isAnsweredByUs(read.intent, read.isGuessed);
  if (isOurs && read.contact?.rest === undefined && !accepts)
    return { ...read, context: undefined };
  if (accepts && history.offersContact)
    return { ...searchContact(anyContact(history.language), read.message), context: undefined };
  const context = contextOf(read.asked, reply, history);
  if (!context) return { ...read, context };
  // A title that was offered is embedded early, as any message is that does not show that it depends on something.
  // "Yes, thanks" may accept an offer.
  const intent = accepts ? undefined : read.intent;
  if (context.chosen && !mayDepend(typed, read)) return { ...read, intent, context };
  const texts = [context.standalone, ...context.variants.map(({ text }) => text)];
  return { ...read, intent, subQueries: [texts], context };
}

/** What was offered is chosen, whatever else a message like "iOS please" may ask for. */
function choosing(read: ReadQuestions, options: Option[]): ReadQuestions {
  const { message, contact, intent } = read;
  if ((contact ?? intent) === undefined || !chosenOption(message, options)) return read;
  const asked = { asked: message, subQueries: [[message]] };
  return { message, contact: undefined, intent: undefined, isGuessed: false, ...asked };
}

function contextOf(
  asked: string,
  reply: Reply | undefined,
  history: History,
): InContext | undefined {
  const { previous, question } = history;
  const option = chosenOption(asked, history.options);
  // It turns down what was offered.
  if (option === null) return undefined;
  if (option) return chosen(history, option, sectionIn(asked, option.title));
  // "Could you put it another way?" is about nothing that "yes, by card" answers.
  const isAnswer = (one: string): boolean =>
    reply?.rest === "" || sharesWords(one, `${previous ?? ""} ${asked}`);
  if (reply && question !== undefined && isAnswer(question))
    return answering(asked, reply, question, history);
  const place = chosenPlace(asked, history.choices);
  if (place) return chosen(history, { externalId: undefined, title: place.choice }, place.rest);
  const dependence = dependenceOf(asked);
  if (previous === undefined || dependence === undefined) return undefined;
  const { lines, added, isReplaced, isSwitched } = carryOver(previous, asked, history);
  const isBare = isValue(added, history);
  // What the last answer cites is by its title about the value that is replaced.
  const isOther =
    isSwitched && withRivalReplaced([history.evidence ?? ""], added, history) !== undefined;
  const alone = { kind: "alone" as const, text: asked };
  return {
    dependence: isBare ? "clear" : dependence,
    standalone: joined([...lines, ...(isReplaced ? [] : [added])]),
    added,
    variants: [
      // A correction and a value mean nothing by themselves.
      ...(isReplaced || isBare ? [] : [alone]),
      ...(isOther ? [] : evidence(history, previous, added)),
    ],
    cited: isOther ? [] : history.cited,
    chosen: undefined,
  };
}

/**
 * The message with what the last answer was about. An answer that has no word in common with its question and the message ("I couldn't find an
 * answer …") is about neither.
 */
function evidence(
  { question, evidence: said }: History,
  previous: string,
  added: string,
): InContext["variants"] {
  const text = [question, said].find((one) => sharesWords(one, `${previous} ${added}`));
  return text === undefined ? [] : [{ kind: "evidence", text: joined([text, added]) }];
}

function sharesWords(text: string | undefined, other: string): boolean {
  const stems = new Set(contentStems(other));
  return text !== undefined && contentStems(text).some((stem) => stems.has(stem));
}

/** A message that chooses what was offered. "The second one" means nothing by itself, so it is not searched. */
function chosen(history: History, option: Option, rest = ""): InContext {
  const { previous } = history;
  const lines = previous === undefined ? [] : carryOver(previous, option.title, history).lines;
  return {
    dependence: "clear",
    standalone: joined([...lines, option.title, rest]),
    added: joined([option.title, rest]),
    variants: [],
    cited: [],
    chosen: option,
  };
}

/** "Yes please" asks what was offered; "yes, Android" adds to the question before. A mere "no" asks nothing. */
function answering(
  asked: string,
  { says, rest }: Reply,
  question: string,
  { previous, cited }: History,
): InContext | undefined {
  if (rest === "") {
    if (says === "no") return undefined;
    return {
      dependence: "clear",
      standalone: question,
      added: question,
      variants: [],
      cited,
      chosen: undefined,
    };
  }
  const { lines, added } = carryOver(previous ?? "", rest);
  return {
    dependence: "clear",
    standalone: joined([...lines, question, added]),
    added,
    variants: [
      { kind: "alone", text: asked },
      { kind: "evidence", text: joined([question, added]) },
    ],
    cited,
    chosen: undefined,
  };
}

interface Reply {
  says: "yes" | "no";
  /** What follows the yes or no. */
  rest: string;
}

/** A message that opens with yes or no. */
function replyIn(message: string): Reply | undefined {
  const words = firstWords(message, MAX_REPLY_WORDS + 1);
  if (words.length > MAX_REPLY_WORDS) return undefined;
  const phrase = REPLIES.at(words, 0);
  if (!phrase) return undefined;
  const [last, next] = [words[phrase.length - 1], words[phrase.length]];
  const rest = next ? message.slice(next.start).trim() : "";
  // "None of my lamps light up" and "no thanks, how do I clean it?" are no replies.
  const isApart = last !== undefined && /^\s*(?:$|[,.!;:…،。、–—-])/u.test(message.slice(last.end));
  const isBrief = phrase.kind === "yes" && words.length - phrase.length <= MAX_UNSEPARATED;
  const asksAnew = asksSomething(rest) && contentWords(rest).length > 0;
  return (isApart || isBrief) && !asksAnew ? { says: phrase.kind, rest } : undefined;
}

function isYes(reply: Reply | undefined): boolean {
  return reply?.says === "yes" && reply.rest === "";
}

function joined(lines: string[]): string {
  return lines
    .map((line) => line.replace(/\s+/g, " ").trim())
    .filter((line) => line !== "")
    .join("\n")
    .slice(-MAX_STANDALONE_CHARACTERS);
}
