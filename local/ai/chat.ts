import type { PlatformEnv } from "../env.ts";
import {
  capacityExceeded,
  invalidInput,
  InferenceUpstreamError,
  noSuchModel,
  requestTimeout,
  unavailable,
} from "./errors.ts";

/** The longest wait for the first byte. A model on a laptop can take minutes. */
const TIMEOUT_MS = 300_000;

type ChatInputs = Record<string, unknown>;

/** Inputs with the same meaning for Workers AI's chat models and for an OpenAI-compatible server. */
const FORWARDED = [
  "messages",
  "max_tokens",
  "max_completion_tokens",
  "temperature",
  "top_p",
  "seed",
  "stop",
  "stream",
  "response_format",
  "tools",
  "tool_choice",
  "chat_template_kwargs",
  "reasoning_effort",
] as const;

/**
 * Text generation by the OpenAI-compatible server at LOCAL_CHAT_URL. Answers what current Workers AI chat models answer:
 * an OpenAI chat completion, or its SSE bytes as they come. Without a server it throws the
 * service's error for an unknown model.
 */
export async function runChat(
  env: PlatformEnv,
  model: string,
  inputs: ChatInputs,
  signal?: AbortSignal,
): Promise<object | ReadableStream<Uint8Array>> {
  if (!env.LOCAL_CHAT_URL) throw noSuchModel(model);
  validateChat(inputs);
  const response = await forward(env, model, inputs, signal);
  if (inputs["stream"] === true) {
    if (!response.body) throw unavailable();
    return response.body;
  }
  return await response.json<object>();
}

export function validateChat(inputs: ChatInputs): void {
  const { messages, prompt } = inputs;
  if (messages === undefined && prompt === undefined) {
    throw invalidInput(
      "oneOf at '/' not met, 0 matches: required properties at '/' are 'prompt', required properties at '/' are 'messages'",
    );
  }
  if (messages !== undefined && (!Array.isArray(messages) || messages.length === 0)) {
    throw invalidInput("Length of '/messages' must be >= 1 not met");
  }
}

async function forward(
  env: PlatformEnv,
  model: string,
  inputs: ChatInputs,
  signal: AbortSignal | undefined,
): Promise<Response> {
  const headers = new Headers({ "content-type": "application/json" });
  if (env.LOCAL_CHAT_KEY) headers.set("authorization", `Bearer ${env.LOCAL_CHAT_KEY}`);
  let response: Response;
  try {
    response = await fetch(`${env.LOCAL_CHAT_URL?.replace(/\/$/, "")}/chat/completions`, {
      method: "POST",
      headers,
      body: JSON.stringify(requestBody(env, model, inputs)),
      signal: AbortSignal.any([AbortSignal.timeout(TIMEOUT_MS), ...(signal ? [signal] : [])]),
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw error instanceof Error && error.name === "TimeoutError"
      ? requestTimeout()
      : unavailable();
  }
  if (response.ok) return response;
  throw upstreamError(response.status, await response.text(), model);
}

function requestBody(env: PlatformEnv, model: string, inputs: ChatInputs): Record<string, unknown> {
  const body: Record<string, unknown> = { model: env.LOCAL_CHAT_MODEL || model };
  for (const name of FORWARDED) if (inputs[name] !== undefined) body[name] = inputs[name];
  if (typeof inputs["prompt"] === "string")
    body["messages"] = [{ role: "user", content: inputs["prompt"] }];
  // Workers AI always reports usage in a stream's last chunk; an OpenAI-compatible server has to be asked.
  if (inputs["stream"] === true) body["stream_options"] = { include_usage: true };
  return body;
}

function upstreamError(status: number, body: string, model: string): InferenceUpstreamError {
  if (status === 429 || status === 503) return capacityExceeded();
  if (status === 408 || status === 504) return requestTimeout();
  if (status === 404) return noSuchModel(model);
  if (status === 400 || status === 422) return invalidInput(body.slice(0, 500));
  return unavailable();
}
