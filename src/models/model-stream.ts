import { createParser } from "eventsource-parser";
import { z } from "zod";
import { ModelUnavailable, type ChatPart } from "./ports.ts";

/** A token that is a number can arrive as one (github.com/cloudflare/ai/issues/651). */
const tokenSchema = z.union([z.string(), z.number()]).nullish();

/**
 * A text model's server-sent events come in two shapes: Workers AI's own `{"response": "…"}` and OpenAI's chunks with
 * `choices[0].delta.content`. The last event of either carries the token usage; some models add counts to the others too.
 * `reasoning_content` is the model's reasoning, which is no part of the answer and is dropped.
 */
const eventSchema = z.object({
  response: tokenSchema,
  choices: z.array(z.object({ delta: z.object({ content: tokenSchema }).optional() })).nullish(),
  usage: z.object({ prompt_tokens: z.number(), completion_tokens: z.number() }).nullish(),
  error: z.unknown().optional(),
});

/**
 * Parses a model's stream as it arrives.
 * @throws ModelUnavailable when the stream ends without `[DONE]` or a usage event, or carries an error: it was cut.
 */
export async function* readModelStream(body: ReadableStream<Uint8Array>): AsyncGenerator<ChatPart> {
  let complete = false;
  for await (const data of readEventData(body)) {
    if (data === "[DONE]") {
      complete = true;
      break;
    }
    const parts = toParts(data);
    // Usage beside text is the count so far. Usage alone is the stream's last event.
    if (parts.length > 0) complete = parts.every((part) => part.type === "usage");
    yield* parts;
  }
  if (!complete) throw new ModelUnavailable("The model's stream was cut", { transient: true });
}

async function* readEventData(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const events: string[] = [];
  const parser = createParser({ onEvent: (event) => void events.push(event.data) });
  const decoder = new TextDecoder();
  for await (const bytes of body) {
    parser.feed(decoder.decode(bytes, { stream: true }));
    yield* events.splice(0);
  }
  // The last event may lack the blank line that should end it.
  parser.feed("\n\n");
  yield* events.splice(0);
}

function toParts(data: string): ChatPart[] {
  let event: z.infer<typeof eventSchema>;
  try {
    event = eventSchema.parse(JSON.parse(data));
  } catch (cause) {
    throw new ModelUnavailable("The model's stream could not be read", { transient: true, cause });
  }
  if (event.error !== undefined && event.error !== null) {
    throw new ModelUnavailable("The model reported an error in its stream", { transient: true });
  }
  const parts: ChatPart[] = [];
  const delta = String(event.response ?? event.choices?.[0]?.delta?.content ?? "");
  if (delta) parts.push({ type: "text", delta });
  if (event.usage) {
    const { prompt_tokens, completion_tokens } = event.usage;
    parts.push({
      type: "usage",
      usage: { inputTokens: prompt_tokens, outputTokens: completion_tokens },
    });
  }
  return parts;
}
