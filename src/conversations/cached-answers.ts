import type { CachedAnswer } from "../answering/cached-answer.ts";
import { decidingWords } from "../answering/deciding-words.ts";
import type { Source } from "../citations/source.ts";
import { sha256Hex } from "../crypto/hash.ts";
import type { LanguageCode } from "../language/language.ts";
import { dayOf } from "../limits/quotas.ts";
import type { ModelUsage } from "../models/ports.ts";
import { embeddingModel } from "../models/table.ts";
import { MAX_CACHED_AGE_MS } from "../privacy/retention.ts";
import { visibleTo } from "../retrieval/visibility.ts";
import { cosine, decodeVectors, encodeVectors } from "../text/vectors.ts";
import type { WorkspaceSettings } from "../workspaces/settings.ts";

/** What a kept answer is found by. Two readers share an answer only if all of it is equal, but for the wording of the question. */
export interface CacheKey {
  workspaceId: string;
  /** What the reader may see. */
  audience: string[];
  release: string;
  /** Of the reply; null where neither the message nor the conversation tells one. */
  language: LanguageCode | null;
  /** A model is told these. */
  names: Pick<WorkspaceSettings, "company_name" | "assistant_name">;
  question: string;
  /** Of the question; null where it is divided, depends on the conversation, or could not be embedded. */
  embedded: { model: string; vector: number[] } | null;
}

interface Row {
  text: string;
  sources: string;
  question: string;
  embedding: string | null;
  embedding_model: string | null;
  model: string;
  input_tokens: number;
  output_tokens: number;
  created_at: number;
}

/**
 * The statement that finds an answer; a turn batches it with storing the question. It reads one row, whatever is asked. An answer is found
 * only while the reader may see every document that its model was given, in the version that it was given.
 */
export async function cachedAnswerStatement(
  db: D1Database,
  key: CacheKey,
  now: number,
): Promise<D1PreparedStatement> {
  const isCurrent = `d.workspace_id = c.workspace_id AND d.external_id = s.value ->> 'external_id'
    AND d.live_version = s.value ->> 'version' AND d.reader_version = s.value ->> 'reader_version' AND d.status <> 'deleted'
    AND ${visibleTo("d", { audience: "?2", now: "?6", since: "?6" })}`;
  return db
    .prepare(
      `SELECT text, sources, question, embedding, embedding_model, model, input_tokens, output_tokens, created_at
       FROM cached_answers c
       WHERE workspace_id = ?1 AND audience = ?2 AND release = ?3 AND question_hash = ?4 AND created_at > ?5
         AND NOT EXISTS (SELECT 1 FROM json_each(c.sources) s WHERE NOT EXISTS (SELECT 1 FROM documents d WHERE ${isCurrent}))`,
    )
    .bind(...(await columns(key)), now - MAX_CACHED_AGE_MS, now);
}

interface Use {
  now: number;
  /** Of the release (releases/release.ts). */
  nearness: number;
  /** The model that is asked unless its kept answer comes first; undefined where none may. */
  before: string | undefined;
}

/** A row of {@link cachedAnswerStatement}, if it answers this question: the same one, or one that is near enough in meaning. */
export function toCachedAnswer(
  row: unknown,
  key: CacheKey,
  { now, nearness, before }: Use,
): CachedAnswer | undefined {
  if (!row) return undefined;
  const { text, sources, question, model, created_at, ...kept } = row as Row;
  if (normalised(question) !== normalised(key.question) && !isNear(kept, key, nearness))
    return undefined;
  return {
    text,
    sources: JSON.parse(sources) as CachedAnswer["sources"],
    // A model is told the day, and may answer by it.
    comesFirst: model === before && dayOf(created_at) === dayOf(now),
    saved: {
      model,
      usage: { inputTokens: kept.input_tokens, outputTokens: kept.output_tokens },
    },
  };
}

function isNear(
  { embedding, embedding_model }: Pick<Row, "embedding" | "embedding_model">,
  { embedded }: CacheKey,
  nearness: number,
): boolean {
  if (!embedding || !embedded || embedded.model !== embedding_model) return false;
  const { unrelatedCosine, matchingCosine } = embeddingModel(embedded.model);
  const least = unrelatedCosine + nearness * (matchingCosine - unrelatedCosine);
  return cosine(embedded.vector, decodeVectors(embedding)) >= least;
}

interface Kept extends ModelUsage {
  messageId: string;
  text: string;
  sources: Source[];
}

/** The statement that keeps an answer; it joins the transaction that records the turn, and needs the turn's message there. */
export async function keepAnswerStatement(
  db: D1Database,
  key: CacheKey,
  { messageId, text, sources, model, usage }: Kept,
  now: number,
): Promise<D1PreparedStatement> {
  const kept = sources.map(({ n, externalId, version, readerVersion }) => {
    return { n, external_id: externalId, version, reader_version: readerVersion };
  });
  const { embedded } = key;
  return db
    .prepare(
      `INSERT OR REPLACE INTO cached_answers (workspace_id, audience, release, question_hash, message_id, text, sources,
         created_at, question, embedding, embedding_model, model, input_tokens, output_tokens)
       SELECT ?1, ?2, ?3, ?4, id, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14 FROM messages WHERE workspace_id = ?1 AND id = ?5`,
    )
    .bind(
      ...(await columns(key)),
      messageId,
      text,
      JSON.stringify(kept),
      now,
      key.question,
      embedded && encodeVectors([embedded.vector]),
      embedded && embedded.model,
      model,
      Math.round(usage.inputTokens),
      Math.round(usage.outputTokens),
    );
}

/** Characters at the end of a question that do not change it. Characters within it do: C++ is not C#, -20° is not 20°. */
const ENDING = /[\s?!.…。？！]+$/u;

function normalised(question: string): string {
  return question.normalize("NFC").toLowerCase().replace(/\s+/gu, " ").replace(ENDING, "");
}

async function columns(key: CacheKey): Promise<[string, string, string, string]> {
  const { workspaceId, release, language, names, question } = key;
  const { company_name, assistant_name } = names;
  const words = decidingWords(normalised(question), language);
  const audience = JSON.stringify([...new Set(key.audience)].toSorted());
  const asked = JSON.stringify([language, company_name, assistant_name, words]);
  return [workspaceId, audience, release, await sha256Hex(asked)];
}
