/** After this many transient failures in a row, a service counts as down. */
const OUT_AFTER = 8;

/**
 * Makes one call for many items and, if it fails, one for each half, so that an item which breaks the call fails alone. If the
 * service is down, all items fail after a few calls instead of one call per item.
 * @param mayPass whether an error is transient and not caused by the items
 * @returns the error of each item that failed
 */
export async function divideOnFailure<T>(
  items: T[],
  call: (items: T[]) => Promise<void>,
  mayPass: (error: unknown) => boolean,
): Promise<Map<T, unknown>> {
  const failures = new Map<T, unknown>();
  const waiting = items.length > 0 ? [items] : [];
  let inARow = 0;
  for (let group = waiting.shift(); group; group = waiting.shift()) {
    try {
      await call(group);
      inARow = 0;
    } catch (error) {
      inARow = mayPass(error) ? inARow + 1 : 0;
      if (inARow >= OUT_AFTER) {
        for (const item of [group, ...waiting].flat()) failures.set(item, error);
        break;
      }
      // Breadth-first: one of two halves usually succeeds, which shows that an item is broken and the service is not down.
      const half = Math.ceil(group.length / 2);
      if (group.length > 1) waiting.push(group.slice(0, half), group.slice(half));
      else for (const item of group) failures.set(item, error);
    }
  }
  return failures;
}
