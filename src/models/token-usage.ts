import { estimateTokens } from "../text/tokens.ts";
import type { ChatMessage, TokenUsage } from "./ports.ts";

export const NO_TOKENS: TokenUsage = { inputTokens: 0, outputTokens: 0 };

/**
 * What a model used. Some models report nothing, or only at their end: then it is estimated, so that the budget counts it. A model that
 * sent nothing most likely never ran, and counts as nothing.
 * @param received what it has sent
 * @param reported what it says that it used
 */
export function usageOf(
  messages: ChatMessage[],
  received: string,
  reported: TokenUsage,
): TokenUsage {
  if (reported.inputTokens + reported.outputTokens > 0) return reported;
  if (!received) return NO_TOKENS;
  const prompt = messages.map(({ content }) => content).join("\n");
  return { inputTokens: estimateTokens(prompt), outputTokens: estimateTokens(received) };
}
