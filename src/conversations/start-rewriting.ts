import type { History } from "../answering/history.ts";
import type { InContext } from "../answering/in-context.ts";
import { rewrite } from "../answering/rewrite.ts";
import { affordableModels } from "../limits/budget.ts";
import type { Allowance } from "../limits/quotas.ts";
import { neuronsOf } from "../models/table.ts";
import type { Release } from "../releases/release.ts";
import type { Services } from "../runtime/services.ts";
import { chatModelsOf } from "./release-models.ts";

interface FollowUp {
  release: Release;
  allowance: Allowance;
  context: InContext;
  history: History;
  message: string;
}

/**
 * Has a language model complete a follow-up, beside the embedding of its variants: the smallest one that the day's budget pays for. What chooses
 * an offered document is complete already.
 * @returns undefined where no model is asked
 */
export function startRewriting(
  services: Pick<Services, "chatModelOf" | "now" | "newId" | "calls">,
  { release, allowance, context, history, message }: FollowUp,
): Promise<string | undefined> | undefined {
  const { rewriteMs } = release.models.parameters;
  const model = affordableModels(chatModelsOf(release, services), allowance).at(-1);
  const isOff = rewriteMs === 0 || release.retrieval.variants.rewritten === 0;
  if (isOff || model === undefined || context.chosen) return undefined;
  const until = services.now() + rewriteMs;
  return rewrite(
    model,
    { message, messages: history.messages },
    {
      left: () => until - services.now(),
      random: services.newId("mark"),
      // With the cost of searching: it is counted for a turn that is refused or fails, too.
      spend: (usage) => void (services.calls.neurons += neuronsOf(model.id, usage)),
      hidesPersonalData: allowance.settings.hide_personal_data,
    },
  );
}
