import type { MiddlewareHandler } from "hono";
import { Problem, type ProblemCode } from "./problem.ts";

/** The router leaves what is not UTF-8 in a path as it stands: `%FF` would name the same thing as `%25FF`. */
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
