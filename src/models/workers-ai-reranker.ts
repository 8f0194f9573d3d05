import { z } from "zod";
import { ModelUnavailable, type Reranker, type CallMeter } from "./ports.ts";
import { neuronsOfTexts } from "./table.ts";
import { runModel } from "./workers-ai-run.ts";

/** `response` holds one entry a context, best first; `id` is the context's index (@cloudflare/workers-types, bge-reranker-base). */
const outputSchema = z.object({
  response: z.array(z.object({ id: z.int().min(0), score: z.number() })),
});

/** A Workers AI reranker: a cross-encoder that reads question and passage together. */
export function workersAiReranker(ai: Ai, model: string, calls: CallMeter): Reranker {
  return {
    model,
    async score(question, texts) {
      const contexts = texts.map((text) => ({ text }));
      const output = await runModel(ai, calls, model, { query: question, contexts });
      // It reads the question with each text.
      const read = texts.flatMap((text) => [question, text]);
      calls.neurons += neuronsOfTexts(model, read);
      const { data } = outputSchema.safeParse(output);
      const scores = new Map(data?.response.map(({ id, score }) => [id, score]));
      if (scores.size !== texts.length || texts.some((_, index) => !scores.has(index))) {
        throw new ModelUnavailable(`${model} did not answer one score a text`, {
          transient: false,
        });
      }
      return texts.map((_, index) => scores.get(index) ?? 0);
    },
  };
}
