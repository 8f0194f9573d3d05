import { isAnsweredByUs } from "../language/intents.ts";
import { contentWords } from "../retrieval/query-terms.ts";
import type { History, HistoryMessage } from "./history.ts";
import { NO_HISTORY } from "./history.ts";
import { inContext } from "./in-context.ts";
import { aboutAnswer } from "./last-answer.ts";
import { readMessage } from "./read-message.ts";

/** Messages of a history that are read; what was said longer ago does not count. */
const MAX_REPLAYED = 24;
/** Characters of each that are read, as many as a message may have. */
const MAX_TEXT = 4000;

/** What is known of a conversation whose messages alone are given: each question is made standalone in the order in which they were asked. */
export function replayHistory(messages: HistoryMessage[]): History {
  let previous: string | undefined;
  let answer: ReturnType<typeof aboutAnswer> | undefined;
  for (const { role, text: whole } of messages.slice(-MAX_REPLAYED)) {
    const text = whole.slice(0, MAX_TEXT);
    if (role === "assistant") answer = aboutAnswer(text, []);
    else {
      previous = standaloneOf(text, { ...NO_HISTORY, ...answer, previous });
      answer = undefined;
    }
  }
  return { ...NO_HISTORY, ...answer, previous, messages };
}

/** The standalone question of a message; after one that asks the documents nothing, that of the message before. */
function standaloneOf(text: string, history: History): string | undefined {
  const { asked, message, contact, intent, isGuessed, context } = inContext(
    text,
    readMessage(text),
    history,
  );
  if (context) return context.standalone;
  const isOurs = isAnsweredByUs(intent, isGuessed) && contact?.rest === undefined;
  return isOurs || contentWords(message).length === 0 ? history.previous : asked;
}
