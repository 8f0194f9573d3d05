import type { PlatformEnv } from "../env.ts";
import { invalidInput, noSuchModel, unavailable } from "./errors.ts";
import { postToServer } from "./openai-server.ts";

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
  const server = { url: env.LOCAL_CHAT_URL, key: env.LOCAL_CHAT_KEY };
  const body = requestBody(env, model, inputs);
  const response = await postToServer(server, "/chat/completions", body, model, signal);
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

function requestBody(env: PlatformEnv, model: string, inputs: ChatInputs): Record<string, unknown> {
  const body: Record<string, unknown> = { model: env.LOCAL_CHAT_MODEL || model };
  for (const name of FORWARDED) if (inputs[name] !== undefined) body[name] = inputs[name];
  if (typeof inputs["prompt"] === "string")
    body["messages"] = [{ role: "user", content: inputs["prompt"] }];
  // Workers AI always reports usage in a stream's last chunk; an OpenAI-compatible server has to be asked.
  if (inputs["stream"] === true) body["stream_options"] = { include_usage: true };
  return body;
}
