import { createRoute, z } from "@hono/zod-openapi";
import type { App } from "../auth/context.ts";
import { jsonContent } from "../http/openapi.ts";
import { pageOf, pageQuery, readPage } from "../http/paging.ts";
import { callOf } from "./call.ts";
import { readAuditLog } from "./log.ts";

const text = z.string().max(300).optional();

const entry = z
  .object({
    id: z.int(),
    actor: z.string(),
    action: z.string(),
    object_id: z.string(),
    detail: z.record(z.string(), z.unknown()),
    request_id: z.string(),
    created_at: z.string(),
  })
  .meta({ id: "AuditEntry" });

const listRoute = createRoute({
  method: "get",
  path: "/v1/audit",
  summary: "List the changes that keys made, the latest first",
  request: { query: pageQuery.extend({ action: text, object_id: text, actor: text }) },
  responses: {
    200: jsonContent(pageOf({ entries: z.array(entry) }), "A page of the log"),
  },
});

export function auditRoutes(app: App): void {
  app.openapi(listRoute, async (c) => {
    const { services, caller, workspaceId } = callOf(c);
    const { action, object_id: objectId, actor, ...page } = c.req.valid("query");
    const { rows, next_cursor } = await readPage(
      caller,
      `audit:${JSON.stringify([action, objectId, actor])}`,
      page,
      (before, limit) =>
        readAuditLog(services.db, workspaceId, { action, objectId, actor, before, limit }),
      ({ created_at: at, id }) => ({ at, id: String(id) }),
    );
    const entries = rows.map((row) => ({
      ...row,
      detail: JSON.parse(row.detail) as Record<string, unknown>,
      created_at: new Date(row.created_at).toISOString(),
    }));
    return c.json({ entries, next_cursor }, 200);
  });
}
