import { createRoute, z } from "@hono/zod-openapi";
import { callOf } from "../audit/call.ts";
import type { App } from "../auth/context.ts";
import { jsonContent, jsonRequest } from "../http/openapi.ts";
import { pageOf, pageQuery, readPage } from "../http/paging.ts";
import { Problem, validationProblem } from "../http/problem.ts";
import type { Services } from "../runtime/services.ts";
import { liveModelStatement, ownExemplars, storeExemplars } from "./exemplar-vectors.ts";
import {
  liveRelease,
  listOverlays,
  overlayStatement,
  publishOverlay,
  workspaceRelease,
} from "./live-release.ts";
import { releaseSchema, type Overlay, type Release } from "./release.ts";

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

const changeView = z
  .object({
    number: z.int(),
    created_by: z.string(),
    created_at: z.string(),
  })
  .meta({ id: "ReleaseChange" });

const path = "/v1/releases";
const livePath = `${path}/live`;

const listRoute = createRoute({
  method: "get",
  path,
  summary: "When and by whom the workspace's release was changed, the live change first",
  request: { query: pageQuery },
  responses: { 200: jsonContent(pageOf({ releases: z.array(changeView) }), "A page of changes") },
});

const getRoute = createRoute({
  method: "get",
  path: livePath,
  summary:
    "The release that answers now: prompt rules, models, weights, thresholds, exemplars of intents, sentences",
  responses: { 200: jsonContent(releaseView, "The release") },
});

const putRoute = createRoute({
  method: "put",
  path: livePath,
  summary: "Replace what the workspace changes in the shipped release; live with the next question",
  ...jsonRequest(overlaySchema, "The fields to change"),
  responses: { 200: jsonContent(releaseView, "The release") },
});

export function releaseRoutes(app: App): void {
  app.openapi(listRoute, async (c) => {
    const { services, caller, workspaceId } = callOf(c);
    const { rows, next_cursor } = await readPage(
      caller,
      "releases",
      c.req.valid("query"),
      (after, limit) => listOverlays(services.db, workspaceId, { after, limit }),
      ({ number }) => ({ at: number, id: "" }),
    );
    const releases = rows.map((row) => ({
      ...row,
      created_at: new Date(row.created_at).toISOString(),
    }));
    return c.json({ releases, next_cursor }, 200);
  });

  app.openapi(getRoute, async (c) => {
    const { services, workspaceId } = callOf(c);
    const { db, config } = services;
    const scope = { sql: "?1", value: workspaceId };
    const row = await overlayStatement(db, scope).first<{ overlay: string }>();
    const { id, release } = await liveRelease(config, row);
    return c.json({ id, release, overlay: JSON.parse(row?.overlay ?? "{}") as Overlay }, 200);
  });

  app.openapi(putRoute, async (c) => {
    const { services, workspaceId, by } = callOf(c);
    const { db, config, now } = services;
    const overlay = c.req.valid("json");
    requireSmall(overlay);
    let next: Release;
    try {
      next = workspaceRelease(config, overlay);
    } catch (error) {
      if (error instanceof z.ZodError) throw validationProblem(error);
      throw error;
    }
    const exemplars = await ownExemplars(overlay, next);
    const row = await publishOverlay(db, workspaceId, overlay, exemplars, by, now());
    const { id, release } = await liveRelease(config, row);
    if (exemplars !== null) await prepareExemplars(services, workspaceId, release);
    return c.json({ id, release, overlay }, 200);
  });
}

/** A cron tick makes up for it where the model cannot be reached now. */
async function prepareExemplars(
  services: Services,
  workspaceId: string,
  release: Release,
): Promise<void> {
  const { db, config } = services;
  const scope = { sql: "?1", value: workspaceId };
  const row = await liveModelStatement(db, scope).first<{ model: string | null }>();
  try {
    await storeExemplars(services, release, row?.model ?? config.embeddingModel);
  } catch (error) {
    console.warn("release: its exemplars are embedded later", { error: String(error) });
  }
}

/** The limit on an overlay, because every change is stored and every turn reads the live one. */
const MAX_OVERLAY_CHARACTERS = 32_000;

function requireSmall(overlay: Overlay): void {
  if (JSON.stringify(overlay).length > MAX_OVERLAY_CHARACTERS)
    throw new Problem(
      "body_too_large",
      `An overlay takes at most ${MAX_OVERLAY_CHARACTERS} characters.`,
    );
}
