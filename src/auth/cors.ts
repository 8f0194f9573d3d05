import type { MiddlewareHandler } from "hono";
import { accessTable, isForBrowsers } from "./access.ts";
import { CONVERSATION_TOKEN_HEADER, VISITOR_TOKEN_HEADER } from "./credentials.ts";
import { isWebOrigin } from "./origins.ts";
import type { App, AppEnv } from "./context.ts";
import { Problem } from "../http/problem.ts";

/** What a page may send; `user-agent` and `last-event-id` are set by the AI SDK and by readers of event streams. */
const REQUEST_HEADERS = [
  "authorization",
  "content-type",
  "accept",
  "user-agent",
  "last-event-id",
  VISITOR_TOKEN_HEADER,
  CONVERSATION_TOKEN_HEADER,
].join(", ");

/** What a page may read besides the body. */
const RESPONSE_HEADERS = [
  "x-request-id",
  "retry-after",
  "ratelimit",
  "ratelimit-policy",
  "x-vercel-ai-ui-message-stream",
].join(", ");

/** Seconds that a browser remembers a preflight's answer; Chromium's most. */
const MAX_AGE = "7200";

/**
 * Answers preflights. They carry no key, so they cannot know whose list of origins counts: they allow every site to *send*,
 * and the request itself is refused when its key does not name the site. No cookie is ever used, so no credentials are allowed.
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
 * Lets a page of another site read what the routes for browsers answer, problems included: a success has been checked
 * against the key's origins, and a problem tells nothing of anybody. Only the refusal of the origin itself stays unread.
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
