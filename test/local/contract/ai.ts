import { expect, it } from "vitest";

interface Embedded {
  shape: number[];
  data: number[][];
}

export interface AiUnderTest {
  ai: () => Ai;
  embeddingModel: string;
  dimensions: number;
}

/** What this project relies on of `env.AI`, wherever it runs. */
export function aiContract({ ai, embeddingModel, dimensions }: AiUnderTest): void {
  // Awaited here: what RPC returns also answers to every property that `expect` looks at, each with a rejection of its own.
  const run = async (model: string, inputs: object): Promise<unknown> =>
    await Reflect.apply(ai().run, ai(), [model, inputs]);
  const embed = async (text: string | string[]): Promise<Embedded> =>
    (await run(embeddingModel, { text })) as Embedded;

  it("embeds one text or several, in their order", async () => {
    const [question, recipe] = ["How do I return a parcel?", "Whisk the eggs with sugar."];
    const both = await embed([question, recipe]);
    expect(both.shape).toEqual([2, dimensions]);
    const alone = await embed(recipe);
    expect(alone.shape).toEqual([1, dimensions]);
    expect(cosine(alone.data[0], both.data[1])).toBeGreaterThan(0.999);
    expect(cosine(alone.data[0], both.data[0])).toBeLessThan(0.8);
  });

  it("puts a paraphrase nearer than another subject", async () => {
    const { data } = await embed([
      "How can I get my money back?",
      "Refunds and reimbursements",
      "Connecting to the wireless network",
    ]);
    expect(cosine(data[0], data[1])).toBeGreaterThan(cosine(data[0], data[2]) + 0.1);
  });

  it("takes 100 texts and refuses 101", async () => {
    const texts = Array.from({ length: 101 }, (_, index) => `text ${index}`);
    expect((await embed(texts.slice(0, 100))).shape).toEqual([100, dimensions]);
    await expect(embed(texts)).rejects.toThrow();
  });

  it("names what an input lacks (5006)", async () => {
    await expect(run(embeddingModel, {})).rejects.toMatchObject({
      name: "InferenceUpstreamError",
      message: expect.stringMatching(/5006: .*required properties at '\/' are/),
    });
  });

  it("does not know a model that does not exist (5007)", async () => {
    await expect(
      run("@cf/edgewise/no-such-model", { messages: [{ role: "user", content: "Hello" }] }),
    ).rejects.toMatchObject({
      name: "InferenceUpstreamError",
      message: expect.stringContaining("5007: No such model @cf/edgewise/no-such-model"),
    });
  });
}

function cosine(a: number[] = [], b: number[] = []): number {
  const dot = (x: number[], y: number[]): number =>
    x.reduce((sum, value, index) => sum + value * (y[index] ?? 0), 0);
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
}
