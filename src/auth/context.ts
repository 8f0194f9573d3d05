import type { Services } from "../runtime/services.ts";
import type { OpenAPIHono } from "@hono/zod-openapi";
import type { Access } from "./access.ts";
import type { Caller } from "./keys.ts";
import type { Env } from "../env.ts";

export interface AppEnv {
  Bindings: Env;
  Variables: {
    requestId: string;
    services: Services;
    /** Who may call the route, from the access table. */
    access: Access | undefined;
    /** Set for every route that takes a key, except the chat turn. */
    caller: Caller;
  };
}

export type App = OpenAPIHono<AppEnv>;
