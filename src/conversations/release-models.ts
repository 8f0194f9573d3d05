import type { ChatModel, Reranker } from "../models/ports.ts";
import type { Release } from "../releases/release.ts";
import { EXTRACTIVE } from "../runtime/config.ts";
import type { Services } from "../runtime/services.ts";

/** The language models that a release asks, in the order of the ladder; none where it quotes only. */
export function chatModelsOf(
  { models }: Release,
  { chatModelOf }: Pick<Services, "chatModelOf">,
): ChatModel[] {
  if (models.chat === EXTRACTIVE) return [];
  const small = models.small === null ? [] : [chatModelOf(models.small, "small_model")];
  return [chatModelOf(models.chat, "model"), ...small];
}

/** The reranker that a release asks; undefined where passages are ordered by their text alone. */
export function rerankerOf(
  { models }: Release,
  { rerankerOf: byId }: Pick<Services, "rerankerOf">,
): Reranker | undefined {
  return models.reranker === null ? undefined : byId(models.reranker);
}
