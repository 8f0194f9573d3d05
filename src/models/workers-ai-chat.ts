import { withoutSilence } from "./deadline.ts";
import type { ChatMessage, ChatModel, ChatPart, CallMeter } from "./ports.ts";
import { readModelStream } from "./model-stream.ts";
import { chatModels } from "./table.ts";
import { asModelUnavailable } from "./workers-ai-errors.ts";

/** Support answers should repeat the sources, not vary them. */
const TEMPERATURE = 0.1;

/** A Workers AI text generation model, streamed. */
export function workersAiChat(
  ai: Ai,
  id: string,
  rung: ChatModel["rung"],
  calls: CallMeter,
): ChatModel {
  // The binding's own types list every hosted model by name; ours is configuration.
  const client = ai as unknown as {
    run(model: string, input: Record<string, unknown>): Promise<ReadableStream<Uint8Array>>;
  };
  return {
    id,
    rung,
    stream: (messages, maxTokens) => withoutSilence(answer(messages, maxTokens), id),
  };

  async function* answer(messages: ChatMessage[], maxTokens: number): AsyncGenerator<ChatPart> {
    try {
      const body = await calls.track("ai", () =>
        client.run(id, {
          messages,
          max_tokens: maxTokens,
          temperature: TEMPERATURE,
          stream: true,
          ...chatModels[id]?.inputs,
        }),
      );
      yield* readModelStream(body);
    } catch (error) {
      throw asModelUnavailable(error);
    }
  }
}
