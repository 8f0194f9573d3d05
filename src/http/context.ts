import type { OpenAPIHono } from "@hono/zod-openapi";
import type { MiddlewareHandler } from "hono";
import { authenticate, type Access, type Caller } from "../auth/keys.ts";
import { limitBurst } from "../auth/limits.ts";
import type { Env } from "../env.ts";
import type { Services } from "../services.ts";

export interface AppEnv {
  Bindings: Env;
  Variables: { services: Services; requestId: string; caller: Caller };
}

export type App = OpenAPIHono<AppEnv>;

/** Authenticates and limits a route outside the chat turn, which batches its key with its other reads. */
export function requireKey(access: Access): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    const { db, apiLimiter } = c.get("services");
    const caller = await authenticate(db, c.req.header("authorization"), access);
    await limitBurst(apiLimiter, caller.keyId);
    c.set("caller", caller);
    await next();
  };
}
