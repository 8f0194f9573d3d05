import type { Generation } from "../generations/generation.ts";
import { usageStatement } from "../limits/quotas.ts";
import { embedQuestions } from "../retrieval/embed-questions.ts";
import type { Services } from "../runtime/services.ts";

type Deps = Pick<Services, "config" | "embedderOf" | "now">;

/** Remembered per isolate; beyond it the oldest go. */
const MAX_REMEMBERED = 1000;
/** By caller: the embedding model of the last question that was answered for them; null if their workspace had no neurons left. */
const models = new Map<string, string | null>();

/**
 * Embeddings that an isolate starts for callers it has not verified yet. Starting early saves a caller's first turn one wait, and costs
 * an embedding where the key turns out not to be valid. A start counts until its caller is verified, or for a minute; while so many count,
 * an unverified caller's message is embedded after the key was read.
 */
const MAX_UNVERIFIED = 8;
const UNVERIFIED_MS = 60_000;
const unverified = new Map<symbol, number>();

/** One vector a text, in order; null when the model could not be reached. */
export type Vectors = (number[] | null)[];

export interface EarlyEmbedding {
  /** Ends with the embedding that was started early, if one was; never rejects. */
  started: Promise<unknown>;
  /** The caller is not valid: nothing is embedded for them early until they are verified. */
  refuse(): void;
  /** The caller is verified: the start no longer counts. */
  verified(): void;
  /**
   * The embedding of this question is not used, if one was started. No further question of the caller is embedded early until one is
   * settled again.
   */
  forgo(): void;
  /** The embeddings of texts in a generation's model: those that were started early where they are of that model. */
  settle(generation: Generation, texts: string[]): Promise<Vectors>;
}

/**
 * Embeds texts beside the read that says which model the workspace's vectors are of, which is one wait less than after it. The model is
 * the one that this caller's last question was embedded with; when a switch of the index has made it the wrong one, the texts are embedded
 * again, once an isolate and caller.
 * @param caller what the model is remembered by: a hashed key
 * @param early texts that are embedded at once; undefined where what is to be embedded depends on what is read, or is probably not needed
 */
export function startEmbedding(
  { config, embedderOf, now }: Deps,
  caller: string,
  early: string[] | undefined,
): EarlyEmbedding {
  const remembered = models.get(caller);
  const expected = remembered ?? config.embeddingModel;
  const start = Symbol(caller);
  const starts = (): boolean =>
    remembered !== null && (remembered !== undefined || mayStart(start, now()));
  const embedding = early && starts() ? embedQuestions(embedderOf(expected), early) : undefined;
  return {
    started: Promise.resolve(embedding),
    refuse(): void {
      models.delete(caller);
    },
    verified(): void {
      unverified.delete(start);
    },
    forgo(): void {
      remember(caller, null);
    },
    async settle({ model }, texts): Promise<Vectors> {
      remember(caller, model);
      if (embedding && model === expected && isSame(texts, early)) return embedding;
      return embedQuestions(embedderOf(model), texts);
    },
  };
}

function isSame(texts: string[], early: string[] = []): boolean {
  return texts.length === early.length && texts.every((text, index) => text === early[index]);
}

/** Whether one more embedding may be started for an unverified caller; counts it if so. */
function mayStart(start: symbol, now: number): boolean {
  for (const [earlier, since] of unverified)
    if (now - since > UNVERIFIED_MS) unverified.delete(earlier);
  if (unverified.size >= MAX_UNVERIFIED) return false;
  unverified.set(start, now);
  return true;
}

/** As after a restart. For tests, whose isolate lives longer than a minute. */
export function forgetCallers(): void {
  models.clear();
  unverified.clear();
}

function remember(caller: string, model: string | null): void {
  models.delete(caller);
  models.set(caller, model);
  if (models.size <= MAX_REMEMBERED) return;
  const [oldest] = models.keys();
  if (oldest !== undefined) models.delete(oldest);
}

/** Adds what embedding cost, for a search or for a turn that is refused, to what the workspace used today. Nobody waits for it. */
export function countEmbedding(
  { db, calls, now, waitUntil }: Pick<Services, "db" | "calls" | "now" | "waitUntil">,
  workspaceId: string,
): void {
  if (calls.neurons === 0) return;
  waitUntil(
    usageStatement(db, workspaceId, { neurons: calls.neurons }, now())
      .run()
      .catch((error: unknown) => {
        console.warn("usage: the cost of an embedding was not noted", { error: String(error) });
      }),
  );
}
