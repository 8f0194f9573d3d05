import type { Context, MiddlewareHandler } from "hono";
import { matchedRoutes } from "hono/route";
import { accessTo, type KeyAccess } from "./access.ts";
import { readCredentials } from "./credentials.ts";
import { requireDeployment } from "./deployment.ts";
import { authenticate } from "./keys.ts";
import { limitBurst, limitCaller } from "./burst-limits.ts";
import type { AppEnv } from "./context.ts";

/** Lets a request through to its route as the access table says. A route that is not in the table fails for everybody. */
export function guard(): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    const route = matchedRoutes(c).findLast(({ method }) => method !== "ALL");
    if (!route || route.method === "OPTIONS") return next();
    const access = accessTo(route.method, route.path);
    if (!access) throw new Error(`No entry for ${route.method} ${route.path} in auth/access.ts`);
    c.set("access", access);
    switch (access.by) {
      case "anyone":
      case "signature":
        break;
      case "deployment":
        await requireDeployment(c.get("services").config, c.req.header("authorization"));
        await limitBurst(c.get("services").apiLimiter, "deployment");
        break;
      case "key":
        if (access.checkedBy === "guard") await requireKey(c, access);
    }
    await next();
  };
}

async function requireKey(c: Context<AppEnv>, access: KeyAccess): Promise<void> {
  const services = c.get("services");
  const caller = await authenticate(services, readCredentials(c), access);
  await limitCaller(services, caller, c.req.header("cf-connecting-ip") ?? "");
  c.set("caller", caller);
}
