/** Calls that fail in a row for reasons that may pass, before a service counts as out. */
const OUT_AFTER = 8;

/**
 * Makes one call for many items, and where it fails goes on with halves: an item that breaks the call fails alone, and
 * its neighbours do not notice. A service that is out fails everything after a few calls instead of one for each item.
 * @param mayPass whether an error says nothing about the items and may be gone a moment later
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
      // Wide before deep: of two halves one is mostly sound, which tells a broken item from a service that is out.
      const half = Math.ceil(group.length / 2);
      if (group.length > 1) waiting.push(group.slice(0, half), group.slice(half));
      else for (const item of group) failures.set(item, error);
    }
  }
  return failures;
}
