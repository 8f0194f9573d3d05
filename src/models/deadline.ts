import { ModelUnavailable } from "./ports.ts";

/**
 * A visitor waits at most this long for a model's first word, and between two of its words; then the next rung of the ladder
 * answers. A model that answers at all begins within seconds.
 */
const FIRST_WORD_MS = 20_000;
const NEXT_WORD_MS = 15_000;

/** The reader has stopped the answer. */
export class Stopped extends Error {}

/** Resolves like `work`, or rejects with {@link ModelUnavailable} after the time limit. The work itself cannot be stopped. */
export async function withTimeout<T>(
  work: Promise<T>,
  milliseconds: number,
  what: string,
): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new ModelUnavailable(`${what} is late`, { transient: true })),
      milliseconds,
    );
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Passes the parts on; throws {@link ModelUnavailable} when the next one does not come in time, and {@link Stopped} at once when it is to
 * stop. Either way the source is told to end.
 * @param left milliseconds that are left at all for the first part or for one after it; at zero nothing is passed on any more
 */
export async function* withIdleTimeout<T>(
  parts: AsyncIterable<T>,
  what: string,
  left = (_isFirst: boolean): number => Infinity,
  stop?: AbortSignal,
): AsyncGenerator<T> {
  const iterator = parts[Symbol.asyncIterator]();
  const stopped = stop && whenStopped(stop);
  let isFirst = true;
  try {
    for (;;) {
      const limit = Math.min(left(isFirst), isFirst ? FIRST_WORD_MS : NEXT_WORD_MS);
      if (limit <= 0) throw new ModelUnavailable(`${what} has no time left`, { transient: true });
      const next = withTimeout(iterator.next(), limit, what);
      const part = await (stopped ? Promise.race([stopped, next]) : next);
      if (part.done) return;
      yield part.value;
      isFirst = false;
    }
  } finally {
    // Not awaited: a source that hangs would delay the reader who has stopped waiting for it.
    void iterator.return?.(undefined)?.then(undefined, () => undefined);
  }
}

/** Rejects with {@link Stopped} when the signal says so. */
function whenStopped(stop: AbortSignal): Promise<never> {
  const stopped = new Promise<never>((_, reject) => {
    const end = (): void => reject(new Stopped());
    if (stop.aborted) end();
    else stop.addEventListener("abort", end, { once: true });
  });
  // A stop after the last part interests nobody.
  stopped.catch(() => undefined);
  return stopped;
}
