import { env } from "cloudflare:workers";
import type { Env } from "../../src/env.ts";

/** The database, where something happens before each batch: what waits or throws there holds the batch up or keeps it from running. */
export function beforeBatches(happens: (nth: number) => void | Promise<void>): Partial<Env> {
  let batches = 0;
  const DB = new Proxy(env.DB, {
    get(target, property) {
      const value: unknown = Reflect.get(target, property, target);
      if (property !== "batch") return typeof value === "function" ? value.bind(target) : value;
      return async (statements: D1PreparedStatement[]) => {
        await happens(++batches);
        return target.batch(statements);
      };
    },
  });
  return { DB };
}
