import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readModelStream } from "../../src/models/model-stream.ts";
import { ModelUnavailable, type ChatPart } from "../../src/models/ports.ts";
import { openAiStream, workersAiStream } from "../support/chat-script.ts";

const encoder = new TextEncoder();
const PIECES = ["Größe ", "😀 ", "中文", "“5 €”\n", "data: x", " end"];
const USAGE = { prompt_tokens: 7, completion_tokens: 3 };

function streamOf(chunks: Uint8Array[]): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk);
      controller.close();
    },
  });
}

async function read(
  chunks: Uint8Array[],
): Promise<{ text: string; usage: unknown; error: unknown }> {
  const parts: ChatPart[] = [];
  let error: unknown;
  try {
    for await (const part of readModelStream(streamOf(chunks))) parts.push(part);
  } catch (caught) {
    error = caught;
  }
  const text = parts.map((part) => (part.type === "text" ? part.delta : "")).join("");
  return { text, usage: parts.findLast((part) => part.type === "usage")?.usage, error };
}

const readEvents = (...events: unknown[]): ReturnType<typeof read> =>
  read(
    events.map((data) =>
      encoder.encode(`data: ${typeof data === "string" ? data : JSON.stringify(data)}\n\n`),
    ),
  );

const chunk = (delta: object, more: object = {}): object => ({
  object: "chat.completion.chunk",
  choices: [{ index: 0, delta }],
  ...more,
});

describe("a model's stream", () => {
  it.each([
    ["Workers AI", workersAiStream(PIECES, USAGE)],
    ["OpenAI", openAiStream(PIECES, USAGE)],
  ])("in the shape of %s reads the same wherever its bytes are cut", async (_, script) => {
    const bytes = encoder.encode(script.chunks?.map(({ raw }) => raw).join(""));
    const ends = fc.array(fc.integer({ min: 0, max: bytes.length }), { maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(ends, async (cuts) => {
        const at = [0, ...cuts.toSorted((a, b) => a - b), bytes.length];
        const pieces = at.slice(1).map((end, index) => bytes.slice(at[index], end));
        expect(await read(pieces)).toEqual({
          text: PIECES.join(""),
          usage: { inputTokens: 7, outputTokens: 3 },
          error: undefined,
        });
      }),
      { numRuns: 60 },
    );
    const single = Array.from(bytes, (_byte, index) => bytes.slice(index, index + 1));
    expect((await read(single)).text).toBe(PIECES.join(""));
  });

  it("keeps the answer and drops the reasoning", async () => {
    const { text, error } = await readEvents(
      chunk({ role: "assistant", content: "" }),
      chunk({ reasoning_content: "The visitor asks about " }),
      chunk({ reasoning_content: null, reasoning: "hm", content: null }),
      chunk({ content: "Hello" }),
      "[DONE]",
    );
    expect({ text, error }).toEqual({ text: "Hello", error: undefined });
  });

  // https://github.com/cloudflare/ai/issues/651: a token that is a number arrives as one, and usage in every chunk.
  it("reads tokens that arrive as JSON numbers, and usage that arrives in every chunk", async () => {
    const each = { usage: { prompt_tokens: 0, completion_tokens: 1, total_tokens: 1 } };
    const openAi = await readEvents(
      chunk({ content: "It takes " }, each),
      chunk({ content: 3 }, each),
      chunk({ content: " days [" }, each),
      chunk({ content: 1 }, each),
      chunk({ content: "]" }, each),
      { choices: [], usage: USAGE },
      "[DONE]",
    );
    expect(openAi).toEqual({
      text: "It takes 3 days [1]",
      usage: { inputTokens: 7, outputTokens: 3 },
      error: undefined,
    });
    const workersAi = await readEvents(
      { response: "It takes " },
      { response: 0 },
      { response: "", usage: USAGE },
    );
    expect(workersAi).toMatchObject({ text: "It takes 0", error: undefined });
  });

  it.each<[string, unknown[]]>([
    ["ends without an end", [{ response: "Half" }]],
    [
      "ends without an end, though usage came in every chunk",
      [chunk({ content: "Half" }, { usage: USAGE })],
    ],
    ["ends before anything", []],
    ["holds no JSON", [{ response: "Half" }, "<html>"]],
    ["holds an error", [{ response: "Half" }, { error: { message: "out of memory" } }]],
    ["holds something else", [{ response: "Half" }, { response: { a: 1 } }]],
  ])("that %s was cut", async (_, events) => {
    const { text, error } = await readEvents(...events);
    expect("Half").toContain(text);
    expect(error).toBeInstanceOf(ModelUnavailable);
    expect(error).toMatchObject({ transient: true });
  });

  it("may leave out the blank line at its end, and may use other line ends and comments", async () => {
    const { text, error } = await read([
      encoder.encode(': hi\r\n\r\ndata: {"response":"A"}\r\n\r\ndata: [DONE]'),
    ]);
    expect({ text, error }).toEqual({ text: "A", error: undefined });
  });
});
