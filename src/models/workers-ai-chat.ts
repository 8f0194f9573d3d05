import type { ChatMessage, ChatModel, ChatPart, CallMeter } from "./ports.ts";
import { readModelStream } from "./model-stream.ts";
import { chatModels, entryOf } from "./table.ts";
import { asModelUnavailable, runModel } from "./workers-ai-run.ts";

/** Low, because an answer should repeat what its sources say. */
const TEMPERATURE = 0.1;

/** A Workers AI text generation model, streamed. */
export function workersAiChat(
  ai: Ai,
  id: string,
  rung: ChatModel["rung"],
  calls: CallMeter,
): ChatModel {
  return {
    id,
    rung,
    stream: answer,
  };

  async function* answer(messages: ChatMessage[], maxTokens: number): AsyncGenerator<ChatPart> {
    const body = await runModel(ai, calls, id, {
      messages,
      max_tokens: maxTokens,
      temperature: TEMPERATURE,
      stream: true,
      ...entryOf(chatModels, id)?.inputs,
    });
    try {
      yield* readModelStream(body as ReadableStream<Uint8Array>);
    } catch (error) {
      throw asModelUnavailable(error);
    }
  }
}
