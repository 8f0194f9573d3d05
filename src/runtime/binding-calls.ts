export type BindingKind = "d1" | "ai" | "vectorize" | "queue";

export interface BindingCallReport {
  d1: number;
  ai: number;
  vectorize: number;
  queue: number;
  /** Longest chain of calls in which each began after the one before had ended. */
  sequential: number;
}

/**
 * Counts a request's calls to bindings and how many had to wait for each other, on which the visitor's wait depends
 * (design, invariant 6). The chain is counted, not timed, so that a test can limit it on any machine.
 */
export class BindingCalls {
  readonly #counts = { d1: 0, ai: 0, vectorize: 0, queue: 0 };
  #finishedDepth = 0;
  /** Statements in D1. A batch carries many. */
  statements = 0;
  /** Estimated cost of embedding and reranking; a chat model reports its own tokens. */
  neurons = 0;

  async track<T>(kind: BindingKind, call: () => Promise<T>): Promise<T> {
    this.#counts[kind]++;
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

/** The same database, with each round trip counted. A batch is one. */
export function countedDatabase(db: D1Database, calls: BindingCalls): D1Database {
  return new Proxy(db, {
    get(target, property) {
      if (property === "prepare") {
        return (sql: string) => countedStatement(target.prepare(sql), calls);
      }
      if (property === "batch") {
        return (statements: D1PreparedStatement[]) => {
          calls.statements += statements.length;
          return calls.track("d1", () => target.batch(statements));
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
): D1PreparedStatement {
  const { bind, first, all, run } = statement;
  const one = <T>(call: () => Promise<T>): Promise<T> => {
    calls.statements += 1;
    return calls.track("d1", call);
  };
  return Object.assign(statement, {
    bind: (...values: unknown[]) => countedStatement(bind.apply(statement, values), calls),
    first: (...column: []) => one(() => first.apply(statement, column)),
    all: () => one(() => all.apply(statement)),
    run: () => one(() => run.apply(statement)),
  });
}
