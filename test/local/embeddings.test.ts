import { env } from "cloudflare:workers";
import { beforeEach, expect, it } from "vitest";
import { EMBEDDING_MODEL } from "../../local/ai/embedding-model.ts";

const run = async (inputs: object): Promise<{ data: number[][] }> =>
  await Reflect.apply(env.AI.run, env.AI, [EMBEDDING_MODEL, inputs]);
const embed = (text: string | string[]): Promise<{ data: number[][] }> => run({ text });
/** A text that no earlier run can have left in the cache on disk. */
const fresh = (): string => `A passage numbered ${crypto.randomUUID()} about planting basil`;

beforeEach(() => env.CONTROL.reset());

it("the local embedding model computes a text once and then reads the same vector from the cache", async () => {
  const text = fresh();
  const first = await embed(text);
  expect(await env.CONTROL.stats()).toMatchObject({
    aiCalls: 1,
    textsRequested: 1,
    textsComputed: 1,
    cacheHits: 0,
  });
  await expect
    .poll(async () => {
      await env.CONTROL.reset();
      const again = await embed([fresh(), text]);
      expect(again.data[1]).toEqual(first.data[0]);
      return await env.CONTROL.stats();
    })
    .toMatchObject({ textsRequested: 2, textsComputed: 1, cacheHits: 1 });
});

it("a question is embedded before a waiting batch of passages", async () => {
  await embed(fresh());
  const finished: string[] = [];
  // Long enough that the question arrives while it is computed, on a busy machine, too.
  const batch = embed(Array.from({ length: 48 }, fresh)).then(() => finished.push("batch"));
  await scheduler.wait(20);
  const question = embed(fresh()).then(() => finished.push("question"));
  await Promise.all([batch, question]);
  expect(finished).toEqual(["question", "batch"]);
});

it.each([
  [{}, "required properties at '/' are 'text'"],
  [{ text: [] }, "Length of '/text' must be >= 1 not met"],
  [{ text: "" }, "Length of '/text' must be >= 1 not met"],
  [{ text: ["a", 3] }, "Type mismatch of '/text/1', 'string' not in 'number'"],
])("the local embedding model refuses %j as Workers AI does", async (inputs, message) => {
  await expect(run(inputs)).rejects.toThrow(`5006: Error: ${message}`);
});
