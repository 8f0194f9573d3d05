import { embedQuestions } from "../models/embed-question.ts";
import type { Services } from "../services.ts";
import { toGeneration, type Generation, type GenerationRow } from "./generation.ts";

/** Remembered per isolate; beyond it the oldest go. */
const MAX_REMEMBERED = 1000;
const models = new Map<string, string>();

export interface EmbeddedQuestions {
  generation: Generation;
  /** One a question, in the generation's model; null when the model could not be reached. */
  vectors: (number[] | null)[];
}

/**
 * Embeds questions beside the read that says which generation is live, which is one wait less than after it. The model
 * is the one that this caller's last question was answered with; when a switch has made it the wrong one, the questions are
 * embedded again: once an isolate and caller.
 * @param caller what the guess is remembered by: a hashed key or a workspace
 */
export function startEmbedding(services: Services, caller: string, questions: string[]) {
  const { embedderOf, config } = services;
  const guess = models.get(caller) ?? config.embeddingModel;
  const embedding = embedQuestions(embedderOf(guess), questions);
  return {
    /** Resolves with the guess; never rejects. */
    embedding,
    async settle(row: unknown, workspaceId: string): Promise<EmbeddedQuestions> {
      const read = row as GenerationRow | undefined;
      const generation = toGeneration(read, workspaceId, config.embeddingModel);
      remember(caller, generation.model);
      if (generation.model === guess) return { generation, vectors: await embedding };
      const vectors = await embedQuestions(embedderOf(generation.model), questions);
      return { generation, vectors };
    },
  };
}

function remember(caller: string, model: string): void {
  models.delete(caller);
  models.set(caller, model);
  if (models.size <= MAX_REMEMBERED) return;
  const [oldest] = models.keys();
  if (oldest !== undefined) models.delete(oldest);
}
