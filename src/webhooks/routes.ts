import type { Services } from "../runtime/services.ts";
import { wakeUp } from "../runtime/wake-up.ts";
import { createRoute, z } from "@hono/zod-openapi";
import { callOf } from "../audit/call.ts";
import type { App } from "../auth/context.ts";
import { jsonContent, jsonRequest, problems } from "../http/openapi.ts";
import { pageOf, readPage } from "../http/paging.ts";
import { Problem, validationProblem } from "../http/problem.ts";
import { listEvents, reopenEvent } from "./events.ts";
import { receiveRoutes } from "./receive.ts";
import {
  eventsQuery,
  eventView,
  newSourceBody,
  sourceChanges,
  sourceView,
  type SourceView,
} from "./schema.ts";
import { vendorOf, type SourceType } from "./source-types.ts";
import {
  createSource,
  deleteSource,
  findSource,
  listSources,
  openSource,
  updateSource,
  type OpenSource,
} from "./sources.ts";

const idParameter = z.object({ source_id: z.string() });
const eventParameter = idParameter.extend({ event_id: z.string().regex(/^\d{1,15}$/) });

const createSourceRoute = createRoute({
  method: "post",
  path: "/v1/sources",
  summary: "Register a CMS whose webhooks are accepted",
  ...jsonRequest(newSourceBody, "The CMS"),
  responses: {
    201: jsonContent(sourceView, "Registered; give `webhook_url` to the CMS"),
    ...problems(409, 503),
  },
});

const listRoute = createRoute({
  method: "get",
  path: "/v1/sources",
  summary: "List the registered CMSs and the state of each",
  responses: {
    200: jsonContent(z.object({ sources: z.array(sourceView) }), "All sources"),
  },
});

const getRoute = createRoute({
  method: "get",
  path: "/v1/sources/{source_id}",
  summary: "Read one source",
  request: { params: idParameter },
  responses: { 200: jsonContent(sourceView, "The source"), ...problems(404) },
});

const patchRoute = createRoute({
  method: "patch",
  path: "/v1/sources/{source_id}",
  summary: "Change a source's secrets, token or options",
  ...jsonRequest(sourceChanges, "What changes; the rest stays", { params: idParameter }),
  responses: {
    200: jsonContent(sourceView, "The source"),
    ...problems(404, 503),
  },
});

const deleteRoute = createRoute({
  method: "delete",
  path: "/v1/sources/{source_id}",
  summary: "Delete a source and its events; its documents stay",
  request: { params: idParameter },
  responses: {
    200: jsonContent(z.object({ id: z.string(), status: z.literal("deleted") }), "Deleted"),
    ...problems(404),
  },
});

const eventsRoute = createRoute({
  method: "get",
  path: "/v1/sources/{source_id}/events",
  summary: "List a source's events and their results, the newest first; they are kept for 30 days",
  request: { params: idParameter, query: eventsQuery },
  responses: {
    200: jsonContent(pageOf({ events: z.array(eventView) }), "A page of events"),
    ...problems(404),
  },
});

const retryRoute = createRoute({
  method: "post",
  path: "/v1/sources/{source_id}/events/{event_id}/retry",
  summary: "Retry a failed event",
  request: { params: eventParameter },
  responses: {
    202: jsonContent(z.object({ id: z.int(), status: z.literal("pending") }), "It will be retried"),
    ...problems(404),
  },
});

