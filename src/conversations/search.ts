import type { HistoryMessage } from "../answering/history.ts";
import { inContext } from "../answering/in-context.ts";
import { readMessage } from "../answering/read-message.ts";
import { replayHistory } from "../answering/replay-history.ts";
import { searchDocuments, type Found } from "../answering/search-documents.ts";
import { piecesOf, withVectors } from "../answering/sub-queries.ts";
import { queryInContext } from "../answering/understand.ts";
import { allowanceStatement, isOutOfNeurons, toAllowance } from "../limits/quotas.ts";
import { liveRelease, overlayStatement } from "../releases/live-release.ts";
import type { Leg } from "../retrieval/candidates.ts";
import { embedQuestions } from "../retrieval/embed-questions.ts";
import { explainPlaybook, nearestOf, type ExplainedItem } from "../answering/apply-playbook.ts";
import { messageLanguage } from "../language/message-language.ts";
import { playbookStatement, toPlaybook } from "../playbook/playbook.ts";
import type { Reader } from "../retrieval/visibility.ts";
import { toWordContext, wordContextStatements } from "../retrieval/word-context.ts";
import { batchByName } from "../runtime/named-batch.ts";
import type { Services } from "../runtime/services.ts";
import { countEmbedding } from "./early-embedding.ts";
import { rerankerOf } from "./release-models.ts";

interface Asked {
  query: string;
  /** What was said before it. */
  history: HistoryMessage[];
  legs: Leg[];
  limit: number;
  /** Whether to say which items of the playbook the question is likely to mean. */
  explain: boolean;
}

interface FoundInContext extends Found {
  /** The question that was searched, complete in itself. */
  standalone: string;
  /** The texts that it was searched with, where it depends on what was said before; otherwise empty. */
  variants: string[];
  /** The items of the playbook that the standalone question is likeliest to mean. */
  playbook: ExplainedItem[];
}

/**
 * Searches a workspace's documents with its live release, outside any conversation. The caller has been admitted. A query that depends on its
 * history is searched as a turn would search it. Without neurons left, no model is asked: keywords search alone.
 */
export async function search(
  services: Services,
  reader: Reader,
  { query, history, legs, limit, explain }: Asked,
): Promise<FoundInContext> {
  const { db, config, embedderOf, now } = services;
  const scope = { sql: "?1", value: reader.workspaceId };
  const { context, subQueries: inHistory } =
    history.length > 0
      ? inContext(query, readMessage(query), replayHistory(history))
      : { context: undefined, subQueries: [] };
  const standalone = context?.standalone ?? query;
  const pieces = context ? inHistory.flat() : piecesOf(query);
  const rows = await batchByName(db, {
    allowance: allowanceStatement(db, scope, now()),
    release: overlayStatement(db, scope),
    playbook: playbookStatement(db, scope, config.embeddingModel),
    ...wordContextStatements(
      db,
      { workspace: scope, audience: reader.audience, now: reader.now },
      standalone,
    ),
  });
  const isOut = isOutOfNeurons(toAllowance(rows.allowance[0]));
  const words = toWordContext(rows, reader.workspaceId, config.embeddingModel);
  const { model } = words.generation;
  const { release } = await liveRelease(config, rows.release[0]);
  const texts = legs.includes("vectors") && !isOut ? pieces : [];
  const embedder = embedderOf(model);
  const vectors = texts.length > 0 ? await embedQuestions(embedder, texts) : [];
  const [subQueries = []] = withVectors([pieces], vectors);
  const reranker = isOut ? undefined : rerankerOf(release, services);
  const found = await searchDocuments({
    reader,
    question: context
      ? queryInContext(context, subQueries, words, release.retrieval)
      : { text: query, subQueries, ...words },
    release,
    deps: { db, vectors: services.vectors, reranker },
    legs: isOut ? legs.filter((leg) => leg !== "vectors") : legs,
    limit,
  });
  countEmbedding(services, reader.workspaceId);
  const failedLegs = isOut ? legs.filter((leg) => leg === "vectors") : [];
  return {
    ...found,
    failedLegs: [...found.failedLegs, ...failedLegs],
    standalone,
    variants: context ? pieces : [],
    playbook: !explain
      ? []
      : explainPlaybook(
          toPlaybook({ ...reader, name: release.playbook.name, model }, rows.playbook),
          reader,
          {
            text: standalone,
            pieces: context ? subQueries.slice(0, 1) : subQueries,
            model,
            language: messageLanguage(query, undefined) ?? null,
            nearestPassage: nearestOf(found),
          },
          release.playbook,
        ),
  };
}
