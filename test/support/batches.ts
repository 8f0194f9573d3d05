import { env } from "cloudflare:workers";
import type { Env } from "../../src/env.ts";

/** A database that calls `hook` before each batch. The batch waits for it, and does not run if it throws. */
export function beforeBatches(hook: (nth: number) => void | Promise<void>): Partial<Env> {
  let batches = 0;
  const DB = new Proxy(env.DB, {
    get(target, property) {
      const value: unknown = Reflect.get(target, property, target);
      if (property !== "batch") return typeof value === "function" ? value.bind(target) : value;
      return async (statements: D1PreparedStatement[]) => {
        await hook(++batches);
        return target.batch(statements);
      };
    },
  });
  return { DB };
}
