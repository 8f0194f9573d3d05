import { ModelUnavailable, type ChatMessage, type ChatModel, type ChatPart } from "./ports.ts";

/** So many failures in a row open a model's circuit, if the first of them is no older than this. */
const FAILURES = 5;
const WITHIN_MS = 60_000;
/** So long an open circuit asks the model nothing; then one answer is tried at a time. */
const OPEN_MS = 30_000;
/** A reader who gives up on a model that has been silent for so long found it too slow. */
const SILENT_MS = 5_000;

interface Circuit {
  failures: number;
  since: number;
  /** In milliseconds since the epoch. */
  openUntil: number;
}

/** By model, in this isolate. What other isolates know is worth no wait. */
const circuits = new Map<string, Circuit>();

/** As after a restart. For tests, which share an isolate. */
export function forgetFailures(): void {
  circuits.clear();
}

/**
 * The same model, not asked for a while after it failed several times in a row: the next rung of the ladder answers at once, without the
 * wait for another failure. A wrong input is no failure of the model.
 */
export function withCircuitBreaker(model: ChatModel, now: () => number): ChatModel {
  return {
    ...model,
    stream: (messages, maxTokens) => ({
      [Symbol.asyncIterator]: () => guarded(model, now, messages, maxTokens),
    }),
  };
}

function guarded(
  model: ChatModel,
  now: () => number,
  messages: ChatMessage[],
  maxTokens: number,
): AsyncIterator<ChatPart> {
  requireClosed(model.id, now());
  const begun = now();
  const parts = model.stream(messages, maxTokens)[Symbol.asyncIterator]();
  let isSilent = true;
  return {
    async next() {
      try {
        const part = await parts.next();
        // What ends early without an error is judged by its reader.
        if (part.done || part.value.type === "text") isSilent = false;
        if (part.done) circuits.delete(model.id);
        return part;
      } catch (error) {
        isSilent = false;
        if (error instanceof ModelUnavailable && (error.transient || error.isUnusable))
          countFailure(model.id, now());
        throw error;
      }
    },
    // Not an async generator's: that one would wait for a model that hangs.
    async return() {
      if (isSilent && now() - begun >= SILENT_MS) countFailure(model.id, now());
      isSilent = false;
      await parts.return?.();
      return { done: true, value: undefined };
    },
  };
}

/** @throws ModelUnavailable while the model's circuit is open; the first to come after it tries for all */
function requireClosed(id: string, now: number): void {
  const circuit = circuits.get(id);
  if (!circuit || circuit.failures < FAILURES) return;
  if (now < circuit.openUntil)
    throw new ModelUnavailable(`${id} has failed several times, and is not asked for a while`, {
      transient: true,
    });
  circuit.openUntil = now + OPEN_MS;
}

function countFailure(id: string, now: number): void {
  const known = circuits.get(id);
  const isOpen = known !== undefined && known.failures >= FAILURES;
  const goesOn = known !== undefined && (isOpen || now - known.since <= WITHIN_MS);
  const failures = goesOn ? known.failures + 1 : 1;
  const since = goesOn ? known.since : now;
  if (failures === FAILURES) console.warn("models: a circuit opens", { model: id });
  circuits.set(id, { failures, since, openUntil: now + OPEN_MS });
}
