import { env } from "cloudflare:workers";
import type { ChatScript, RecordedChat, ScriptedChunk } from "../../local/faults.ts";

interface Usage {
  prompt_tokens: number;
  completion_tokens: number;
}

const USAGE: Usage = { prompt_tokens: 100, completion_tokens: 20 };

/** The stream of a current Workers AI chat model: OpenAI's chunks; the usage is in a chunk without choices. */
export function openAiStream(pieces: string[], usage: Usage = USAGE): ChatScript {
  const chunks = pieces.map((content) =>
    event({ object: "chat.completion.chunk", choices: [{ index: 0, delta: { content } }] }),
  );
  const stop = event({
    object: "chat.completion.chunk",
    choices: [{ index: 0, delta: {}, finish_reason: "stop" }],
  });
  const last = event({ object: "chat.completion.chunk", choices: [], usage: total(usage) });
  return { chunks: [...chunks, stop, last, DONE] };
}

/** The stream of an older Workers AI chat model: events with `response`; the usage is in the last one. */
export function workersAiStream(pieces: string[], usage: Usage = USAGE): ChatScript {
  const chunks = pieces.map((response) => event({ response }));
  return { chunks: [...chunks, event({ response: "", usage: total(usage) }), DONE] };
}

/** The same script, but the connection breaks after some chunks. */
export function brokenAfter(script: ChatScript, chunks: number): ChatScript {
  return { ...script, chunks: [...(script.chunks ?? []).slice(0, chunks), { fail: true }] };
}

/** The same script with a pause before every chunk, so that a test can see streaming happen. */
export function slowed(script: ChatScript, delayMs: number): ChatScript {
  return { ...script, chunks: script.chunks?.map((chunk) => ({ ...chunk, delayMs })) };
}

const DONE: ScriptedChunk = { raw: "data: [DONE]\n\n" };

function event(data: object): ScriptedChunk {
  return { raw: `data: ${JSON.stringify(data)}\n\n` };
}

function total(usage: Usage): Usage & { total_tokens: number } {
  return { ...usage, total_tokens: usage.prompt_tokens + usage.completion_tokens };
}

/** The latest text generation calls, oldest first. The cast is needed because RPC's types drop inputs of any JSON type. */
export async function recordedChats(): Promise<RecordedChat[]> {
  return await (env.CONTROL.chats() as unknown as Promise<RecordedChat[]>);
}
