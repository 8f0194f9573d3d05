import type { MiddlewareHandler } from "hono";
import { accessTable, isForBrowsers } from "./access.ts";
import {
  CONVERSATION_TOKEN_HEADER,
  IDEMPOTENCY_KEY_HEADER,
  VISITOR_TOKEN_HEADER,
} from "./credentials.ts";
import { isWebOrigin } from "./origins.ts";
import type { App, AppEnv } from "./context.ts";
import { Problem } from "../http/problem.ts";

/** The request headers that a page may send. The AI SDK sets `user-agent`, readers of event streams set `last-event-id`. */
const REQUEST_HEADERS = [
  "authorization",
  "content-type",
  "accept",
  "user-agent",
  "last-event-id",
  IDEMPOTENCY_KEY_HEADER,
  VISITOR_TOKEN_HEADER,
  CONVERSATION_TOKEN_HEADER,
].join(", ");

/** The response headers that a page may read. */
const RESPONSE_HEADERS = [
  "x-request-id",
  "retry-after",
  "ratelimit",
  "ratelimit-policy",
  "x-vercel-ai-ui-message-stream",
].join(", ");

/** Seconds for which a browser may cache a preflight's response; Chromium's maximum. */
const MAX_AGE = "7200";

/**
 * Answers preflights. A preflight carries no key, so the key's list of origins is not known yet: every site may *send* the
 * request, and the request itself is refused if its key does not list the site. Cookies are not used, so credentials are not allowed.
 */
export function preflightRoutes(app: App): void {
  const routes = Object.entries(accessTable).filter(([, access]) => isForBrowsers(access));
  for (const [path, methods] of Map.groupBy(
    routes.map(([route]) => route.split(" ") as [method: string, path: string]),
    ([, path]) => path,
  )) {
    const allowed = methods.map(([method]) => method).join(", ");
    app.options(path.replace(/{(\w+)}/g, ":$1"), (c) => {
      const origin = c.req.header("origin");
      c.header("vary", "Origin");
      if (origin && isWebOrigin(origin)) {
        c.header("access-control-allow-origin", origin);
        c.header("access-control-allow-methods", allowed);
        c.header("access-control-allow-headers", REQUEST_HEADERS);
        c.header("access-control-max-age", MAX_AGE);
      }
      return c.body(null, 204);
    });
  }
}

/**
 * Lets a page of another site read the responses of the routes for browsers. A success has been checked against the key's
 * origins, and a problem holds no data of a workspace. Only the refusal of the origin itself stays unreadable.
 */
export function corsHeaders(): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    await next();
    if (!isForBrowsers(c.get("access"))) return;
    c.header("vary", "Origin", { append: true });
    const origin = c.req.header("origin");
    const refused = c.error instanceof Problem && c.error.code === "origin_not_allowed";
    if (!origin || refused || !isWebOrigin(origin)) return;
    c.header("access-control-allow-origin", origin);
    c.header("access-control-expose-headers", RESPONSE_HEADERS);
  };
}
