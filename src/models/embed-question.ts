import { redact } from "../privacy/redact.ts";
import type { Embedder } from "./ports.ts";

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
    return await embedder.embed(questions.map(redact), "query");
  } catch (error) {
    console.warn("the question could not be embedded", { error: String(error) });
    return questions.map(() => null);
  }
}
