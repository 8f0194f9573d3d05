import { createRoute, z } from "@hono/zod-openapi";
import { callOf } from "../../audit/call.ts";
import type { App } from "../../auth/context.ts";
import { jsonContent, jsonRequest, problems } from "../../http/openapi.ts";
import { indexNames } from "../../models/ports.ts";
import { wakeUp } from "../../runtime/wake-up.ts";
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
  summary: "List the generations of the vector index and the progress of each",
  responses: {
    200: jsonContent(generationList, "Oldest first"),
  },
});

const startRoute = createRoute({
  method: "post",
  path: "/v1/generations",
  summary: "Build a new index with another embedding model, beside the one in use",
  ...jsonRequest(
    z.strictObject({
      model: z.string().min(1).max(200),
      index: z.enum(indexNames).default("VECTORIZE"),
    }),
    "The model, and the binding whose index has its dimensions",
  ),
  responses: {
    202: jsonContent(generationList, "It is being built"),
    ...problems(409),
  },
});

const switchRoute = createRoute({
  method: "post",
  path: "/v1/generations/{number}/switch",
  summary: "Search this generation from now on; switching to the previous one is a rollback",
  request: { params: numberParameter },
  responses: {
    200: jsonContent(generationList, "Switched"),
    ...problems(404, 409),
  },
});

const collectRoute = createRoute({
  method: "delete",
  path: "/v1/generations/{number}",
  summary: "Delete the vectors of a generation that is not searched",
  request: { params: numberParameter },
  responses: {
    202: jsonContent(generationList, "They are being deleted"),
    ...problems(404, 409),
  },
});

export function generationRoutes(app: App): void {
  app.openapi(listRoute, async (c) => {
    const { services, workspaceId } = callOf(c);
    return c.json({ generations: await listGenerations(services, workspaceId) }, 200);
  });

  app.openapi(startRoute, async (c) => {
    const { services, workspaceId, by } = callOf(c);
    const { model, index } = c.req.valid("json");
    const number = await startGeneration(services, workspaceId, model, index, by);
    wakeUp(services, services.embedQueue, { workspace_id: workspaceId, generation: number });
    return c.json({ generations: await listGenerations(services, workspaceId) }, 202);
  });

  app.openapi(switchRoute, async (c) => {
    const { services, workspaceId, by } = callOf(c);
    await switchGeneration(services, workspaceId, c.req.valid("param").number, by);
    return c.json({ generations: await listGenerations(services, workspaceId) }, 200);
  });

  app.openapi(collectRoute, async (c) => {
    const { services, workspaceId, by } = callOf(c);
    const { number } = c.req.valid("param");
    await collectGeneration(services, workspaceId, number, by);
    wakeUp(services, services.embedQueue, { workspace_id: workspaceId, generation: number });
    return c.json({ generations: await listGenerations(services, workspaceId) }, 202);
  });
}
