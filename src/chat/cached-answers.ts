import { sha256Hex } from "../auth/keys.ts";
import type { Source } from "./turn.ts";

/** An answer older than this is not served, whatever its sources say. */
export const MAX_CACHED_AGE_MS = 7 * 86_400_000;

/** What an answer is kept under. Two readers share one only if all of it is equal. */
export interface CacheKey {
  workspaceId: string;
  /** What the reader may see. */
  audience: string[];
  release: string;
  question: string;
}

export interface CachedAnswer {
  text: string;
  sources: { n: number; external_id: string; version: number }[];
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
  answer: { messageId: string; text: string; sources: Source[] },
  now: number,
): Promise<D1PreparedStatement> {
  const sources = answer.sources.map(({ n, externalId, version }) => {
    return { n, external_id: externalId, version };
  });
  return db
    .prepare(
      `INSERT OR REPLACE INTO cached_answers (workspace_id, audience, release, question_hash, message_id, text, sources,
         created_at)
       SELECT ?1, ?2, ?3, ?4, id, ?6, ?7, ?8 FROM messages WHERE workspace_id = ?1 AND id = ?5`,
    )
    .bind(...(await columns(key)), answer.messageId, answer.text, JSON.stringify(sources), now);
}

/**
 * The kept text with its citations renumbered to the sources of this turn, or undefined unless each source that it was
 * written from is among them in the same version: they were read for this reader just now, so nothing is shown that a
 * changed, withdrawn or restricted document once said.
 */
export function currentText(cached: CachedAnswer, sources: Source[]): string | undefined {
  const numbers = new Map<number, number>();
  for (const { n, external_id, version } of cached.sources) {
    const now = sources.find((source) => source.externalId === external_id);
    if (!now || now.version !== version) return undefined;
    numbers.set(n, now.n);
  }
  return cached.text.replace(/\[(\d{1,2})\]/g, (_, n) => `[${numbers.get(Number(n)) ?? 0}]`);
}

/** What a question may end with or without. Signs within it tell: C++ from C#, -20° from 20°. */
const ENDING = /[\s?!.…。？！]+$/u;

async function columns(key: CacheKey): Promise<[string, string, string, string]> {
  const question = key.question.normalize("NFC").toLowerCase().replace(/\s+/gu, " ");
  const audience = JSON.stringify([...new Set(key.audience)].toSorted());
  return [key.workspaceId, audience, key.release, await sha256Hex(question.replace(ENDING, ""))];
}
