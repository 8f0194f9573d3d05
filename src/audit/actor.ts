import type { Context } from "hono";
import type { AppEnv } from "../auth/context.ts";
import type { Actor } from "./log.ts";

/** The caller as the audit log names it. */
export function actorOf(c: Context<AppEnv>): Actor {
  return { actor: c.get("caller").keyId, requestId: c.get("requestId") };
}
