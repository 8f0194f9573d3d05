import { redactAll } from "../privacy/redact.ts";
import { withTimeout } from "../models/deadline.ts";
import type { Embedder } from "../models/ports.ts";

/** After this time the search goes on with keywords alone: a visitor waits no longer. */
const DEADLINE_MS = 5000;

/**
 * Embeds questions with one call. If the model fails or is late, each embedding is null, and the keyword leg carries the search alone.
 * Personal data adds nothing to a question's meaning and is redacted before.
 */
export async function embedQuestions(
  embedder: Embedder,
  questions: string[],
): Promise<(number[] | null)[]> {
  try {
    const embedding = embedder.embed(redactAll(questions), "query");
    return await withTimeout(embedding, DEADLINE_MS, embedder.model);
  } catch (error) {
    console.warn("the question could not be embedded", { error: String(error) });
    return questions.map(() => null);
  }
}
