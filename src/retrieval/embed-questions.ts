import { redact } from "../privacy/redact.ts";
import { inTime } from "../models/deadline.ts";
import type { Embedder } from "../models/ports.ts";

/** Keywords alone answer sooner than a visitor waits any longer. */
const DEADLINE_MS = 5000;

/**
 * The embeddings of questions, by one call, or null for each when the model cannot be reached: the keyword leg then
 * carries the search alone, since a model that is out must not silence an answer. What is personal in them adds nothing to
 * their meaning and is not sent.
 */
export async function embedQuestions(
  embedder: Embedder,
  questions: string[],
): Promise<(number[] | null)[]> {
  try {
    const embedding = embedder.embed(questions.map(redact), "query");
    return await inTime(embedding, DEADLINE_MS, embedder.model);
  } catch (error) {
    console.warn("the question could not be embedded", { error: String(error) });
    return questions.map(() => null);
  }
}
