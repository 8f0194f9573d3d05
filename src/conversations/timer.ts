export interface Timer {
  /** Notes the time since the start under a name; the first note of a name counts. */
  lap(name: string): void;
  /** Milliseconds by name, with the total until now. */
  report(): Record<string, number>;
}

export function startTimer(now: () => number): Timer {
  const start = now();
  const laps: Record<string, number> = {};
  return {
    lap(name) {
      laps[name] ??= now() - start;
    },
    report() {
      return { ...laps, total: now() - start };
    },
  };
}
