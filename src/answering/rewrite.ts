import { withIdleTimeout } from "../models/deadline.ts";
import {
  ModelUnavailable,
  type ChatMessage,
  type ChatModel,
  type TokenUsage,
} from "../models/ports.ts";
import { NO_TOKENS, usageOf } from "../models/token-usage.ts";
import { Pseudonyms } from "../privacy/pseudonyms.ts";
import { contentStems } from "../retrieval/query-terms.ts";
import { withoutInvisible } from "../text/invisible-characters.ts";
import { wordsOf } from "../text/words.ts";
import type { HistoryMessage } from "./history.ts";
import { buildRewritePrompt } from "./prompt.ts";

/** What a model made of a follow-up. */
export interface Rewritten {
  /** The follow-up as a question that is complete in itself; undefined where the model was late or said something else. */
  question: string | undefined;
  model: string;
  usage: TokenUsage;
}

/** Two turns. More of them make a rewritten question worse. */
const MAX_MESSAGES = 4;
const MAX_TOKENS = 80;
const MAX_CHARACTERS = 300;
/** Share of its content words that a rewritten question has from the conversation. The others may be of another form. Chosen, not measured. */
const KNOWN_WORDS = 0.6;

interface Terms {
  /** Milliseconds until the question is there, or is done without. */
  left: () => number;
  /** Hexadecimal digits that choose the prompt's mark. */
  random: string;
  hidesPersonalData: boolean;
}

/**
 * Asks a language model for a follow-up as a question that is complete in itself. It never rejects. The question is searched for with
 * keywords and shown to the model that answers; it becomes no action.
 */
export async function rewrite(
  model: ChatModel,
  { message, messages }: { message: string; messages: HistoryMessage[] },
  { left, random, hidesPersonalData }: Terms,
): Promise<Rewritten> {
  const last = messages.slice(-MAX_MESSAGES);
  const texts = [message, ...last.map(({ text }) => text)].map(withoutInvisible);
  const pseudonyms = hidesPersonalData ? new Pseudonyms(texts) : undefined;
  const hide = (text: string): string => pseudonyms?.hide(withoutInvisible(text)) ?? text;
  const hidden = last.map(({ role, text }) => ({ role, text: hide(text) }));
  const prompt = buildRewritePrompt({ message: hide(message), messages: hidden }, random);
  const said = await reply(model, prompt.messages, left);
  const [line = ""] = said.text.replaceAll(prompt.mark, " ").trim().split("\n");
  const question = (pseudonyms?.restore(line) ?? line).replace(/\s+/gu, " ").trim();
  const isUsable = said.isWhole && isMadeOf(texts, question);
  return { question: isUsable ? question : undefined, model: model.id, usage: said.usage };
}

/** What a model replies until it ends, or until there is no time left. */
async function reply(
  model: ChatModel,
  messages: ChatMessage[],
  left: () => number,
): Promise<{ text: string; isWhole: boolean; usage: TokenUsage }> {
  let text = "";
  let reported = NO_TOKENS;
  let isWhole = true;
  try {
    const parts = model.stream(messages, MAX_TOKENS);
    for await (const part of withIdleTimeout(parts, model.id, left)) {
      if (part.type === "usage") reported = part.usage;
      else text += part.delta;
    }
  } catch (error) {
    if (!(error instanceof ModelUnavailable)) throw error;
    console.warn("rewrite: without a model", { model: model.id, error: error.message });
    isWhole = false;
  }
  return { text, isWhole, usage: usageOf(messages, text, reported) };
}

/** Whether a question is made of what was said: it has no other number or code, and few other words. */
function isMadeOf(texts: string[], question: string): boolean {
  if (question === "" || question.length > MAX_CHARACTERS) return false;
  const said = texts.join("\n");
  const words = new Set(wordsOf(said));
  if (wordsOf(question).some((word) => /\p{N}/u.test(word) && !words.has(word))) return false;
  const stems = new Set(contentStems(said));
  const own = contentStems(question);
  return own.filter((stem) => stems.has(stem)).length >= KNOWN_WORDS * own.length;
}
