import { z } from "zod";
import {
  ModelUnavailable,
  type CallMeter,
  type ChatMessage,
  type ChatModel,
  type ChatPart,
  type FunctionCall,
  type ModelFunction,
  type TokenUsage,
} from "./ports.ts";
import { readModelStream } from "./model-stream.ts";
import { chatModels, entryOf } from "./table.ts";
import { asModelUnavailable, runModel } from "./workers-ai-run.ts";

/** Low, because an answer should repeat what its sources say. */
const TEMPERATURE = 0.1;

/**
 * What a model returns that was given functions, in either shape: Workers AI's own `tool_calls: [{name, arguments}]`, or OpenAI's with
 * `function` and arguments as text.
 */
const calledSchema = z.union([
  z.object({ name: z.string(), arguments: z.unknown() }),
  z
    .object({ function: z.object({ name: z.string(), arguments: z.unknown() }) })
    .transform(({ function: called }) => called),
]);
const tokens = z.object({ prompt_tokens: z.number(), completion_tokens: z.number() }).nullish();
const chosenSchema = z.object({
  tool_calls: z.array(z.unknown()).nullish(),
  choices: z
    .array(z.object({ message: z.object({ tool_calls: z.array(z.unknown()).nullish() }) }))
    .nullish(),
  usage: tokens,
});

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
    ...(entryOf(chatModels, id)?.choosesFunctions && { choose }),
  };

  async function choose(
    messages: ChatMessage[],
    functions: ModelFunction[],
    maxTokens: number,
  ): Promise<{ calls: FunctionCall[]; usage: TokenUsage | undefined }> {
    const body = await runModel(ai, calls, id, {
      messages,
      tools: functions.map((one) => ({ type: "function", function: one })),
      max_tokens: maxTokens,
      temperature: 0,
      ...entryOf(chatModels, id)?.inputs,
    });
    return readChosen(body);
  }

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

function readChosen(body: unknown): { calls: FunctionCall[]; usage: TokenUsage | undefined } {
  const { success, data } = chosenSchema.safeParse(body);
  if (!success)
    throw new ModelUnavailable("The model's choice could not be read", { transient: true });
  const listed = data.tool_calls ?? data.choices?.[0]?.message.tool_calls ?? [];
  const calls = listed.flatMap((one) => {
    const called = calledSchema.safeParse(one);
    return called.success
      ? [{ name: called.data.name, arguments: parsed(called.data.arguments) }]
      : [];
  });
  const usage = data.usage && {
    inputTokens: data.usage.prompt_tokens,
    outputTokens: data.usage.completion_tokens,
  };
  return { calls, usage: usage ?? undefined };
}

/** Arguments that are no JSON stay the text that they are: they fit no schema. */
function parsed(given: unknown): unknown {
  if (typeof given !== "string") return given;
  try {
    return JSON.parse(given === "" ? "{}" : given) as unknown;
  } catch {
    return given;
  }
}
