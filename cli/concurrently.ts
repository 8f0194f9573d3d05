/**
 * Works through items, at most `limit` at a time, in order. The first error stops new work; it is thrown once what was
 * under way has ended. Errors that must not stop the others are the work's own to catch.
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
