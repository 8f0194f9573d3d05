import type { Services } from "../../runtime/services.ts";
import { createRoute, z } from "@hono/zod-openapi";
import { actorOf } from "../../audit/actor.ts";
import { jsonBody } from "../../http/body.ts";
import type { App } from "../../auth/context.ts";
import { jsonContent, problems } from "../../http/openapi.ts";
import { indexNames } from "../../models/ports.ts";
import { collectGeneration, listGenerations, startGeneration, switchGeneration } from "./manage.ts";

const completeness = z.object({ chunks: z.int(), checksum: z.int() });
const generationView = z
  .object({
    number: z.int(),
    model: z.string(),
    dimensions: z.int(),
    index: z.enum(indexNames),
    state: z.enum(["building", "live", "retired", "collecting", "collected"]),
    served: completeness,
    ready: completeness,
    stored: z.int(),
    refused: z.int(),
    error: z.string().nullable(),
    created_at: z.string(),
    state_at: z.string(),
  })
  .meta({ id: "IndexGeneration" });
const generationList = z.object({ generations: z.array(generationView) });
const numberParameter = z.object({ number: z.coerce.number().int().min(1).max(999_999_999) });

const listRoute = createRoute({
  method: "get",
  path: "/v1/generations",
  summary: "The generations of the vector index, and how far each is built",
  responses: {
    200: jsonContent(generationList, "Oldest first"),
    ...problems(401, 403, 429),
  },
});

const startRoute = createRoute({
  method: "post",
  path: "/v1/generations",
  summary: "Build the index anew with another embedding model, beside the one in use",
  middleware: [jsonBody()] as const,
  request: {
    body: {
      ...jsonContent(
        z.strictObject({
          model: z.string().min(1).max(200),
          index: z.enum(indexNames).default("VECTORIZE"),
        }),
        "The model, and the binding whose index has its dimensions",
      ),
      required: true,
    },
  },
  responses: {
    202: jsonContent(generationList, "It is being built"),
    ...problems(400, 401, 403, 409, 413, 415, 422, 429),
  },
});

const switchRoute = createRoute({
  method: "post",
  path: "/v1/generations/{number}/switch",
  summary: "Search this generation from now on; with the one before, a rollback",
  request: { params: numberParameter },
  responses: {
    200: jsonContent(generationList, "Switched"),
    ...problems(401, 403, 404, 409, 422, 429),
  },
});

const collectRoute = createRoute({
  method: "delete",
  path: "/v1/generations/{number}",
  summary: "Delete the vectors of a generation that is not searched",
  request: { params: numberParameter },
  responses: {
    202: jsonContent(generationList, "They are being deleted"),
    ...problems(401, 403, 404, 409, 422, 429),
  },
});

export function generationRoutes(app: App): void {
  app.openapi(listRoute, async (c) => {
    const generations = await listGenerations(c.get("services"), c.get("caller").workspaceId);
    return c.json({ generations }, 200);
  });

  app.openapi(startRoute, async (c) => {
    const services = c.get("services");
    const { workspaceId } = c.get("caller");
    const { model, index } = c.req.valid("json");
    const number = await startGeneration(services, workspaceId, model, index, actorOf(c));
    wakeBuilder(services, workspaceId, number);
    return c.json({ generations: await listGenerations(services, workspaceId) }, 202);
  });

  app.openapi(switchRoute, async (c) => {
    const services = c.get("services");
    const { workspaceId } = c.get("caller");
    await switchGeneration(services, workspaceId, c.req.valid("param").number, actorOf(c));
    return c.json({ generations: await listGenerations(services, workspaceId) }, 200);
  });

  app.openapi(collectRoute, async (c) => {
    const services = c.get("services");
    const { workspaceId } = c.get("caller");
    const { number } = c.req.valid("param");
    await collectGeneration(services, workspaceId, number, actorOf(c));
    wakeBuilder(services, workspaceId, number);
    return c.json({ generations: await listGenerations(services, workspaceId) }, 202);
  });
}

/** The table already says what is to be done: a message that cannot be sent is the sweeper's to replace. */
function wakeBuilder(services: Services, workspaceId: string, generation: number): void {
  const { ingestQueue, waitUntil } = services;
  waitUntil(
    ingestQueue.send({ workspace_id: workspaceId, generation }).catch((error: unknown) => {
      console.warn("generation: wake-up not sent; the sweeper will", { error: String(error) });
    }),
  );
}
