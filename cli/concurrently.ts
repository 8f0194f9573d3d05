/**
 * Works on items in order, at most `limit` at a time. After an error no further item is started, and the error is thrown
 * once the running ones have ended. `work` must catch the errors that are not to stop the others.
 */
export async function forEachConcurrently<T>(
  items: readonly T[],
  limit: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const waiting = items.values();
  const errors: unknown[] = [];
  const worker = async (): Promise<void> => {
    for (const item of waiting) {
      await work(item);
      if (errors.length > 0) return;
    }
  };
  const workers = Array.from({ length: Math.min(limit, items.length) }, () =>
    worker().catch((error: unknown) => void errors.push(error)),
  );
  await Promise.all(workers);
  if (errors.length > 0) throw errors[0];
}
