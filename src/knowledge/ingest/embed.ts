import type { Services } from "../../runtime/services.ts";
import { ModelUnavailable } from "../../models/ports.ts";
import { neuronsOfTexts } from "../../models/table.ts";
import { UPSERT_BATCH } from "../../models/vectorize.ts";
import { embeddedText } from "./chunk.ts";
import { divideOnFailure } from "./divide.ts";
import type { MissingVector } from "./missing-vectors.ts";

export interface EmbeddedChunk {
  chunk: MissingVector;
  values: number[];
  /** The estimated cost of the embedding. */
  neurons: number;
}

/** Vectors for one upsert of one index, and the errors of chunks that could not be embedded. */
export interface EmbeddedBatch {
  embedded: EmbeddedChunk[];
  failed: Map<MissingVector, unknown>;
}

/**
 * Embeds chunks, with those of many documents in one call of the model, and yields the vectors of many calls together. A call
 * that fails does not discard the vectors of other calls.
 * @param groupOf chunks of one group fail together; a failed call is divided between groups
 */
export async function* embedChunks(
  { embedderOf }: Pick<Services, "embedderOf">,
  missing: MissingVector[],
  groupOf: (chunk: MissingVector) => unknown,
): AsyncGenerator<EmbeddedBatch> {
  const target = ({ generation }: MissingVector): string =>
    `${generation.index} ${generation.model}`;
  for (const chunks of Map.groupBy(missing, target).values()) {
    const model = chunks[0]?.generation.model ?? "";
    const embedder = embedderOf(model);
    const { batchSize } = embedder;
    let batch: EmbeddedBatch = { embedded: [], failed: new Map() };
    const call = async (groups: MissingVector[][]): Promise<void> => {
      const asked = groups.flat();
      const texts = asked.map((chunk) => embeddedText(chunk.title, chunk));
      const vectors = await embedder.embed(texts, "passage");
      for (const [at, chunk] of asked.entries()) {
        const neurons = neuronsOfTexts(model, texts.slice(at, at + 1));
        batch.embedded.push({ chunk, values: vectors[at] ?? [], neurons });
      }
    };
    for (let start = 0; start < chunks.length; start += batchSize) {
      const groups = Map.groupBy(chunks.slice(start, start + batchSize), groupOf);
      const failed = await divideOnFailure([...groups.values()], call, mayPass);
      for (const [group, error] of failed) {
        for (const chunk of group) batch.failed.set(chunk, error);
      }
      if (batch.embedded.length + batchSize > UPSERT_BATCH) {
        yield batch;
        batch = { embedded: [], failed: new Map() };
      }
    }
    yield batch;
  }
}

/** Whether an error of the embedding model is not caused by the texts. */
export function mayPass(error: unknown): boolean {
  return !(error instanceof ModelUnavailable) || error.transient || error.isUnusable;
}
