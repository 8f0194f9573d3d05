import { ModelUnavailable, type CallMeter } from "./ports.ts";

/**
 * Workers AI's internal error codes that another attempt cannot change: bad input (5004–5006), unknown or retired model
 * (5007, 5018), no permission (5016). All others (3040 out of capacity, 3007 timeout, 3036 daily limit, network) are transient.
 * Source: developers.cloudflare.com/workers-ai/platform/errors.
 */
const PERMANENT = /\b(5004|5005|5006|5007|5016|5018)\b/;
/** Of these, those that do not depend on the input. */
const UNUSABLE = /\b(5007|5016|5018)\b/;

export function asModelUnavailable(error: unknown): ModelUnavailable {
  if (error instanceof ModelUnavailable) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new ModelUnavailable(message, {
    transient: !PERMANENT.test(message),
    isUnusable: UNUSABLE.test(message),
    isOutOfCapacity: /\b3040\b/.test(message),
    cause: error,
  });
}

/** One counted call of a model. @throws ModelUnavailable */
export async function runModel(
  ai: Ai,
  calls: CallMeter,
  model: string,
  input: Record<string, unknown>,
): Promise<unknown> {
  // The binding's own types list every hosted model by name; here the name is configuration.
  const client = ai as unknown as {
    run(model: string, input: Record<string, unknown>): Promise<unknown>;
  };
  try {
    return await calls.track("ai", () => client.run(model, input));
  } catch (error) {
    throw asModelUnavailable(error);
  }
}
