import { ModelUnavailable, type Embedder, type CallMeter } from "./ports.ts";
import { embeddingModel, neuronsOfTexts } from "./table.ts";
import { asModelUnavailable } from "./workers-ai-errors.ts";

/** Texts in one call: the service's documented maximum. */
export const EMBEDDING_BATCH = 100;

interface EmbeddingOutput {
  data: number[][];
}

export function workersAiEmbedder(ai: Ai, model: string, calls: CallMeter): Embedder {
  const facts = embeddingModel(model);
  // The binding's own types list every hosted model by name; ours is configuration.
  const client = ai as unknown as {
    run(model: string, input: { text: string[] }): Promise<EmbeddingOutput>;
  };

  async function embedBatch(texts: string[]): Promise<number[][]> {
    let output: EmbeddingOutput;
    try {
      output = await calls.track("ai", () => client.run(model, { text: texts }));
    } catch (error) {
      throw asModelUnavailable(error);
    }
    calls.neurons += neuronsOfTexts(model, texts);
    const vectors = output?.data;
    const complete =
      Array.isArray(vectors) &&
      vectors.length === texts.length &&
      vectors.every((vector) => vector.length === facts.dimensions);
    if (!complete) {
      throw new ModelUnavailable(
        `${model} did not answer ${texts.length} vectors of ${facts.dimensions} dimensions`,
        { transient: false },
      );
    }
    return vectors;
  }

  return {
    model,
    dimensions: facts.dimensions,
    batchSize: EMBEDDING_BATCH,
    async embed(texts, kind) {
      const prefix = kind === "query" ? facts.queryPrefix : facts.passagePrefix;
      const vectors: number[][] = [];
      for (let start = 0; start < texts.length; start += EMBEDDING_BATCH) {
        const batch = texts.slice(start, start + EMBEDDING_BATCH).map((text) => prefix + text);
        vectors.push(...(await embedBatch(batch)));
      }
      return vectors;
    },
  };
}
