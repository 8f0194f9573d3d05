import { createRoute } from "@hono/zod-openapi";
import { actorOf } from "../audit/actor.ts";
import { jsonBody } from "../http/body.ts";
import type { App } from "../auth/context.ts";
import { jsonContent, problems } from "../http/openapi.ts";
import { changeSettings, readSettings, settingsSchema } from "./settings.ts";

const getRoute = createRoute({
  method: "get",
  path: "/v1/settings",
  summary:
    "What the workspace has chosen: limits, budget, link hosts, retention, what models may see",
  responses: { 200: jsonContent(settingsSchema, "The settings"), ...problems(401, 403, 429) },
});

const patchRoute = createRoute({
  method: "patch",
  path: "/v1/settings",
  summary: "Change some of them",
  middleware: [jsonBody()] as const,
  request: {
    body: { ...jsonContent(settingsSchema.partial(), "The fields to change"), required: true },
  },
  responses: {
    200: jsonContent(settingsSchema, "The settings"),
    ...problems(400, 401, 403, 413, 415, 422, 429),
  },
});

export function settingsRoutes(app: App): void {
  app.openapi(getRoute, async (c) => {
    return c.json(await readSettings(c.get("services").db, c.get("caller").workspaceId), 200);
  });

  app.openapi(patchRoute, async (c) => {
    const { db, now } = c.get("services");
    const { workspaceId } = c.get("caller");
    const changes = c.req.valid("json");
    return c.json(await changeSettings(db, workspaceId, changes, actorOf(c), now()), 200);
  });
}
