import { OpenAPIHono } from "@hono/zod-openapi";
import { secureHeaders } from "hono/secure-headers";
import { auditRoutes } from "./audit/routes.ts";
import type { App, AppEnv } from "./auth/context.ts";
import { corsHeaders, preflightRoutes } from "./auth/cors.ts";
import { guard } from "./auth/guard.ts";
import { openApiDocument } from "./auth/openapi.ts";
import { conversationRoutes } from "./conversations/routes.ts";
import { Problem, problemResponse, validationProblem } from "./http/problem.ts";
import { documentRoutes } from "./knowledge/accept/routes.ts";
import { generationRoutes } from "./knowledge/reindex/routes.ts";
import { privacyRoutes } from "./privacy/routes.ts";
import { chatRoutes } from "./protocols/chat-routes.ts";
import { searchRoutes } from "./protocols/search-routes.ts";
import { playbookRoutes } from "./playbook/routes.ts";
import { releaseRoutes } from "./releases/routes.ts";
import { synonymRoutes } from "./retrieval/synonym-routes.ts";
import { createServices } from "./services.ts";
import { sourceRoutes } from "./webhooks/routes.ts";
import { identityRoutes } from "./workspaces/identity-routes.ts";
import { keyRoutes } from "./workspaces/key-routes.ts";
import { settingsRoutes } from "./workspaces/settings-routes.ts";
import { workspaceRoutes } from "./workspaces/workspace-routes.ts";

/** Responses of the API are data: no browser runs, embeds or frames them. The headers of the pages stand in `web/_headers`. */
const securityHeaders = secureHeaders({
  contentSecurityPolicy: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
  strictTransportSecurity: "max-age=31536000",
  xFrameOptions: "DENY",
});

/** Middleware in order, routes and the one error handler. */
/** @param compose makes what a request works with */
export function createApp(compose: typeof createServices = createServices): App {
  const app = new OpenAPIHono<AppEnv>({
    defaultHook: (result) => {
      if (!result.success) throw validationProblem(result.error);
    },
  });

  app.use(securityHeaders);
  // Not `hono/request-id`: it sets the header before the handler runs, and a handler's own `Response`, such as a stream, drops it.
  app.use(async (c, next) => {
    c.set("requestId", crypto.randomUUID());
    await next();
    c.header("x-request-id", c.get("requestId"));
    if (!c.res.headers.has("cache-control")) c.header("cache-control", "no-store");
  });
  app.get("/health", (c) => c.json({ status: "ok" }));
  preflightRoutes(app);
  app.use(corsHeaders());
  app.use(async (c, next) => {
    c.set("services", compose(c.env, c.executionCtx));
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
  playbookRoutes(app);
  sourceRoutes(app);

  app.get("/openapi.json", (c) => c.json(openApiDocument(app)));
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
