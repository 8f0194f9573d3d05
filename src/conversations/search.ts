import { searchDocuments, type Found } from "../answering/search-documents.ts";
import { embeddedTexts, piecesOf, withVectors } from "../answering/sub-queries.ts";
import { liveRelease, overlayStatement } from "../releases/live-release.ts";
import type { Leg, Reader } from "../retrieval/candidates.ts";
import { toWordContext, wordContextStatements } from "../retrieval/word-context.ts";
import { batchByName } from "../runtime/named-batch.ts";
import type { Services } from "../runtime/services.ts";
import { countEmbedding, startEmbedding } from "./early-embedding.ts";
import { rerankerOf } from "./release-models.ts";

/** Searches a workspace's documents with its live release, outside any conversation. The caller has been admitted. */
export async function search(
  services: Services,
  reader: Reader,
  { query, legs, limit }: { query: string; legs: Leg[]; limit: number },
): Promise<Found> {
  const { db, config } = services;
  const scope = { sql: "?1", value: reader.workspaceId };
  const pieces = piecesOf(query);
  const texts = legs.includes("vectors") ? embeddedTexts(query, [pieces]) : [];
  const embedding = startEmbedding(services, reader.workspaceId, texts);
  embedding.verified();
  const [rows] = await Promise.all([
    batchByName(db, {
      release: overlayStatement(db, scope),
      ...wordContextStatements(db, scope, query),
    }),
    embedding.started,
  ]);
  const words = toWordContext(rows, reader.workspaceId, config.embeddingModel);
  const { release } = await liveRelease(config, rows.release[0]);
  const [subQueries = []] = withVectors([pieces], await embedding.settle(words.generation));
  const found = await searchDocuments({
    reader,
    question: { text: query, subQueries, ...words },
    release,
    deps: { db, vectors: services.vectors, reranker: rerankerOf(release, services) },
    legs,
    limit,
  });
  countEmbedding(services, reader.workspaceId);
  return found;
}
