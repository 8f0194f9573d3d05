import type { Services } from "../runtime/services.ts";
import { createRoute, z } from "@hono/zod-openapi";
import { actorOf } from "../audit/actor.ts";
import { jsonBody } from "../http/body.ts";
import type { App } from "../auth/context.ts";
import { jsonContent, problems } from "../http/openapi.ts";
import { readPage } from "../http/paging.ts";
import { Problem, validationProblem } from "../http/problem.ts";
import { listEvents, reopenEvent } from "./events.ts";
import { receiveRoutes, wakeEvent } from "./receive.ts";
import { vendorOf, type SourceType } from "./source-types.ts";
import {
  eventsQuery,
  eventView,
  newSourceBody,
  sourceChanges,
  sourceView,
  type SourceView,
} from "./schema.ts";
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
  middleware: [jsonBody()] as const,
  request: { body: { ...jsonContent(newSourceBody, "The CMS"), required: true } },
  responses: {
    201: jsonContent(sourceView, "Registered; give `webhook_url` to the CMS"),
    ...problems(400, 401, 403, 409, 413, 415, 422, 429, 503),
  },
});

const listRoute = createRoute({
  method: "get",
  path: "/v1/sources",
  summary: "List the registered CMSs and whether they work",
  responses: {
    200: jsonContent(z.object({ sources: z.array(sourceView) }), "All sources"),
    ...problems(401, 403, 429),
  },
});

const getRoute = createRoute({
  method: "get",
  path: "/v1/sources/{source_id}",
  summary: "Read one source",
  request: { params: idParameter },
  responses: { 200: jsonContent(sourceView, "The source"), ...problems(401, 403, 404, 429) },
});

const patchRoute = createRoute({
  method: "patch",
  path: "/v1/sources/{source_id}",
  summary: "Change a source's secrets, token or options",
  middleware: [jsonBody()] as const,
  request: {
    params: idParameter,
    body: { ...jsonContent(sourceChanges, "What changes; the rest stays"), required: true },
  },
  responses: {
    200: jsonContent(sourceView, "The source"),
    ...problems(400, 401, 403, 404, 413, 415, 422, 429, 503),
  },
});

const deleteRoute = createRoute({
  method: "delete",
  path: "/v1/sources/{source_id}",
  summary: "Forget a source and its events; its documents stay",
  request: { params: idParameter },
  responses: {
    200: jsonContent(z.object({ id: z.string(), status: z.literal("deleted") }), "Forgotten"),
    ...problems(401, 403, 404, 429),
  },
});

const eventsRoute = createRoute({
  method: "get",
  path: "/v1/sources/{source_id}/events",
  summary: "What a source sent and what became of it, the newest first; kept for 30 days",
  request: { params: idParameter, query: eventsQuery },
  responses: {
    200: jsonContent(
      z.object({ events: z.array(eventView), next_cursor: z.string().nullable() }),
      "A page of events",
    ),
    ...problems(400, 401, 403, 404, 422, 429),
  },
});

const retryRoute = createRoute({
  method: "post",
  path: "/v1/sources/{source_id}/events/{event_id}/retry",
  summary: "Have a failed event tried again",
  request: { params: eventParameter },
  responses: {
    202: jsonContent(z.object({ id: z.int(), status: z.literal("pending") }), "It will be tried"),
    ...problems(401, 403, 404, 422, 429),
  },
});

/** Registering a CMS and seeing whether it works. Its deliveries come in through `receive.ts`. */
export function sourceRoutes(app: App): void {
  receiveRoutes(app);

  app.openapi(createSourceRoute, async (c) => {
    const services = c.get("services");
    const { workspaceId } = c.get("caller");
    const { type, name, options, secrets, token } = c.req.valid("json");
    requireSealing(services);
    checkCredentials(type, secrets, token);
    const id = services.newId("src");
    const source = { type, name, options, credentials: { secrets, token } };
    if (
      !(await createSource(
        services.db,
        services.seal,
        workspaceId,
        id,
        source,
        actorOf(c),
        services.now(),
      ))
    ) {
      throw new Problem(
        "source_exists",
        `There is a source named "${name}"; give this one another name.`,
      );
    }
    return c.json(await readView(services, workspaceId, id, c.req.url), 201);
  });

  app.openapi(listRoute, async (c) => {
    const sources = await listSources(c.get("services").db, c.get("caller").workspaceId);
    return c.json({ sources: sources.map((source) => withAddress(source, c.req.url)) }, 200);
  });

  app.openapi(getRoute, async (c) => {
    const { source_id } = c.req.valid("param");
    const { workspaceId } = c.get("caller");
    return c.json(await readView(c.get("services"), workspaceId, source_id, c.req.url), 200);
  });

  app.openapi(patchRoute, async (c) => {
    const services = c.get("services");
    const { workspaceId } = c.get("caller");
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
    await updateSource(
      services.db,
      services.seal,
      changed,
      Object.keys(changes),
      actorOf(c),
      services.now(),
    );
    return c.json(await readView(services, workspaceId, source.id, c.req.url), 200);
  });

  app.openapi(deleteRoute, async (c) => {
    const { db, now } = c.get("services");
    const { source_id } = c.req.valid("param");
    const { workspaceId } = c.get("caller");
    const deleted = await deleteSource(db, workspaceId, source_id, actorOf(c), now());
    if (!deleted) throw notFound();
    return c.json({ id: source_id, status: "deleted" as const }, 200);
  });

  app.openapi(eventsRoute, async (c) => {
    const { db } = c.get("services");
    const caller = c.get("caller");
    const { workspaceId } = caller;
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
    const services = c.get("services");
    const { source_id, event_id } = c.req.valid("param");
    const { workspaceId } = c.get("caller");
    const id = Number(event_id);
    if (!(await reopenEvent(services.db, workspaceId, source_id, id, actorOf(c), services.now()))) {
      throw new Problem(
        "not_found",
        "There is no failed event with this id whose delivery is still kept.",
      );
    }
    wakeEvent(services, id);
    return c.json({ id, status: "pending" as const }, 202);
  });
}

function requireSealing({ config }: Services): void {
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
  { db, seal }: Services,
  workspaceId: string,
  id: string,
): Promise<OpenSource> {
  const row = await findSource(db, id);
  if (row?.workspaceId !== workspaceId) throw notFound();
  return openSource(seal, row);
}

async function readView(
  { db }: Services,
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
