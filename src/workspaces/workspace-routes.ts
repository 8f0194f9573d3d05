import { createRoute, z } from "@hono/zod-openapi";
import { jsonBody } from "../http/body.ts";
import type { App } from "../auth/context.ts";
import { jsonContent, problems } from "../http/openapi.ts";
import { pageQuery, readPage } from "../http/paging.ts";
import { label } from "./key-routes.ts";
import { createWorkspace, listWorkspaces } from "./workspaces.ts";

const workspace = z
  .object({ id: z.string(), name: z.string(), created_at: z.string() })
  .meta({ id: "Workspace" });

const createWorkspaceRoute = createRoute({
  method: "post",
  path: "/v1/workspaces",
  summary: "Create a workspace with its first key, which is shown this once",
  middleware: [jsonBody()] as const,
  request: {
    body: { ...jsonContent(z.strictObject({ name: label.min(1) }), "Its name"), required: true },
  },
  responses: {
    201: jsonContent(
      workspace.extend({
        /** A secret key with every scope. */
        key: z.string(),
      }),
      "The workspace",
    ),
    ...problems(400, 401, 413, 415, 422, 429),
  },
});

const listRoute = createRoute({
  method: "get",
  path: "/v1/workspaces",
  summary: "List the deployment's workspaces",
  request: { query: pageQuery },
  responses: {
    200: jsonContent(
      z.object({ workspaces: z.array(workspace), next_cursor: z.string().nullable() }),
      "A page of workspaces",
    ),
    ...problems(400, 401, 422, 429),
  },
});

export function workspaceRoutes(app: App): void {
  app.openapi(createWorkspaceRoute, async (c) => {
    const { name } = c.req.valid("json");
    return c.json(await createWorkspace(c.get("services"), name, c.get("requestId")), 201);
  });

  app.openapi(listRoute, async (c) => {
    const { db, config } = c.get("services");
    // The list is the deployment's, so what signs its cursors is, too.
    const signer = { workspaceId: "", workspaceSecret: config.adminToken ?? "" };
    const { rows, next_cursor } = await readPage(
      signer,
      "workspaces",
      c.req.valid("query"),
      (after, limit) => listWorkspaces(db, { after, limit }),
      ({ createdAt: at, id }) => ({ at, id }),
    );
    const workspaces = rows.map(({ createdAt: _createdAt, ...view }) => view);
    return c.json({ workspaces, next_cursor }, 200);
  });
}
