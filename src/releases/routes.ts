import { createRoute, z } from "@hono/zod-openapi";
import { actorOf } from "../audit/actor.ts";
import type { App } from "../auth/context.ts";
import { jsonBody } from "../http/body.ts";
import { jsonContent, problems } from "../http/openapi.ts";
import { pageQuery, readPage } from "../http/paging.ts";
import { validationProblem } from "../http/problem.ts";
import {
  liveRelease,
  listOverlays,
  overlayStatement,
  publishOverlay,
  type StoredOverlay,
} from "./live-release.ts";
import { releaseSchema, shippedRelease, withOverlays, type Overlay } from "./release.ts";

const MAX_OVERLAY_BYTES = 64 * 1024;

const overlaySchema = z.record(z.string(), z.unknown()).meta({
  id: "ReleaseOverlay",
  description: "The fields of a release that the workspace changes",
});

const releaseView = z
  .object({
    id: z.string(),
    release: releaseSchema,
    overlay: overlaySchema,
  })
  .meta({ id: "LiveRelease" });

const overlayView = z
  .object({
    number: z.int(),
    overlay: overlaySchema,
    created_by: z.string(),
    created_at: z.string(),
  })
  .meta({ id: "PublishedOverlay" });

const path = "/v1/releases";
const livePath = `${path}/live`;

const listRoute = createRoute({
  method: "get",
  path,
  summary: "What the workspace has changed in the shipped release, the live overlay first",
  request: { query: pageQuery },
  responses: {
    200: jsonContent(
      z.object({ releases: z.array(overlayView), next_cursor: z.string().nullable() }),
      "A page of overlays",
    ),
    ...problems(400, 401, 403, 422, 429),
  },
});

const getRoute = createRoute({
  method: "get",
  path: livePath,
  summary: "The release that answers now: prompt rules, models, weights, thresholds, sentences",
  responses: { 200: jsonContent(releaseView, "The release"), ...problems(401, 403, 429) },
});

const putRoute = createRoute({
  method: "put",
  path: livePath,
  summary: "Replace what the workspace changes in the shipped release; live with the next question",
  middleware: [jsonBody(MAX_OVERLAY_BYTES)] as const,
  request: { body: { ...jsonContent(overlaySchema, "The fields to change"), required: true } },
  responses: {
    200: jsonContent(releaseView, "The release"),
    ...problems(400, 401, 403, 413, 415, 422, 429),
  },
});

export function releaseRoutes(app: App): void {
  app.openapi(listRoute, async (c) => {
    const { db } = c.get("services");
    const caller = c.get("caller");
    const { rows, next_cursor } = await readPage(
      caller,
      "releases",
      c.req.valid("query"),
      (after, limit) => listOverlays(db, caller.workspaceId, { after, limit }),
      ({ number }) => ({ at: number, id: "" }),
    );
    return c.json({ releases: rows.map(toView), next_cursor }, 200);
  });

  app.openapi(getRoute, async (c) => {
    const { db, config } = c.get("services");
    const scope = { sql: "?1", value: c.get("caller").workspaceId };
    const row = await overlayStatement(db, scope).first<{ overlay: string }>();
    const live = await liveRelease(config.releaseOverlays, row);
    return c.json({ ...live, overlay: JSON.parse(row?.overlay ?? "{}") as Overlay }, 200);
  });

  app.openapi(putRoute, async (c) => {
    const { db, config, now } = c.get("services");
    const { workspaceId } = c.get("caller");
    const overlay = c.req.valid("json");
    try {
      withOverlays(shippedRelease, ...config.releaseOverlays, overlay);
    } catch (error) {
      if (error instanceof z.ZodError) throw validationProblem(error);
      throw error;
    }
    await publishOverlay(db, workspaceId, overlay, actorOf(c), now());
    const row = { overlay: JSON.stringify(overlay) };
    return c.json({ ...(await liveRelease(config.releaseOverlays, row)), overlay }, 200);
  });
}

function toView({ number, overlay, createdBy, createdAt }: StoredOverlay) {
  return {
    number,
    overlay,
    created_by: createdBy,
    created_at: new Date(createdAt).toISOString(),
  };
}
