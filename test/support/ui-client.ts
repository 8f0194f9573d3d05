import {
  parseJsonEventStream,
  readUIMessageStream,
  uiMessageChunkSchema,
  type UIMessage,
  type UIMessageChunk,
} from "ai";
import { expect } from "vitest";
import type { ChatResult } from "../../src/protocols/chat-schema.ts";

/** Parses a response as the `ai` package's own transport does. A part that its schema refuses is an error. */
export function parseParts(response: Response): ReadableStream<UIMessageChunk> {
  if (!response.body) throw new Error("The response has no body.");
  return parseJsonEventStream({ stream: response.body, schema: uiMessageChunkSchema }).pipeThrough(
    new TransformStream({
      transform(part, controller) {
        if (!part.success) throw part.error;
        controller.enqueue(part.value);
      },
    }),
  );
}

export interface ReadTurn {
  parts: UIMessageChunk[];
  /** What `readUIMessageStream` makes of the parts. */
  message: UIMessage;
  outcome: ChatResult;
  /** The text parts, oldest first. A restart begins a new one. */
  texts: string[];
}

/** Reads a whole turn with the package's `readUIMessageStream`, which throws if parts are in a wrong order. */
export async function readTurn(response: Response): Promise<ReadTurn> {
  expect(response.status).toBe(200);
  expect(response.headers.get("x-vercel-ai-ui-message-stream")).toBe("v1");
  const parts = await Array.fromAsync(parseParts(response));
  let message: UIMessage | undefined;
  const stream = new ReadableStream<UIMessageChunk>({
    start(controller) {
      for (const part of parts) controller.enqueue(part);
      controller.close();
    },
  });
  for await (const state of readUIMessageStream({ stream, terminateOnError: true }))
    message = state;
  if (!message) throw new Error("The stream held no message.");
  expect(parts.at(0)?.type).toBe("start");
  expect(parts.at(-1)?.type).toBe("finish");
  const outcome = message.parts.find((part) => part.type === "data-outcome") as
    | { data: ChatResult }
    | undefined;
  if (!outcome) throw new Error("The message has no outcome.");
  const texts = message.parts.flatMap((part) => (part.type === "text" ? [part.text] : []));
  expect(texts.at(-1)?.trim()).toBe(outcome.data.text);
  return { parts, message, outcome: outcome.data, texts };
}
