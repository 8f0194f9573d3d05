import type { Embedder } from "./ports.ts";

/**
 * A question's embedding, or null when the model cannot be reached: the keyword leg then carries the search alone, since
 * a model that is out must not silence an answer.
 */
export async function embedQuestion(
  embedder: Embedder,
  question: string,
): Promise<number[] | null> {
  try {
    const [vector] = await embedder.embed([question], "query");
    return vector ?? null;
  } catch (error) {
    console.warn("the question could not be embedded", { error: String(error) });
    return null;
  }
}
