import { BUDGET, OverPlan, PLAN, type Limited } from "./plan-limits.ts";

export type BindingKind = "d1" | "ai" | "vectorize" | "queue";

/** Whether the work waits for the call, or goes on beside it. */
type Place = "within" | "beside";

/** `sequential`: the longest chain of calls in which each began after the one before had ended. */
export type BindingCallReport = Record<BindingKind | "sequential", number>;

/**
 * Counts an invocation's calls of bindings, enforces the plan's limits on them, and says what still fits into its budget. It also counts
 * how many calls had to wait for each other, on which the visitor's wait depends: before the first word at most four may. The chain is
 * counted, not timed, so that a test can limit it on any machine.
 */
export class BindingCalls {
  readonly #counts = { d1: 0, ai: 0, vectorize: 0, queue: 0 };
  #finishedDepth = 0;
  readonly #used: Record<Limited, number> = { statements: 0, subrequests: 0 };
  /** Up to where use is planned: the whole budget, unless a part is allotted. */
  readonly #planned: Record<Limited, number> = { ...BUDGET };
  /** Estimated cost of embedding and reranking; a chat model reports its own tokens. */
  neurons = 0;

  /** Statements in D1. A batch carries many. */
  get statements(): number {
    return this.#used.statements;
  }

  /** Calls of bindings and of other hosts. */
  get subrequests(): number {
    return this.#used.subrequests;
  }

  /** Counts use of what the plan limits. @throws OverPlan above the limit, as the platform would */
  use(limited: Limited, count = 1): void {
    this.#used[limited] += count;
    if (this.#used[limited] > PLAN[limited]) throw new OverPlan(limited);
  }

  /**
   * Allots what follows one of so many equal shares of what is left of the budget. Each of several tasks of one invocation gets a share,
   * and what one leaves goes to those after it.
   */
  allot(shares: number): void {
    for (const limited of Object.keys(BUDGET) as Limited[]) {
      const left = Math.max(0, BUDGET[limited] - this.#used[limited]);
      this.#planned[limited] = this.#used[limited] + Math.floor(left / shares);
    }
  }

  /** Whether more use still fits into the invocation's budget, or into the share of it that is allotted. */
  hasRoomFor(wanted: Partial<Record<Limited, number>>): boolean {
    return (Object.keys(this.#used) as Limited[]).every(
      (limited) => this.#used[limited] + (wanted[limited] ?? 0) <= this.#planned[limited],
    );
  }

  async track<T>(kind: BindingKind, call: () => Promise<T>, place: Place = "within"): Promise<T> {
    this.use("subrequests");
    this.#counts[kind]++;
    if (place === "beside") return call();
    const depth = this.#finishedDepth + 1;
    try {
      return await call();
    } finally {
      this.#finishedDepth = Math.max(this.#finishedDepth, depth);
    }
  }

  report(): BindingCallReport {
    return { ...this.#counts, sequential: this.#finishedDepth };
  }
}

/** The same queue, with each call counted. A batch is one. */
export function countedQueue<T>(queue: Queue<T>, calls: BindingCalls): Queue<T> {
  return {
    metrics: () => calls.track("queue", () => queue.metrics()),
    send: (message, options) => calls.track("queue", () => queue.send(message, options)),
    sendBatch: (messages, options) =>
      calls.track("queue", () => queue.sendBatch(messages, options)),
  };
}

/** The same database, with each round trip counted. A batch is one. */
export function countedDatabase(
  db: D1Database,
  calls: BindingCalls,
  place: Place = "within",
): D1Database {
  return new Proxy(db, {
    get(target, property) {
      if (property === "prepare") {
        return (sql: string) => countedStatement(target.prepare(sql), calls, place);
      }
      if (property === "batch") {
        return async (statements: D1PreparedStatement[]) => {
          calls.use("statements", statements.length);
          return calls.track("d1", () => target.batch(statements), place);
        };
      }
      const value: unknown = Reflect.get(target, property, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

/** Shadows the methods that travel on the statement itself, so that `batch` still receives the real one. */
function countedStatement(
  statement: D1PreparedStatement,
  calls: BindingCalls,
  place: Place,
): D1PreparedStatement {
  const { bind, first, all, run } = statement;
  const one = async <T>(call: () => Promise<T>): Promise<T> => {
    calls.use("statements");
    return calls.track("d1", call, place);
  };
  return Object.assign(statement, {
    bind: (...values: unknown[]) => countedStatement(bind.apply(statement, values), calls, place),
    first: (...column: []) => one(() => first.apply(statement, column)),
    all: () => one(() => all.apply(statement)),
    run: () => one(() => run.apply(statement)),
  });
}
