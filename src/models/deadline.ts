import { ModelUnavailable } from "./ports.ts";

/**
 * A visitor waits at most this long for a model's first word, and between two of its words; then the next rung of the ladder
 * answers. A model that answers at all begins within seconds.
 */
const FIRST_WORD_MS = 20_000;
const NEXT_WORD_MS = 15_000;

/** Resolves like `work`, or rejects with {@link ModelUnavailable} after the time limit. The work itself cannot be stopped. */
export async function inTime<T>(work: Promise<T>, milliseconds: number, what: string): Promise<T> {
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

/** Passes the parts on; throws {@link ModelUnavailable} when the next one does not come in time. */
export async function* withoutSilence<T>(
  parts: AsyncIterable<T>,
  what: string,
  limits = { first: FIRST_WORD_MS, next: NEXT_WORD_MS },
): AsyncGenerator<T> {
  const iterator = parts[Symbol.asyncIterator]();
  let limit = limits.first;
  try {
    for (;;) {
      const part = await inTime(iterator.next(), limit, what);
      if (part.done) return;
      yield part.value;
      limit = limits.next;
    }
  } finally {
    // Not awaited: a source that hangs would delay the reader who has stopped waiting for it.
    void iterator.return?.(undefined)?.then(undefined, () => undefined);
  }
}
