import { createRoute, z } from "@hono/zod-openapi";
import { scopes } from "../auth/access.ts";
import { callOf, type Call } from "../audit/call.ts";
import type { App } from "../auth/context.ts";
import { normaliseOrigin } from "../auth/origins.ts";
import { jsonContent, jsonRequest, problems } from "../http/openapi.ts";
import { pageOf, pageQuery, readPage } from "../http/paging.ts";
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
import { label } from "./label.ts";

const DAY_SECONDS = 24 * 60 * 60;

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
            "is not an origin: use https://www.example.com, https://*.example.com, or http://localhost:* for development",
        });
        return z.NEVER;
      }),
  )
  .max(50);

const keyBody = z
  .discriminatedUnion("kind", [
    z.strictObject({
      kind: z.literal("publishable"),
      // Everybody can read this key in the page, so it may do nothing else.
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

const keyView = z
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

/** A new key with the key itself, which no other response shows. */
const shownKey = keyView.extend({ key: z.string() }).meta({ id: "NewKey" });

const graceSeconds = z
  .int()
  .min(0)
  .max(30 * DAY_SECONDS)
  .default(DAY_SECONDS);

const idParameter = z.object({ id: z.string().max(100) });

const listRoute = createRoute({
  method: "get",
  path: "/v1/keys",
  summary: "List the workspace's keys, without the keys themselves",
  request: { query: pageQuery },
  responses: {
    200: jsonContent(pageOf({ keys: z.array(keyView) }), "A page of keys"),
  },
});

const createKeyRoute = createRoute({
  method: "post",
  path: "/v1/keys",
  summary: "Create a key, which is shown this once",
  ...jsonRequest(keyBody, "Kind and rights"),
  responses: {
    201: jsonContent(shownKey, "The key"),
    ...problems(409),
  },
});

const changeRoute = createRoute({
  method: "patch",
  path: "/v1/keys/{id}",
  summary: "Change a key's label or origins",
  ...jsonRequest(
    z.strictObject({ label: label.optional(), origins: origins.optional() }),
    "What to change",
    { params: idParameter },
  ),
  responses: {
    200: jsonContent(keyView, "The key"),
    ...problems(404),
  },
});

const rotateRoute = createRoute({
  method: "post",
  path: "/v1/keys/{id}/rotate",
  summary: "Replace a key; the old one works on for a grace period",
  ...jsonRequest(
    z.strictObject({ grace_seconds: graceSeconds }),
    "For how long the old key works on",
    {
      params: idParameter,
    },
  ),
  responses: {
    201: jsonContent(shownKey, "The new key"),
    ...problems(404, 409),
  },
});

const revokeRoute = createRoute({
  method: "delete",
  path: "/v1/keys/{id}",
  summary: "Revoke a key at once",
  request: { params: idParameter },
  responses: { 200: jsonContent(keyView, "The revoked key"), ...problems(404) },
});

export function keyRoutes(app: App): void {
  app.openapi(listRoute, async (c) => {
    const { services, caller, workspaceId } = callOf(c);
    const { rows, next_cursor } = await readPage(
      caller,
      "keys",
      c.req.valid("query"),
      (after, limit) => listKeys(services.db, workspaceId, { after, limit }),
      ({ created_at: at, id }) => ({ at, id }),
    );
    return c.json({ keys: rows.map((row) => toKeyView(row, services.now())), next_cursor }, 200);
  });

  app.openapi(createKeyRoute, async (c) => {
    const call = callOf(c);
    const wanted = { origins: [], ...c.req.valid("json") };
    const created = await createKey(call.services, call.workspaceId, wanted, call.by);
    if (!created) throw tooManyKeys();
    return c.json({ ...(await viewKey(call, created.id)), key: created.key }, 201);
  });

  app.openapi(changeRoute, async (c) => {
    const call = callOf(c);
    const { services, workspaceId, by } = call;
    const { id } = c.req.valid("param");
    const change = c.req.valid("json");
    const key = await readKey(services.db, workspaceId, id);
    if (!key) throw unknownKey();
    if (change.origins && key.kind !== "publishable") {
      throw new Problem("validation_failed", "origins: Only a publishable key has origins.");
    }
    if (!(await changeKey(services, workspaceId, id, change, by))) throw unknownKey();
    return c.json(await viewKey(call, id), 200);
  });

  app.openapi(rotateRoute, async (c) => {
    const call = callOf(c);
    const { id } = c.req.valid("param");
    const graceMs = c.req.valid("json").grace_seconds * 1000;
    const rotated = await rotateKey(call.services, call.workspaceId, id, graceMs, call.by);
    if (!rotated) throw unknownKey();
    if (rotated === "limit") throw tooManyKeys();
    return c.json({ ...(await viewKey(call, rotated.id)), key: rotated.key }, 201);
  });

  app.openapi(revokeRoute, async (c) => {
    const call = callOf(c);
    const { id } = c.req.valid("param");
    if (!(await revokeKey(call.services, call.workspaceId, id, call.by))) throw unknownKey();
    return c.json(await viewKey(call, id), 200);
  });
}

async function viewKey({ services, workspaceId }: Call, id: string) {
  const row = await readKey(services.db, workspaceId, id);
  if (!row) throw unknownKey();
  return toKeyView(row, services.now());
}

function tooManyKeys(): Problem {
  return new Problem("limit_reached", `A workspace has at most ${MAX_KEYS} keys.`);
}

function unknownKey(): Problem {
  return new Problem(
    "not_found",
    "There is no key with this id that still works and has not been replaced.",
  );
}
