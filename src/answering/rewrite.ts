import { withIdleTimeout } from "../models/deadline.ts";
import type { ChatMessage, ChatModel, TokenUsage } from "../models/ports.ts";
import { NO_TOKENS, usageOf } from "../models/token-usage.ts";
import { Pseudonyms } from "../privacy/pseudonyms.ts";
import { contentStems } from "../retrieval/query-terms.ts";
import { estimateTokens } from "../text/tokens.ts";
import { withoutInvisible } from "../text/invisible-characters.ts";
import { wordsOf } from "../text/words.ts";
import type { HistoryMessage } from "./history.ts";
import { buildRewritePrompt } from "./prompt.ts";

/** Two turns. More of them make a rewritten question worse. */
const MAX_MESSAGES = 4;
const MAX_TOKENS = 80;
const MAX_CHARACTERS = 300;
/** Share of its content words that a rewritten question has from the conversation. The others may be of another form. Chosen, not measured. */
const KNOWN_WORDS = 0.6;
/** Share of the message's content words that it keeps: a correction drops "I meant". Chosen, not measured. */
const KEPT_WORDS = 0.5;

interface Terms {
  /** Milliseconds until the question is there, or is done without. */
  left: () => number;
  /** Hexadecimal digits that choose the prompt's mark. */
  random: string;
  hidesPersonalData: boolean;
  /** Counts tokens that the model uses: those of its prompt at once, because a model that is late has read it, too. */
  spend: (usage: TokenUsage) => void;
}

/**
 * Asks a language model for a follow-up as a question that is complete in itself. It never rejects. The question is searched for with
 * keywords and shown to the model that answers; it becomes no action.
 * @returns undefined where the model is late, or says something else
 */
export async function rewrite(
  model: ChatModel,
  { message, messages }: { message: string; messages: HistoryMessage[] },
  { left, random, hidesPersonalData, spend }: Terms,
): Promise<string | undefined> {
  const last = messages.slice(-MAX_MESSAGES);
  const texts = [message, ...last.map(({ text }) => text)].map(withoutInvisible);
  const pseudonyms = hidesPersonalData ? new Pseudonyms(texts) : undefined;
  const hide = (text: string): string => pseudonyms?.hide(withoutInvisible(text)) ?? text;
  const hidden = last.map(({ role, text }) => ({ role, text: hide(text) }));
  const prompt = buildRewritePrompt({ message: hide(message), messages: hidden }, random);
  const expected = estimateTokens(prompt.messages.map(({ content }) => content).join("\n"));
  spend({ inputTokens: expected, outputTokens: 0 });
  const { text, isWhole, usage } = await reply(model, prompt.messages, left);
  const more = Math.max(0, usage.inputTokens - expected);
  spend({ inputTokens: more, outputTokens: usage.outputTokens });
  const [line = ""] = text.replaceAll(prompt.mark, " ").trim().split("\n");
  const question = (pseudonyms?.restore(line) ?? line).replace(/\s+/gu, " ").trim();
  return isWhole && completes(texts, question) ? question : undefined;
}

/** What a model replies until it ends, or until there is no time left. */
async function reply(
  model: ChatModel,
  messages: ChatMessage[],
  left: () => number,
): Promise<{ text: string; isWhole: boolean; usage: TokenUsage }> {
  let received = "";
  let usage = NO_TOKENS;
  let isWhole = true;
  try {
    const parts = model.stream(messages, MAX_TOKENS);
    for await (const part of withIdleTimeout(parts, model.id, left)) {
      if (part.type === "usage") usage = part.usage;
      else received += part.delta;
    }
  } catch (error) {
    console.warn("rewrite: without a model", { model: model.id, error: String(error) });
    isWhole = false;
  }
  return { text: received, isWhole, usage: usageOf({ messages, received, usage }) };
}

/**
 * Whether a question completes the message by what was said: it keeps most of the message's words and adds some, has no other number or code,
 * and few words of its own.
 */
function completes([message = "", ...history]: string[], question: string): boolean {
  if (question === "" || question.length > MAX_CHARACTERS) return false;
  const said = [message, ...history].join("\n");
  const words = new Set(wordsOf(said));
  if (wordsOf(question).some((word) => /\p{N}/u.test(word) && !words.has(word))) return false;
  const own = new Set(contentStems(question));
  const asked = new Set(contentStems(message));
  const known = own.intersection(new Set(contentStems(said)));
  const kept = own.intersection(asked);
  return (
    own.size > kept.size &&
    kept.size >= KEPT_WORDS * asked.size &&
    known.size >= KNOWN_WORDS * own.size
  );
}
