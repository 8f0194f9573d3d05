import type { CachedAnswer } from "../answering/cached-answer.ts";
import type { Source } from "../citations/source.ts";
import { sha256Hex } from "../crypto/hash.ts";
import { MAX_CACHED_AGE_MS } from "../privacy/retention.ts";

/** The key of a cached answer. Two readers share an answer only if every field is equal. */
export interface CacheKey {
  workspaceId: string;
  /** What the reader may see. */
  audience: string[];
  release: string;
  question: string;
}

/** The statement that finds an answer; a turn batches it with storing the question. */
export async function cachedAnswerStatement(
  db: D1Database,
  key: CacheKey,
  now: number,
): Promise<D1PreparedStatement> {
  return db
    .prepare(
      `SELECT text, sources FROM cached_answers
       WHERE workspace_id = ?1 AND audience = ?2 AND release = ?3 AND question_hash = ?4 AND created_at > ?5`,
    )
    .bind(...(await columns(key)), now - MAX_CACHED_AGE_MS);
}

export function toCachedAnswer(row: unknown): CachedAnswer | undefined {
  if (!row) return undefined;
  const { text, sources } = row as { text: string; sources: string };
  return { text, sources: JSON.parse(sources) as CachedAnswer["sources"] };
}

/** The statement that keeps an answer; it joins the transaction that records the turn, and needs the turn's message there. */
export async function keepAnswerStatement(
  db: D1Database,
  key: CacheKey,
  { messageId, text, sources }: { messageId: string; text: string; sources: Source[] },
  now: number,
): Promise<D1PreparedStatement> {
  const kept = sources.map(({ n, externalId, version, readerVersion }) => {
    return { n, external_id: externalId, version, reader_version: readerVersion };
  });
  return db
    .prepare(
      `INSERT OR REPLACE INTO cached_answers (workspace_id, audience, release, question_hash, message_id, text, sources,
         created_at)
       SELECT ?1, ?2, ?3, ?4, id, ?6, ?7, ?8 FROM messages WHERE workspace_id = ?1 AND id = ?5`,
    )
    .bind(...(await columns(key)), messageId, text, JSON.stringify(kept), now);
}

/** Characters at the end of a question that do not change it. Characters within it do: C++ is not C#, -20° is not 20°. */
const ENDING = /[\s?!.…。？！]+$/u;

async function columns(key: CacheKey): Promise<[string, string, string, string]> {
  const question = key.question.normalize("NFC").toLowerCase().replace(/\s+/gu, " ");
  const audience = JSON.stringify([...new Set(key.audience)].toSorted());
  return [key.workspaceId, audience, key.release, await sha256Hex(question.replace(ENDING, ""))];
}
