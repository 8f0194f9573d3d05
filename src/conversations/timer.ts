/**
 * The longest that a turn takes. When its visitor leaves, the platform ends it 30 seconds later
 * (developers.cloudflare.com/workers/runtime-apis/context/#waituntil). Counted from the turn's start, the limit holds whenever that is.
 */
const TURN_MS = 27_000;
/** Of it, what is kept for quoting the sources and for recording, which come after the last word of a model. */
const ENDING_MS = 4_000;

export interface Timer {
  /** Notes the time since the start under a name; the first note of a name counts. */
  lap(name: string): void;
  /** Milliseconds by name, with the total until now. */
  report(): Record<string, number>;
  /** When the turn has to be over, in milliseconds since the epoch. */
  endsAt: number;
  /** Milliseconds until the turn has to be over. */
  left(): number;
  /** Milliseconds until models have to be done. */
  leftForModels(): number;
}

export function startTimer(now: () => number): Timer {
  const start = now();
  const endsAt = start + TURN_MS;
  const left = (): number => endsAt - now();
  const laps: Record<string, number> = {};
  return {
    lap(name) {
      laps[name] ??= now() - start;
    },
    report() {
      return { ...laps, total: now() - start };
    },
    endsAt,
    left,
    leftForModels: () => left() - ENDING_MS,
  };
}
