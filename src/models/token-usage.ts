import { estimateTokens } from "../text/tokens.ts";
import type { ChatMessage, TokenUsage } from "./ports.ts";

export const NO_TOKENS: TokenUsage = { inputTokens: 0, outputTokens: 0 };

interface ModelRun {
  messages: ChatMessage[];
  /** What the model has sent. */
  received: string;
  /** What it says that it used. */
  usage: TokenUsage;
}

/**
 * What a model used. Some models report nothing, or only at their end: then it is estimated, so that the budget counts it. A model that
 * sent nothing most likely never ran, and counts as nothing.
 */
export function usageOf({ messages, received, usage }: ModelRun): TokenUsage {
  if (usage.inputTokens + usage.outputTokens > 0) return usage;
  if (!received) return NO_TOKENS;
  const prompt = messages.map(({ content }) => content).join("\n");
  return { inputTokens: estimateTokens(prompt), outputTokens: estimateTokens(received) };
}
