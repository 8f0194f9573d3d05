import type { Execute, Query } from "../in-process/database.ts";
import type { VirtualClock } from "./virtual-clock.ts";

interface Written {
  queries: Query[];
  at: number;
}

/**
 * A primary and a replica that repeats the primary's transactions in their order, each a time after its commit. A bookmark is the
 * number of transactions that a reader has seen. Source: https://developers.cloudflare.com/d1/best-practices/read-replication/
 */
export class ReplicatedDatabase {
  readonly #log: Written[] = [];
  #applied = 0;
  /** How long after its commit a transaction shows in the replica, in milliseconds. */
  lag = 0;
  readonly #primary: Execute;
  readonly #replica: Execute;
  readonly #clock: VirtualClock;

  constructor(primary: Execute, replica: Execute, clock: VirtualClock) {
    this.#primary = primary;
    this.#replica = replica;
    this.#clock = clock;
  }

  /** Runs at the primary now. */
  readonly atPrimary: Execute = async (queries) => {
    const results = await this.#primary(queries);
    if (!queries.every(isRead)) this.#log.push({ queries, at: this.#clock.now });
    return results;
  };

  /** Reads from the replica as soon as it shows what the bookmark has seen. */
  async atReplica(queries: Query[], bookmark: number): ReturnType<Execute> {
    const last = this.#log[bookmark - 1];
    if (last) await this.#clock.sleepUntil(last.at + this.lag);
    for (;;) {
      const next = this.#log[this.#applied];
      if (!next || next.at + this.lag > this.#clock.now) break;
      this.#applied++;
      await this.#replica(next.queries);
    }
    return this.#replica(queries);
  }

  get primaryBookmark(): number {
    return this.#log.length;
  }

  get replicaBookmark(): number {
    return this.#applied;
  }
}

/** What a replica may answer. The application writes in statements that begin with INSERT, UPDATE or DELETE, or after a WITH. */
export function isRead({ sql }: Query): boolean {
  const text = sql.trimStart();
  if (/^SELECT\b/i.test(text)) return true;
  return /^WITH\b/i.test(text) && !/\b(INSERT INTO|UPDATE \w+ SET|DELETE FROM)\b/i.test(text);
}
