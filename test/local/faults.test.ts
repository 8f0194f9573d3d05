import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import { EMBEDDING_MODEL } from "../../local/ai/embedding-model.ts";
import { resetFaults, takeFault, type FaultKind } from "../../local/faults.ts";
import {
  brokenAfter,
  openAiStream,
  recordedChats,
  slowed,
  workersAiStream,
} from "../support/chat-script.ts";

const CHAT_MODEL = "@cf/zai-org/glm-4.7-flash";
// Awaited here: what RPC returns also answers to every property that `expect` looks at, each with a rejection of its own.
const run = async (model: string, inputs: object): Promise<unknown> =>
  await Reflect.apply(env.AI.run, env.AI, [model, inputs]);
const embed = (text: string): Promise<unknown> => run(EMBEDDING_MODEL, { text });
const search = async (): Promise<unknown> =>
  await env.VECTORIZE.query(Array.from({ length: 384 }, () => 1));
const chat = (inputs: object = {}): Promise<unknown> =>
  run(CHAT_MODEL, { messages: [{ role: "user", content: "Hello" }], ...inputs });
const stream = async (): Promise<ReadableStream<Uint8Array>> =>
  (await chat({ stream: true })) as ReadableStream<Uint8Array>;

beforeEach(() => env.CONTROL.reset());

describe("planned failures", () => {
  it.each<[FaultKind, string]>([
    ["capacity", "3040: Capacity temporarily exceeded, please try again."],
    ["timeout", "3007: Request timeout"],
    ["unavailable", "error code: 1031"],
  ])("fails the next AI call with %s, and only as often as told", async (kind, message) => {
    await env.CONTROL.failNext({ binding: "ai", kind, times: 2 });
    await expect(embed("one")).rejects.toMatchObject({ name: "InferenceUpstreamError", message });
    await expect(embed("one")).rejects.toThrow(message);
    await expect(embed("one")).resolves.toMatchObject({ shape: [1, 384] });
  });

  it("fails one model and not another", async () => {
    await env.CONTROL.failNext({ binding: "ai", kind: "capacity", model: CHAT_MODEL });
    await embed("one");
    await expect(chat()).rejects.toThrow("3040");
  });

  it("answers wrong dimensions", async () => {
    await env.CONTROL.failNext({ binding: "ai", kind: "wrong-dimensions" });
    await expect(embed("one")).resolves.toMatchObject({ shape: [1, 383] });
    await env.CONTROL.failNext({ binding: "vectorize", kind: "wrong-dimensions" });
    await expect(search()).rejects.toThrow("expected 385 dimensions, and got 384");
  });

  it.each<[FaultKind, string]>([
    ["capacity", "VECTOR_QUERY_ERROR (code = 40041): Too Many Requests"],
    ["timeout", "VECTOR_QUERY_ERROR: Status + 504"],
    ["unavailable", "VECTOR_QUERY_ERROR: Status + 500"],
  ])("fails Vectorize with %s", async (kind, message) => {
    await env.CONTROL.failNext({ binding: "vectorize", kind });
    await expect(search()).rejects.toThrow(message);
    await expect(search()).resolves.toHaveProperty("matches");
  });

  it("cuts a stream in the middle", async () => {
    await env.CONTROL.scriptChat(openAiStream(["One ", "two ", "three ", "four"]));
    await env.CONTROL.failNext({ binding: "ai", kind: "cut-stream" });
    const { text, error } = await readAll(await stream());
    expect(text).toContain("One ");
    expect(text).not.toContain("four");
    expect(error).toBeInstanceOf(Error);
  });
});

describe("random failures", () => {
  const draw = (rate: string, seed: string): (FaultKind | undefined)[] => {
    resetFaults();
    const rates = { AI_ERROR_RATE: rate, FAULT_SEED: seed };
    return Array.from({ length: 1000 }, () => takeFault(rates, "ai"));
  };

  it("come at the rate, and the same for the same seed", () => {
    const drawn = draw("0.2", "7");
    const failed = drawn.filter(Boolean).length;
    expect(failed).toBeGreaterThan(150);
    expect(failed).toBeLessThan(250);
    expect(draw("0.2", "7")).toEqual(drawn);
    expect(draw("0.2", "8")).not.toEqual(drawn);
    expect(draw("0", "7").filter(Boolean)).toEqual([]);
    expect(draw("1", "7").filter(Boolean)).toHaveLength(1000);
  });
});

describe("scripted text generation", () => {
  it("plays both stream shapes of Workers AI byte for byte", async () => {
    await env.CONTROL.scriptChat(
      workersAiStream(["Hi", " there"], { prompt_tokens: 3, completion_tokens: 2 }),
    );
    await env.CONTROL.scriptChat(openAiStream(["Hi"]));
    expect((await readAll(await stream())).text).toBe(
      'data: {"response":"Hi"}\n\ndata: {"response":" there"}\n\n' +
        'data: {"response":"","usage":{"prompt_tokens":3,"completion_tokens":2,"total_tokens":5}}\n\ndata: [DONE]\n\n',
    );
    expect((await readAll(await stream())).text).toContain(
      '"choices":[{"index":0,"delta":{"content":"Hi"}}]',
    );
    await expect(stream()).rejects.toThrow("5007");
  });

  it("really streams: the first bytes arrive while the last are not yet written", async () => {
    await env.CONTROL.scriptChat(slowed(openAiStream(["a", "b", "c"]), 60));
    const started = Date.now();
    const reader = (await stream()).getReader();
    await reader.read();
    const first = Date.now() - started;
    while (!(await reader.read()).done);
    expect(Date.now() - started - first).toBeGreaterThan(150);
  });

  it("breaks the stream at the scripted place", async () => {
    await env.CONTROL.scriptChat(brokenAfter(openAiStream(["a", "b"]), 1));
    const { text, error } = await readAll(await stream());
    expect(text).toContain('"a"');
    expect(error).toBeInstanceOf(Error);
  });

  it("answers an object without stream, and remembers what it was asked", async () => {
    const reply = { choices: [{ message: { role: "assistant", content: "Hello!" } }] };
    await env.CONTROL.scriptChat({ reply });
    expect(await chat({ max_tokens: 5 })).toEqual(reply);
    expect(await recordedChats()).toEqual([
      {
        model: CHAT_MODEL,
        inputs: { messages: [{ role: "user", content: "Hello" }], max_tokens: 5 },
      },
    ]);
  });
});

async function readAll(
  body: ReadableStream<Uint8Array>,
): Promise<{ text: string; error?: unknown }> {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return { text };
      text += value;
    }
  } catch (error) {
    return { text, error };
  }
}
