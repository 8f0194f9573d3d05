import { scopes } from "../auth/access.ts";
import { createRoute, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { actorOf } from "../audit/actor.ts";
import { jsonBody } from "../http/body.ts";
import type { App, AppEnv } from "../auth/context.ts";
import { jsonContent, problems } from "../http/openapi.ts";
import { pageQuery, readPage } from "../http/paging.ts";
import { Problem } from "../http/problem.ts";
import {
  changeKey,
  createKey,
  listKeys,
  MAX_KEYS,
  readKey,
  revokeKey,
  rotateKey,
  toKeyView,
} from "./key-ring.ts";
import { normaliseOrigin } from "../auth/origins.ts";

const DAY_SECONDS = 24 * 60 * 60;

export const label = z
  .string()
  .trim()
  .max(100)
  .regex(/^[^\p{C}\p{Zl}\p{Zp}]*$/u, "holds control characters");

const origins = z
  .array(
    z
      .string()
      .max(300)
      .transform((entry, context) => {
        const origin = normaliseOrigin(entry);
        if (origin !== undefined) return origin;
        context.addIssue({
          code: "custom",
          message:
            "is no origin: https://www.example.com, https://*.example.com, or http://localhost:* for development",
        });
        return z.NEVER;
      }),
  )
  .max(50);

const keyBody = z
  .discriminatedUnion("kind", [
    z.strictObject({
      kind: z.literal("publishable"),
      // Everybody can read the key in the page: it may do nothing else.
      scopes: z.tuple([z.literal("chat")]).default(["chat"]),
      origins: origins.default([]),
      label: label.default(""),
    }),
    z.strictObject({
      kind: z.literal("secret"),
      scopes: z
        .array(z.enum(scopes))
        .min(1)
        .max(scopes.length)
        .transform((wanted) => scopes.filter((scope) => wanted.includes(scope)))
        .default(["chat", "documents", "insight"]),
      label: label.default(""),
    }),
  ])
  .meta({ id: "KeyInput" });

export const keyView = z
  .object({
    id: z.string(),
    kind: z.enum(["publishable", "secret"]),
    scopes: z.array(z.enum(scopes)),
    origins: z.array(z.string()),
    label: z.string(),
    status: z.enum(["active", "expiring", "expired", "revoked"]),
    /** In UTC, by the day. */
    last_used_on: z.string().nullable(),
    created_at: z.string(),
    expires_at: z.string().nullable(),
    revoked_at: z.string().nullable(),
    replaced_by: z.string().nullable(),
  })
  .meta({ id: "Key" });

/** A new key with the key itself, which no other answer ever shows. */
const shownKey = keyView.extend({ key: z.string() }).meta({ id: "NewKey" });

const idParameter = z.object({ id: z.string().max(100) });

const listRoute = createRoute({
  method: "get",
  path: "/v1/keys",
  summary: "List the workspace's keys, without the keys themselves",
  request: { query: pageQuery },
  responses: {
    200: jsonContent(
      z.object({ keys: z.array(keyView), next_cursor: z.string().nullable() }),
      "A page of keys",
    ),
    ...problems(400, 401, 403, 422, 429),
  },
});

const createKeyRoute = createRoute({
  method: "post",
  path: "/v1/keys",
  summary: "Create a key, which is shown this once",
  middleware: [jsonBody()] as const,
  request: { body: { ...jsonContent(keyBody, "Kind and rights"), required: true } },
  responses: {
    201: jsonContent(shownKey, "The key"),
    ...problems(400, 401, 403, 409, 413, 415, 422, 429),
  },
});

const changeRoute = createRoute({
  method: "patch",
  path: "/v1/keys/{id}",
  summary: "Change a key's label or origins",
  middleware: [jsonBody()] as const,
  request: {
    params: idParameter,
    body: {
      ...jsonContent(
        z.strictObject({ label: label.optional(), origins: origins.optional() }),
        "What to change",
      ),
      required: true,
    },
  },
  responses: {
    200: jsonContent(keyView, "The key"),
    ...problems(400, 401, 403, 404, 413, 415, 422, 429),
  },
});

const rotateRoute = createRoute({
  method: "post",
  path: "/v1/keys/{id}/rotate",
  summary: "Replace a key; the old one works on for a grace time",
  middleware: [jsonBody()] as const,
  request: {
    params: idParameter,
    body: {
      ...jsonContent(
        z.strictObject({
          grace_seconds: z
            .int()
            .min(0)
            .max(30 * DAY_SECONDS)
            .default(DAY_SECONDS),
        }),
        "For how long",
      ),
      required: true,
    },
  },
  responses: {
    201: jsonContent(shownKey, "The new key"),
    ...problems(400, 401, 403, 404, 413, 415, 422, 429),
  },
});

const revokeRoute = createRoute({
  method: "delete",
  path: "/v1/keys/{id}",
  summary: "Revoke a key at once",
  request: { params: idParameter },
  responses: { 200: jsonContent(keyView, "The revoked key"), ...problems(401, 403, 404, 429) },
});

export function keyRoutes(app: App): void {
  app.openapi(listRoute, async (c) => {
    const { db, now } = c.get("services");
    const caller = c.get("caller");
    const { rows, next_cursor } = await readPage(
      caller,
      "keys",
      c.req.valid("query"),
      (after, limit) => listKeys(db, caller.workspaceId, { after, limit }),
      ({ created_at: at, id }) => ({ at, id }),
    );
    return c.json({ keys: rows.map((row) => toKeyView(row, now())), next_cursor }, 200);
  });

  app.openapi(createKeyRoute, async (c) => {
    const wanted = { origins: [], ...c.req.valid("json") };
    const { workspaceId } = c.get("caller");
    const created = await createKey(c.get("services"), workspaceId, wanted, actorOf(c));
    if (!created) throw new Problem("limit_reached", `A workspace has at most ${MAX_KEYS} keys.`);
    return c.json({ ...(await viewKey(c, created.id)), key: created.key }, 201);
  });

  app.openapi(changeRoute, async (c) => {
    const { id } = c.req.valid("param");
    const { workspaceId } = c.get("caller");
    const change = c.req.valid("json");
    const services = c.get("services");
    const key = await readKey(services.db, workspaceId, id);
    if (!key) throw unknownKey();
    if (change.origins && key.kind !== "publishable") {
      throw new Problem("validation_failed", "origins: Only a publishable key has origins.");
    }
    if (!(await changeKey(services, workspaceId, id, change, actorOf(c)))) throw unknownKey();
    return c.json(await viewKey(c, id), 200);
  });

  app.openapi(rotateRoute, async (c) => {
    const { id } = c.req.valid("param");
    const graceMs = c.req.valid("json").grace_seconds * 1000;
    const { workspaceId } = c.get("caller");
    const rotated = await rotateKey(c.get("services"), workspaceId, id, graceMs, actorOf(c));
    if (!rotated) throw unknownKey();
    return c.json({ ...(await viewKey(c, rotated.id)), key: rotated.key }, 201);
  });

  app.openapi(revokeRoute, async (c) => {
    const { id } = c.req.valid("param");
    const { workspaceId } = c.get("caller");
    if (!(await revokeKey(c.get("services"), workspaceId, id, actorOf(c)))) throw unknownKey();
    return c.json(await viewKey(c, id), 200);
  });
}

async function viewKey(c: Context<AppEnv>, id: string) {
  const { db, now } = c.get("services");
  const row = await readKey(db, c.get("caller").workspaceId, id);
  if (!row) throw unknownKey();
  return toKeyView(row, now());
}

function unknownKey(): Problem {
  return new Problem(
    "not_found",
    "There is no key with this id that still works and has not been replaced.",
  );
}
