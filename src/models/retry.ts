import { ModelUnavailable, type ChatMessage, type ChatModel, type ChatPart } from "./ports.ts";

/**
 * The same model, asked once more where it is out of capacity before its first part: such errors pass within moments. The pause is of random
 * length, so that those who were refused together do not come back together.
 */
export function askedOnceMore(model: ChatModel, pause: () => Promise<void>): ChatModel {
  return { ...model, stream };

  async function* stream(messages: ChatMessage[], maxTokens: number): AsyncGenerator<ChatPart> {
    let hasBegun = false;
    try {
      for await (const part of model.stream(messages, maxTokens)) {
        hasBegun = true;
        yield part;
      }
      return;
    } catch (error) {
      if (hasBegun || !(error instanceof ModelUnavailable) || !error.isOutOfCapacity) throw error;
    }
    await pause();
    yield* model.stream(messages, maxTokens);
  }
}
