import type { ChatModel } from "../models/ports.ts";
import { isOutOfNeurons, type Allowance } from "./quotas.ts";

/** Above this share of the budget only the smaller model is called, so that some budget is left for the rest of the day. */
const SAVE_FROM = 0.8;

/** The models that the day's budget still pays for, in the order of the ladder. None once it is used up. */
export function affordableModels(models: ChatModel[], allowance: Allowance): ChatModel[] {
  if (isOutOfNeurons(allowance)) return [];
  const budget = allowance.settings.neuron_budget_per_day;
  if (budget === null) return models;
  const share = budget > 0 ? allowance.usage.neurons / budget : 1;
  if (share >= 1) return [];
  const small = models.filter(({ rung }) => rung === "small_model");
  return share >= SAVE_FROM && small.length > 0 ? small : models;
}