/** Managing sources and reading their state. `receive.ts` takes their deliveries. */
export function sourceRoutes(app: App): void {
  receiveRoutes(app);

  app.openapi(createSourceRoute, async (c) => {
    const { services, workspaceId, by } = callOf(c);
    const { db, seal, now, newId } = services;
    const { type, name, options, secrets, token } = c.req.valid("json");
    requireSealing(services);
    checkCredentials(type, secrets, token);
    const id = newId("src");
    const source = { type, name, options, credentials: { secrets, token } };
    if (!(await createSource(db, seal, workspaceId, id, source, by, now()))) {
      throw new Problem("source_exists", `A source named "${name}" exists; choose another name.`);
    }
    return c.json(await readView(services, workspaceId, id, c.req.url), 201);
  });

  app.openapi(listRoute, async (c) => {
    const { services, workspaceId } = callOf(c);
    const sources = await listSources(services.db, workspaceId);
    return c.json({ sources: sources.map((source) => withAddress(source, c.req.url)) }, 200);
  });

  app.openapi(getRoute, async (c) => {
    const { services, workspaceId } = callOf(c);
    const { source_id } = c.req.valid("param");
    return c.json(await readView(services, workspaceId, source_id, c.req.url), 200);
  });

  app.openapi(patchRoute, async (c) => {
    const { services, workspaceId, by } = callOf(c);
    const { db, seal, now } = services;
    const changes = c.req.valid("json");
    requireSealing(services);
    const source = await openOwnSource(services, workspaceId, c.req.valid("param").source_id);
    const changed = {
      ...source,
      secrets: changes.secrets ?? source.secrets,
      token: changes.token === undefined ? source.token : (changes.token ?? undefined),
      options:
        changes.options === undefined ? source.options : readOptions(source.type, changes.options),
    };
    checkCredentials(changed.type, changed.secrets, changed.token);
    await updateSource(db, seal, changed, Object.keys(changes), by, now());
    return c.json(await readView(services, workspaceId, source.id, c.req.url), 200);
  });

  app.openapi(deleteRoute, async (c) => {
    const { services, workspaceId, by } = callOf(c);
    const { source_id } = c.req.valid("param");
    const deleted = await deleteSource(services.db, workspaceId, source_id, by, services.now());
    if (!deleted) throw notFound();
    return c.json({ id: source_id, status: "deleted" as const }, 200);
  });

  app.openapi(eventsRoute, async (c) => {
    const { services, caller, workspaceId } = callOf(c);
    const { db } = services;
    const { source_id } = c.req.valid("param");
    const { status, ...query } = c.req.valid("query");
    if ((await listSources(db, workspaceId, source_id)).length === 0) throw notFound();
    const { rows: events, next_cursor } = await readPage(
      caller,
      `events:${source_id}:${status ?? ""}`,
      query,
      (after, limit) =>
        listEvents(db, workspaceId, source_id, { status, before: after?.at, limit }),
      ({ id }) => ({ at: id, id: "" }),
    );
    return c.json({ events, next_cursor }, 200);
  });

  app.openapi(retryRoute, async (c) => {
    const { services, workspaceId, by } = callOf(c);
    const { source_id, event_id } = c.req.valid("param");
    const id = Number(event_id);
    if (!(await reopenEvent(services.db, workspaceId, source_id, id, by, services.now()))) {
      throw new Problem(
        "not_found",
        "There is no failed event with this id whose delivery is still kept.",
      );
    }
    wakeUp(services, services.webhooksQueue, { source_id });
    return c.json({ id, status: "pending" as const }, 202);
  });
}

function requireSealing({ config }: Pick<Services, "config">): void {
  if (config.sealingKeys.length > 0) return;
  throw new Problem(
    "not_configured",
    "Secrets cannot be stored: set SEALING_KEY (`wrangler secret put SEALING_KEY`).",
  );
}

function checkCredentials(type: SourceType, secrets: string[], token: string | undefined): void {
  const cms = vendorOf[type];
  const errors = secrets.flatMap((secret, index) => {
    const message = cms.checkSecret?.(secret);
    return message === undefined ? [] : [{ path: `secrets.${index}`, message }];
  });
  if (cms.token === "required" && token === undefined) {
    errors.push({ path: "token", message: "is required: events of this CMS carry no text" });
  }
  if (cms.token === "unused" && token !== undefined) {
    errors.push({ path: "token", message: "is not used by this type of source" });
  }
  const [first] = errors;
  if (first) throw new Problem("validation_failed", `${first.path}: ${first.message}`, { errors });
}

function readOptions(type: SourceType, options: unknown): unknown {
  const parsed = vendorOf[type].options.safeParse(options);
  if (!parsed.success) throw validationProblem(parsed.error);
  return parsed.data;
}

async function openOwnSource(
  { db, seal }: Pick<Services, "db" | "seal">,
  workspaceId: string,
  id: string,
): Promise<OpenSource> {
  const row = await findSource(db, id);
  if (row?.workspaceId !== workspaceId) throw notFound();
  return openSource(seal, row);
}

async function readView(
  { db }: Pick<Services, "db">,
  workspaceId: string,
  id: string,
  requestUrl: string,
): Promise<SourceView & { webhook_url: string }> {
  const [source] = await listSources(db, workspaceId, id);
  if (!source) throw notFound();
  return withAddress(source, requestUrl);
}

function withAddress(source: SourceView, requestUrl: string): SourceView & { webhook_url: string } {
  return { ...source, webhook_url: new URL(`/v1/webhooks/${source.id}`, requestUrl).href };
}

function notFound(): Problem {
  return new Problem("not_found", "There is no source with this id.");
}
