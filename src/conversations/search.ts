import { searchDocuments, type Found } from "../answering/search-documents.ts";
import { piecesOf, withVectors } from "../answering/sub-queries.ts";
import { allowanceStatement, isOutOfNeurons, toAllowance } from "../limits/quotas.ts";
import { liveRelease, overlayStatement } from "../releases/live-release.ts";
import type { Leg } from "../retrieval/candidates.ts";
import { embedQuestions } from "../retrieval/embed-questions.ts";
import type { Reader } from "../retrieval/visibility.ts";
import { toWordContext, wordContextStatements } from "../retrieval/word-context.ts";
import { batchByName } from "../runtime/named-batch.ts";
import type { Services } from "../runtime/services.ts";
import { countEmbedding } from "./early-embedding.ts";
import { rerankerOf } from "./release-models.ts";

/**
 * Searches a workspace's documents with its live release, outside any conversation. The caller has been admitted. Without neurons left,
 * no model is asked: keywords search alone.
 */
export async function search(
  services: Services,
  reader: Reader,
  { query, legs, limit }: { query: string; legs: Leg[]; limit: number },
): Promise<Found> {
  const { db, config, embedderOf, now } = services;
  const scope = { sql: "?1", value: reader.workspaceId };
  const pieces = piecesOf(query);
  const rows = await batchByName(db, {
    allowance: allowanceStatement(db, scope, now()),
    release: overlayStatement(db, scope),
    ...wordContextStatements(
      db,
      { workspace: scope, audience: reader.audience, now: reader.now },
      query,
    ),
  });
  const isOut = isOutOfNeurons(toAllowance(rows.allowance[0]));
  const words = toWordContext(rows, reader.workspaceId, config.embeddingModel);
  const { release } = await liveRelease(config, rows.release[0]);
  const texts = legs.includes("vectors") && !isOut ? pieces : [];
  const embedder = embedderOf(words.generation.model);
  const vectors = texts.length > 0 ? await embedQuestions(embedder, texts) : [];
  const [subQueries = []] = withVectors([pieces], vectors);
  const reranker = isOut ? undefined : rerankerOf(release, services);
  const found = await searchDocuments({
    reader,
    question: { text: query, subQueries, ...words },
    release,
    deps: { db, vectors: services.vectors, reranker },
    legs: isOut ? legs.filter((leg) => leg !== "vectors") : legs,
    limit,
  });
  countEmbedding(services, reader.workspaceId);
  const failedLegs = isOut ? legs.filter((leg) => leg === "vectors") : [];
  return { ...found, failedLegs: [...found.failedLegs, ...failedLegs] };
}
