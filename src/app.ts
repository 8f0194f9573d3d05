import { OpenAPIHono } from "@hono/zod-openapi";
import { chatRoutes } from "./chat/routes.ts";
import { conversationRoutes } from "./conversations/routes.ts";
import type { App, AppEnv } from "./http/context.ts";
import { Problem, problemResponse, validationProblem } from "./http/problem.ts";
import { documentRoutes } from "./knowledge/routes.ts";
import { synonymRoutes } from "./retrieval/synonym-routes.ts";
import { searchRoutes } from "./retrieval/routes.ts";
import { createServices } from "./services.ts";
import { sourceRoutes } from "./webhooks/routes.ts";

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
    c.header("x-content-type-options", "nosniff");
    if (!c.res.headers.has("cache-control")) c.header("cache-control", "no-store");
  });
  app.get("/health", (c) => c.json({ status: "ok" }));
  app.use(async (c, next) => {
    c.set("services", createServices(c.env, c.executionCtx));
    await next();
  });
  app.get("/demo.json", (c) => {
    const { demoKey } = c.get("services").config;
    if (!demoKey) throw new Problem("not_found", "This deployment has no demo key.");
    return c.json({ key: demoKey });
  });
  chatRoutes(app);
  conversationRoutes(app);
  documentRoutes(app);
  searchRoutes(app);
  synonymRoutes(app);
  sourceRoutes(app);

  app.openAPIRegistry.registerComponent("securitySchemes", "key", {
    type: "http",
    scheme: "bearer",
  });
  app.doc31("/openapi.json", {
    openapi: "3.1.0",
    info: { title: "Edgewise", version: "0.1.0" },
    security: [{ key: [] }],
  });

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
