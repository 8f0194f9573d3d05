import type { Context } from "hono";
import type { AppEnv } from "../auth/context.ts";
import type { Caller } from "../auth/keys.ts";
import type { Services } from "../runtime/services.ts";
import type { Actor } from "./log.ts";

/** A call to a route that takes a key: what its handler works with, and for whom. */
export interface Call {
  services: Services;
  caller: Caller;
  workspaceId: string;
  /** The caller as the audit log names it. */
  by: Actor;
}

export function callOf(c: Context<AppEnv>): Call {
  const caller = c.get("caller");
  return {
    services: c.get("services"),
    caller,
    workspaceId: caller.workspaceId,
    by: { actor: caller.keyId, requestId: c.get("requestId") },
  };
}
