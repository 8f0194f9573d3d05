import { createHook } from "node:async_hooks";
import { setImmediate as nextTurn } from "node:timers/promises";

/** Turns of the event loop without work of the crypto threads, after which nothing but the clock can move the program. */
const QUIET_TURNS = 10;

interface Sleeper {
  at: number;
  wake: () => void;
}

/**
 * Time that passes only while everybody sleeps, so that a simulation of seconds takes milliseconds, processor time counts as
 * none, and each run gives the same numbers on any machine.
 */
export class VirtualClock {
  #now = 0;
  #sleepers: Sleeper[] = [];
  readonly #hashing = new Set<number>();

  /** WebCrypto runs in threads: its results arrive after turns of the event loop in which nothing seems to happen. */
  readonly #hook = createHook({
    init: (id, type) => void (type.endsWith("REQUEST") && this.#hashing.add(id)),
    after: (id) => void this.#hashing.delete(id),
    destroy: (id) => void this.#hashing.delete(id),
  });

  /** Milliseconds since the clock was made. */
  get now(): number {
    return this.#now;
  }

  sleep(milliseconds: number): Promise<void> {
    return this.sleepUntil(this.#now + milliseconds);
  }

  sleepUntil(at: number): Promise<void> {
    if (at <= this.#now) return Promise.resolve();
    return new Promise((wake) => void this.#sleepers.push({ at, wake }));
  }

  /** Lets time pass until the work has ended. @throws what the work throws, or if it waits for something else than this clock */
  async run<T>(work: () => Promise<T>): Promise<T> {
    this.#hook.enable();
    try {
      let ended = false;
      const end = (): void => void (ended = true);
      const result = work();
      result.then(end, end);
      for (;;) {
        await this.#untilQuiet();
        if (ended) return await result;
        this.#wakeNext();
      }
    } finally {
      this.#hook.disable();
    }
  }

  #wakeNext(): void {
    const at = Math.min(...this.#sleepers.map((sleeper) => sleeper.at));
    if (at === Infinity) throw new Error("The work waits for something else than the clock");
    this.#now = at;
    const due = this.#sleepers.filter((sleeper) => sleeper.at === at);
    this.#sleepers = this.#sleepers.filter((sleeper) => sleeper.at > at);
    for (const { wake } of due) wake();
  }

  async #untilQuiet(): Promise<void> {
    for (let quiet = 0; quiet < QUIET_TURNS;) {
      await nextTurn();
      quiet = this.#hashing.size === 0 ? quiet + 1 : 0;
    }
  }
}
