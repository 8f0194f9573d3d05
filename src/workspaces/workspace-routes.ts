import { createRoute, z } from "@hono/zod-openapi";
import type { App } from "../auth/context.ts";
import { jsonContent, jsonRequest } from "../http/openapi.ts";
import { pageOf, pageQuery, readPage } from "../http/paging.ts";
import { label } from "./label.ts";
import { createWorkspace, listWorkspaces } from "./workspaces.ts";

const workspace = z
  .object({ id: z.string(), name: z.string(), created_at: z.string() })
  .meta({ id: "Workspace" });

const createWorkspaceRoute = createRoute({
  method: "post",
  path: "/v1/workspaces",
  summary: "Create a workspace with its first key, which is shown this once",
  ...jsonRequest(z.strictObject({ name: label.min(1) }), "Its name"),
  responses: {
    201: jsonContent(
      workspace.extend({
        /** A secret key with every scope. */
        key: z.string(),
      }),
      "The workspace",
    ),
  },
});

const listRoute = createRoute({
  method: "get",
  path: "/v1/workspaces",
  summary: "List the deployment's workspaces",
  request: { query: pageQuery },
  responses: {
    200: jsonContent(pageOf({ workspaces: z.array(workspace) }), "A page of workspaces"),
  },
});

export function workspaceRoutes(app: App): void {
  app.openapi(createWorkspaceRoute, async (c) => {
    const { name } = c.req.valid("json");
    return c.json(await createWorkspace(c.get("services"), name, c.get("requestId")), 201);
  });

  app.openapi(listRoute, async (c) => {
    const { db, config } = c.get("services");
    // The list is the deployment's, so the deployment's token signs its cursors.
    const signer = { workspaceId: "", workspaceSecret: config.adminToken ?? "" };
    const { rows, next_cursor } = await readPage(
      signer,
      "workspaces",
      c.req.valid("query"),
      (after, limit) => listWorkspaces(db, { after, limit }),
      ({ created_at: at, id }) => ({ at, id }),
    );
    const workspaces = rows.map((row) => ({
      ...row,
      created_at: new Date(row.created_at).toISOString(),
    }));
    return c.json({ workspaces, next_cursor }, 200);
  });
}
