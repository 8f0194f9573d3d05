import { createRoute, z } from "@hono/zod-openapi";
import { callOf } from "../audit/call.ts";
import type { App } from "../auth/context.ts";
import { jsonContent, jsonRequest, problems } from "../http/openapi.ts";
import { Problem } from "../http/problem.ts";
import {
  createIdentitySecret,
  listIdentitySecrets,
  MAX_IDENTITY_SECRETS,
  revokeIdentitySecret,
} from "./identity-secrets.ts";
import { label } from "./label.ts";

const view = z
  .object({
    kid: z.string(),
    label: z.string(),
    created_at: z.string(),
    revoked_at: z.string().nullable(),
  })
  .meta({ id: "IdentitySecret" });

const listRoute = createRoute({
  method: "get",
  path: "/v1/identity-secrets",
  summary: "List the secrets that sign visitors' tokens, without the secrets themselves",
  responses: {
    200: jsonContent(z.object({ identity_secrets: z.array(view) }), "Active ones first"),
  },
});

const createSecretRoute = createRoute({
  method: "post",
  path: "/v1/identity-secrets",
  summary: "Create a secret that signs visitors' tokens (HS256), which is shown this once",
  ...jsonRequest(z.strictObject({ label: label.default("") }), "A note of what it is for"),
  responses: {
    201: jsonContent(
      view.extend({
        /** The bytes of this text, in UTF-8, are the HMAC key. */
        secret: z.string(),
      }),
      "The secret; name its `kid` in the tokens' header",
    ),
    ...problems(409),
  },
});

const revokeRoute = createRoute({
  method: "delete",
  path: "/v1/identity-secrets/{kid}",
  summary: "Revoke a secret: tokens that it signed are refused at once",
  request: { params: z.object({ kid: z.string().max(100) }) },
  responses: {
    200: jsonContent(z.object({ kid: z.string(), status: z.literal("revoked") }), "Revoked"),
    ...problems(404),
  },
});

export function identityRoutes(app: App): void {
  app.openapi(listRoute, async (c) => {
    const { services, workspaceId } = callOf(c);
    return c.json({ identity_secrets: await listIdentitySecrets(services.db, workspaceId) }, 200);
  });

  app.openapi(createSecretRoute, async (c) => {
    const { services, workspaceId, by } = callOf(c);
    const { label } = c.req.valid("json");
    const created = await createIdentitySecret(services, workspaceId, label, by);
    if (!created) {
      throw new Problem(
        "limit_reached",
        `At most ${MAX_IDENTITY_SECRETS} identity secrets are active at a time. Revoke one first.`,
      );
    }
    return c.json(created, 201);
  });

  app.openapi(revokeRoute, async (c) => {
    const { services, workspaceId, by } = callOf(c);
    const { kid } = c.req.valid("param");
    const revoked = await revokeIdentitySecret(services, workspaceId, kid, by);
    if (!revoked)
      throw new Problem("not_found", "There is no active identity secret with this id.");
    return c.json({ kid, status: "revoked" as const }, 200);
  });
}
