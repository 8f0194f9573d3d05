import type { Services } from "../runtime/services.ts";
import { wakeUp } from "../runtime/wake-up.ts";
import { sha256Hex } from "../crypto/hash.ts";
import { createRoute, z } from "@hono/zod-openapi";
import { limitBurst } from "../auth/burst-limits.ts";
import { decodeUtf8, readLimited, requireContentType } from "../http/body.ts";
import type { App } from "../auth/context.ts";
import { parseJson } from "../http/json.ts";
import { jsonContent, problems } from "../http/openapi.ts";
import { Problem } from "../http/problem.ts";
import { isObject, type Json } from "./contract/json.ts";
import type { Claim, SignedRequest } from "./contract/signatures.ts";
import type { AnyVendor } from "./contract/vendor.ts";
import { storeEvent, type NewEvent } from "./events.ts";
import { noteRefusal } from "./refusals.ts";
import { vendorOf } from "./source-types.ts";
import { findSource, openSource, type OpenSource } from "./sources.ts";
import { verifySignature } from "./verify-signature.ts";

/** GitHub lists up to 2,048 commits with their files in one push; nobody else comes near. */
const MAX_DELIVERY_BYTES = 8 * 1024 * 1024;
/** The stored part of a delivery has to fit into a row of D1, 2 MB. */
const MAX_STORED_CHARACTERS = 900_000;

const receiveRoute = createRoute({
  method: "post",
  path: "/v1/webhooks/{source_id}",
  summary: "Receive an event of a CMS, signed as that CMS signs",
  security: [],
  request: { params: z.object({ source_id: z.string() }) },
  responses: {
    202: jsonContent(
      z.object({ status: z.enum(["accepted", "duplicate"]), event_id: z.int().nullable() }),
      "Verified and stored; the work is done in the background",
    ),
    ...problems(400, 401, 413, 415, 422, 429),
  },
});

/** Verify, store, answer. All other work is done later, because a CMS waits for two seconds at most (Ghost). */
export function receiveRoutes(app: App): void {
  app.openapi(receiveRoute, async (c) => {
    const services = c.get("services");
    const { source_id } = c.req.valid("param");
    // Limited for each sender's address: a flood of bad signatures does not shut out the source's CMS.
    const address = c.req.header("cf-connecting-ip") ?? "";
    await limitBurst(services.apiLimiter, `webhook:${source_id.slice(0, 64)}:${address}`);
    const request = await readRequest(c.req.raw);
    const { source, claim } = await authenticSource(services, source_id, request);
    const vendor = vendorOf[source.type];
    const event = await toEvent(vendor, source, claim, request.body);
    const { db, now } = services;
    const eventId = await storeEvent(db, event, vendor.repeatsMayBeNew ?? false, now());
    if (eventId !== null) wakeUp(services, services.webhooksQueue, { source_id: source.id });
    const status = eventId === null ? ("duplicate" as const) : ("accepted" as const);
    return c.json({ status, event_id: eventId }, 202);
  });
}

async function readRequest(raw: Request): Promise<SignedRequest> {
  const { pathname, search } = new URL(raw.url);
  const json = /^application\/(?:json|[\w.+-]+\+json)\s*(?:;|$)/i;
  requireContentType(raw, json, "Set the webhook's content type to application/json.");
  const body = await readLimited(raw, MAX_DELIVERY_BYTES);
  return { method: raw.method, path: pathname + search, headers: raw.headers, body };
}

/** Without a source a signature is computed all the same: neither the answer nor its time tells whether the source exists. */
const NO_SOURCE = { type: "github" as const, secrets: ["no source has this secret"] };

async function authenticSource(
  { db, seal, now, waitUntil }: Pick<Services, "db" | "seal" | "now" | "waitUntil">,
  id: string,
  request: SignedRequest,
): Promise<{ source: OpenSource; claim: Claim }> {
  const row = await findSource(db, id);
  const source = row && (await openSource(seal, row));
  const { type, secrets } = source ?? NO_SOURCE;
  const verdict = await verifySignature(vendorOf[type].signature, request, secrets, now());
  if (source && "claim" in verdict) return { source, claim: verdict.claim };
  if (row && "refusal" in verdict) {
    // After the answer, whose time must not tell whether the source exists.
    waitUntil(
      noteRefusal(db, row, verdict.refusal, now()).catch((error: unknown) => {
        console.warn("webhooks: refusal not noted", { error: String(error) });
      }),
    );
  }
  throw new Problem("invalid_signature");
}

/** Beside the body an event keeps what the signature covers, and no header. */
async function toEvent(
  vendor: AnyVendor,
  { workspaceId, id: sourceId }: OpenSource,
  { signed, at, id, topic }: Claim,
  bytes: Uint8Array,
): Promise<NewEvent> {
  const parsed = parseBody(bytes);
  const body = vendor.trimBody?.(parsed) ?? parsed;
  if (JSON.stringify(body).length > MAX_STORED_CHARACTERS) {
    throw new Problem(
      "body_too_large",
      `At most ${MAX_STORED_CHARACTERS} characters can be stored.`,
    );
  }
  const claim = { at, topic: topic?.slice(0, 1000) };
  const type = vendor.eventType({ claim, body, receivedAt: 0 }) ?? "";
  const delivery = id ? `id:${await sha256Hex(id)}` : `signed:${await hashSigned(signed)}`;
  return { workspaceId, sourceId, delivery, type: type.slice(0, 100), claim, body };
}

function parseBody(body: Uint8Array): Json {
  const parsed = parseJson(decodeUtf8(body));
  if (!isObject(parsed)) throw new Problem("validation_failed", "The body is not a JSON object.");
  return parsed;
}

async function hashSigned(signed: Claim["signed"]): Promise<string> {
  return sha256Hex(new Uint8Array(await new Blob(signed).arrayBuffer()));
}
