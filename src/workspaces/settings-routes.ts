import { createRoute } from "@hono/zod-openapi";
import { callOf } from "../audit/call.ts";
import type { App } from "../auth/context.ts";
import { jsonContent, jsonRequest } from "../http/openapi.ts";
import { changeSettings, publicSettings, readSettings, settingsSchema } from "./settings.ts";

const getRoute = createRoute({
  method: "get",
  path: "/v1/settings",
  summary:
    "Read the workspace's settings: names, contact, link hosts, limits, budget, retention, what models may see",
  responses: { 200: jsonContent(settingsSchema, "The settings") },
});

const patchRoute = createRoute({
  method: "patch",
  path: "/v1/settings",
  summary: "Change some of the workspace's settings",
  ...jsonRequest(settingsSchema.partial(), "The fields to change"),
  responses: {
    200: jsonContent(settingsSchema, "The settings"),
  },
});

const configRoute = createRoute({
  method: "get",
  path: "/v1/config",
  summary: "What a chat page shows of the workspace: names, contact, questions to start with",
  responses: { 200: jsonContent(publicSettings.schema, "The public settings") },
});

export function settingsRoutes(app: App): void {
  app.openapi(configRoute, async (c) => {
    const { services, workspaceId } = callOf(c);
    const settings = await readSettings(services.db, workspaceId);
    return c.json(publicSettings.of(settings), 200);
  });

  app.openapi(getRoute, async (c) => {
    const { services, workspaceId } = callOf(c);
    return c.json(await readSettings(services.db, workspaceId), 200);
  });

  app.openapi(patchRoute, async (c) => {
    const { services, workspaceId, by } = callOf(c);
    const { db, now } = services;
    return c.json(await changeSettings(db, workspaceId, c.req.valid("json"), by, now()), 200);
  });
}
