import { describe } from "./auth/openapi.ts";
import { OpenAPIHono } from "@hono/zod-openapi";
import { chatRoutes } from "./protocols/chat-routes.ts";
import { auditRoutes } from "./audit/routes.ts";
import { identityRoutes } from "./workspaces/identity-routes.ts";
import { keyRoutes } from "./workspaces/key-routes.ts";
import { workspaceRoutes } from "./workspaces/workspace-routes.ts";
import { conversationRoutes } from "./conversations/routes.ts";
import { generationRoutes } from "./knowledge/reindex/routes.ts";
import type { App, AppEnv } from "./auth/context.ts";
import { corsHeaders, preflightRoutes } from "./auth/cors.ts";
import { guard } from "./auth/guard.ts";
import { Problem, problemResponse, validationProblem } from "./http/problem.ts";
import { documentRoutes } from "./knowledge/accept/routes.ts";
import { privacyRoutes } from "./privacy/routes.ts";
import { synonymRoutes } from "./retrieval/synonym-routes.ts";
import { searchRoutes } from "./protocols/search-routes.ts";
import { releaseRoutes } from "./releases/routes.ts";
import { settingsRoutes } from "./workspaces/settings-routes.ts";
import { createServices } from "./services.ts";
import { sourceRoutes } from "./webhooks/routes.ts";

/** What the API answers is data: nothing of it runs, loads or is shown in a frame. The pages' own stand in `web/_headers`. */
const SECURITY_HEADERS = {
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "referrer-policy": "no-referrer",
  "strict-transport-security": "max-age=31536000",
  "x-content-type-options": "nosniff",
};

/** Middleware order, mounts and the one error handler. */
export function createApp(): App {
  const app = new OpenAPIHono<AppEnv>({
    defaultHook: (result) => {
      if (!result.success) throw validationProblem(result.error);
    },
  });

  app.use(async (c, next) => {
    c.set("requestId", crypto.randomUUID());
    await next();
    c.header("x-request-id", c.get("requestId"));
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) c.header(name, value);
    if (!c.res.headers.has("cache-control")) c.header("cache-control", "no-store");
  });
  app.get("/health", (c) => c.json({ status: "ok" }));
  preflightRoutes(app);
  app.use(corsHeaders());
  app.use(async (c, next) => {
    c.set("services", createServices(c.env, c.executionCtx));
    await next();
  });
  app.use(guard());
  app.get("/demo.json", (c) => {
    const { demoKey } = c.get("services").config;
    if (!demoKey) throw new Problem("not_found", "This deployment has no demo key.");
    return c.json({ key: demoKey });
  });
  chatRoutes(app);
  conversationRoutes(app);
  privacyRoutes(app);
  documentRoutes(app);
  generationRoutes(app);
  searchRoutes(app);
  keyRoutes(app);
  identityRoutes(app);
  workspaceRoutes(app);
  auditRoutes(app);
  synonymRoutes(app);
  settingsRoutes(app);
  releaseRoutes(app);
  sourceRoutes(app);

  app.get("/openapi.json", (c) => c.json(describe(app)));
  app.notFound((c) => problemResponse(c, new Problem("not_found", "There is no such path.")));
  app.onError((error, c) => {
    if (error instanceof Problem) return problemResponse(c, error);
    console.error("unhandled error", {
      request: c.get("requestId"),
      error: error.stack ?? String(error),
    });
    return problemResponse(c, new Problem("internal"));
  });
  return app;
}
