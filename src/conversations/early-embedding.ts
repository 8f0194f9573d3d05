import type { Services } from "../runtime/services.ts";
import { embedQuestions } from "../retrieval/embed-questions.ts";
import { toGeneration, type Generation, type GenerationRow } from "../generations/generation.ts";

/** Remembered per isolate; beyond it the oldest go. */
const MAX_REMEMBERED = 1000;
const models = new Map<string, string>();

/**
 * Questions that this isolate embeds before it knows who asks: that saves a caller's first turn a wait, and costs an embedding
 * where the key is not valid. A bet is open until the caller turns out to be one, or a minute has passed; while so many are open,
 * callers of whom nothing is known are asked for their key first.
 */
const MAX_BETS = 8;
const BET_MS = 60_000;
const bets = new Map<symbol, number>();

export interface EmbeddedQuestions {
  generation: Generation;
  /** One a question, in the generation's model; null when the model could not be reached. */
  vectors: (number[] | null)[];
}

/**
 * Embeds questions beside the read that says which generation is live, which is one wait less than after it. The model
 * is the one that this caller's last question was answered with; when a switch has made it the wrong one, the questions are
 * embedded again: once an isolate and caller. A caller whom this isolate does not know is embedded for only while few
 * such bets are open (docs/decisions/0041): then the embedding comes after the read.
 * @param caller what the guess is remembered by: a hashed key or a workspace
 */
export function startEmbedding(services: Services, caller: string, questions: string[]) {
  const { embedderOf, config } = services;
  const guess = models.get(caller) ?? config.embeddingModel;
  const bet = Symbol(caller);
  const isEarly = models.has(caller) || place(bet, services.now());
  const embedding = isEarly ? embedQuestions(embedderOf(guess), questions) : undefined;
  return {
    /** Resolves with the guess; never rejects. */
    embedding,
    /** The caller is refused: nothing is embedded for them again before they are known. */
    refuse(): void {
      models.delete(caller);
    },
    async settle(row: unknown, workspaceId: string): Promise<EmbeddedQuestions> {
      const read = row as GenerationRow | undefined;
      const generation = toGeneration(read, workspaceId, config.embeddingModel);
      bets.delete(bet);
      remember(caller, generation.model);
      if (embedding && generation.model === guess) return { generation, vectors: await embedding };
      const vectors = await embedQuestions(embedderOf(generation.model), questions);
      return { generation, vectors };
    },
  };
}

/** Whether one more bet may be placed. */
function place(bet: symbol, now: number): boolean {
  for (const [open, since] of bets) if (now - since > BET_MS) bets.delete(open);
  if (bets.size >= MAX_BETS) return false;
  bets.set(bet, now);
  return true;
}

/** As after a restart. For tests, whose isolate lives longer than a minute. */
export function forgetCallers(): void {
  models.clear();
  bets.clear();
}

function remember(caller: string, model: string): void {
  models.delete(caller);
  models.set(caller, model);
  if (models.size <= MAX_REMEMBERED) return;
  const [oldest] = models.keys();
  if (oldest !== undefined) models.delete(oldest);
}
