import type { MiddlewareHandler } from "hono";
import { Problem, type ProblemCode } from "./problem.ts";

/** Refuses paths that are not UTF-8. The router does not decode those, so `%FF` would name the same resource as `%25FF`. */
export function readablePath(code: ProblemCode): MiddlewareHandler {
  return async (c, next) => {
    try {
      decodeURIComponent(new URL(c.req.url).pathname);
    } catch {
      throw new Problem(code, "The path is not percent-encoded UTF-8.");
    }
    await next();
  };
}
