import { env } from "cloudflare:workers";
import type { Env } from "../../src/env.ts";
import { CHAT_MODEL } from "./workspace.ts";

/** A chat model that sends each piece of its answer only when the test calls `say`, so that the test can act in between. */
export function gatedModel(): {
  overrides: Partial<Env>;
  say: (text: string) => void;
  end: () => void;
  /** Whether the reader has cancelled the model's stream. */
  cancelled: () => boolean;
} {
  const encoder = new TextEncoder();
  let model: ReadableStreamDefaultController<Uint8Array> | undefined;
  let cancelled = false;
  const stream = new ReadableStream<Uint8Array>({
    start(controller) {
      model = controller;
    },
    cancel() {
      cancelled = true;
    },
  });
  const send = (data: string): void => model?.enqueue(encoder.encode(`data: ${data}\n\n`));
  const run = async (id: string, inputs: object): Promise<unknown> =>
    id === CHAT_MODEL ? stream : await Reflect.apply(env.AI.run, env.AI, [id, inputs]);
  return {
    overrides: { CHAT_MODEL, AI: { run } as unknown as Ai },
    say: (text) => send(JSON.stringify({ response: text })),
    end() {
      send(JSON.stringify({ response: "", usage: { prompt_tokens: 9, completion_tokens: 4 } }));
      send("[DONE]");
      model?.close();
    },
    cancelled: () => cancelled,
  };
}
