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
import type { AnyCms, Json } from "./contract/cms.ts";
import { isObject } from "./contract/entry.ts";
import { storeEvent } from "./events.ts";
import { cmsOf } from "./vendors/registry.ts";
import { verifySignature, type SignedRequest } from "./contract/signatures.ts";
import { noteRefusal } from "./refusals.ts";
import { findSource, openSource, type OpenSource } from "./sources.ts";

/** GitHub lists up to 2,048 commits with their files in one push; nobody else comes near. */
const MAX_DELIVERY_BYTES = 8 * 1024 * 1024;
/** What of it is stored has to fit into a row of D1, 2 MB. */
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

/** Verify, recognise a repeated delivery, store, answer: the CMS waits two seconds at most (Ghost), and everything else can. */
export function receiveRoutes(app: App): void {
  app.openapi(receiveRoute, async (c) => {
    const services = c.get("services");
    const { source_id } = c.req.valid("param");
    // With the address: whoever floods a source's address with bad signatures cannot keep its CMS from it.
    const address = c.req.header("cf-connecting-ip") ?? "";
    await limitBurst(services.apiLimiter, `webhook:${source_id.slice(0, 64)}:${address}`);
    const request = await readRequest(c.req.raw);
    const source = await authenticSource(services, source_id, request);
    const cms = cmsOf[source.type];
    const eventId = await storeEvent(
      services.db,
      await readDelivery(cms, source, request),
      cms.repeats ?? false,
      services.now(),
    );
    if (eventId !== null) wakeUp(services, { event_id: eventId });
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

/** Without a source there is a signature to compute all the same: neither the answer nor its time tells which was wrong. */
const NO_SOURCE = { scheme: cmsOf.github.scheme, secrets: ["no source has this secret"] };

async function authenticSource(
  services: Services,
  id: string,
  request: SignedRequest,
): Promise<OpenSource> {
  const { db, seal, now, waitUntil } = services;
  const row = await findSource(db, id);
  const source = row && (await openSource(seal, row));
  const { scheme, secrets } = source
    ? { scheme: cmsOf[source.type].scheme, secrets: source.secrets }
    : NO_SOURCE;
  const refusal = await verifySignature(scheme, request, secrets, now());
  if (source && refusal === undefined) return source;
  if (row && refusal) {
    // Afterwards: the time of the answer does not tell whether there is such a source.
    waitUntil(
      noteRefusal(db, row, refusal, now()).catch((error: unknown) => {
        console.warn("webhooks: refusal not noted", { error: String(error) });
      }),
    );
  }
  throw new Problem("invalid_signature");
}

async function readDelivery(cms: AnyCms, source: OpenSource, { headers, body }: SignedRequest) {
  const parsed = parseBody(body);
  const kept = cms.keep?.(parsed) ?? parsed;
  if (JSON.stringify(kept).length > MAX_STORED_CHARACTERS) {
    throw new Problem(
      "body_too_large",
      `At most ${MAX_STORED_CHARACTERS} characters can be stored.`,
    );
  }
  const keptHeaders = Object.fromEntries(
    cms.headers.flatMap((name) => {
      const value = headers.get(name);
      return value === null ? [] : [[name, value.slice(0, 1000)]];
    }),
  );
  const { workspaceId, id: sourceId } = source;
  const type = cms.eventType({ headers: keptHeaders, body: kept, receivedAt: 0 }).slice(0, 100);
  const delivery = await deliveryKey(cms, headers, keptHeaders, body);
  return { workspaceId, sourceId, delivery, type, headers: keptHeaders, body: kept };
}

function parseBody(body: Uint8Array): Json {
  const parsed = parseJson(decodeUtf8(body));
  if (!isObject(parsed)) throw new Problem("validation_failed", "The body is not a JSON object.");
  return parsed;
}

async function deliveryKey(
  cms: AnyCms,
  headers: Headers,
  kept: Record<string, string>,
  body: Uint8Array,
): Promise<string> {
  const id = cms.deliveryId?.(headers);
  if (id) return `id:${await sha256Hex(id)}`;
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", body));
  return `body:${await sha256Hex(JSON.stringify(kept) + digest.toHex())}`;
}
