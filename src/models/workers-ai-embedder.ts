import { ModelUnavailable, type Embedder, type CallMeter } from "./ports.ts";
import { embeddingModel, neuronsOfTexts } from "./table.ts";
import { runModel } from "./workers-ai-run.ts";

/** Texts in one call: the service's documented maximum. */
const EMBEDDING_BATCH = 100;

export function workersAiEmbedder(ai: Ai, model: string, calls: CallMeter): Embedder {
  const facts = embeddingModel(model);

  async function embedBatch(texts: string[]): Promise<number[][]> {
    const output = await runModel(ai, calls, model, { text: texts });
    calls.neurons += neuronsOfTexts(model, texts);
    const vectors = (output as { data: number[][] } | undefined)?.data;
    const complete =
      Array.isArray(vectors) &&
      vectors.length === texts.length &&
      vectors.every((vector) => vector.length === facts.dimensions);
    if (!complete) {
      throw new ModelUnavailable(
        `${model} did not answer ${texts.length} vectors of ${facts.dimensions} dimensions`,
        { transient: false, isUnusable: true },
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
