import { env } from "cloudflare:workers";
import type { Env } from "../../src/env.ts";

/** A database on which every statement that contains one of the texts fails, alone or within a batch. */
export function brokenDatabase(...texts: string[]): Partial<Env> {
  const DB = new Proxy(env.DB, {
    get(target, property) {
      if (property === "prepare") {
        return (sql: string) =>
          target.prepare(texts.some((text) => sql.includes(text)) ? "SELECT * FROM lost" : sql);
      }
      const value: unknown = Reflect.get(target, property, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  return { DB };
}
