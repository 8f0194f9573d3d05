import { env } from "cloudflare:workers";
import fc from "fast-check";
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import type { DeliveryApi } from "../../src/webhooks/contract/delivery-api.ts";
import { takeEvent } from "../../src/webhooks/events.ts";
import { planEvent } from "../../src/webhooks/plan-event.ts";
import { sourceTypes, type SourceType } from "../../src/webhooks/source-types.ts";
import type { OpenSource } from "../../src/webhooks/sources.ts";
import { senders } from "../support/senders.ts";
import { deliverAndApply, post, register, type TestSource } from "../support/source.ts";

type Headers = Record<string, string>;
interface Request {
  body: string;
  headers: Headers;
  query?: string;
}

/** Beside the body: the headers that the signature covers or is. Written from the vendors' documentation. */
const covered: Record<SourceType, string[]> = {
  contentful: [
    "content-type",
    "x-contentful-topic",
    "x-contentful-timestamp",
    "x-contentful-signed-headers",
    "x-contentful-signature",
  ],
  sanity: ["sanity-webhook-signature"],
  strapi: ["authorization"],
  ghost: ["x-ghost-signature"],
  storyblok: ["webhook-signature"],
  hygraph: ["gcms-signature"],
  "kontent-ai": ["x-kontent-ai-signature"],
  wordpress: ["webhook-id", "webhook-timestamp", "webhook-signature"],
  github: ["x-hub-signature-256"],
  "standard-webhooks": ["webhook-id", "webhook-timestamp", "webhook-signature"],
};

/** Names of headers by which some vendor says what happened, when, to what, and in which delivery. */
const NAMES = [
  ...new Set(Object.values(covered).flat()),
  ..."x-kc-signature svix-id svix-timestamp svix-signature x-hub-signature x-github-event".split(
    " ",
  ),
  ..."x-github-delivery x-strapi-event idempotency-key sanity-operation sanity-document-id".split(
    " ",
  ),
  ..."sanity-transaction-id sanity-transaction-time x-contentful-idempotency-key date".split(" "),
].filter((name) => name !== "content-type");

const NOW = Date.parse("2026-03-01T12:00:00Z");
const HOUR = 3_600_000;

const api: DeliveryApi = {
  now: NOW,
  getBytes: async () => null,
  getJson: async () => ({ tree: [] }),
};

async function signed(source: TestSource): Promise<Request> {
  const { sign, secret, body } = senders[source.type];
  const text = JSON.stringify(body);
  const path = `/v1/webhooks/${source.id}`;
  return { body: text, headers: await sign({ body: text, path, secret, at: NOW, id: "id-1" }) };
}

const send = ({ id }: TestSource, { body, headers, query = "" }: Request): Promise<Response> =>
  post(`${id}${query}`, body, headers);

/** What the source has stored, and what its events change. */
async function stored(source: TestSource): Promise<object> {
  const { results } = await env.DB.prepare(
    `SELECT delivery, type, body, status FROM source_events WHERE source_id = ?1`,
  )
    .bind(source.id)
    .all();
  const { workspace, type } = source;
  // Taking an event moves its place.
  await env.DB.prepare(
    `UPDATE source_events SET due_at = ?2, failing_since = NULL WHERE source_id = ?1`,
  )
    .bind(source.id, NOW)
    .run();
  const event = await takeEvent(env.DB, { id: source.id, workspaceId: workspace.id }, true, NOW);
  const { options, token } = senders[type];
  const open = {
    type,
    name: type,
    workspaceId: workspace.id,
    token,
    options: {
      ...options,
      types: [],
      members_audience: [],
      title_fields: ["title"],
      body_fields: ["body"],
      valid_from_fields: [],
      valid_until_fields: [],
      folder: "",
    },
  };
  const plan =
    event && (await planEvent({ db: env.DB, api }, open as unknown as OpenSource, event));
  return { results, plan };
}

const forget = ({ id }: TestSource): Promise<unknown> =>
  env.DB.prepare(`DELETE FROM source_events WHERE source_id = ?1`).bind(id).run();

const value = fc.oneof(
  fc.constantFrom("delete", "push", "ping", "doc2", "0", "article", "unpublish"),
  fc.constantFrom(NOW + 20 * HOUR, NOW - 20 * HOUR, NOW / 1000).map(String),
  fc.string({
    minLength: 1,
    maxLength: 20,
    unit: fc.integer({ min: 33, max: 126 }).map((code) => String.fromCharCode(code)),
  }),
);

/** Texts to put into a header that holds pairs: names that only begin, end or look like the right one. */
const pair = fc
  .tuple(
    fc.constantFrom("", "x-", "x", "_", ".", "t", "\u00a0", "-", "sha256=", "v1=x ", "sign"),
    fc.constantFrom("t", "T", "env", "sign", "sha256", "v1", "a"),
    fc.constantFrom("=", " =", "", "=="),
    value,
  )
  .map((parts) => parts.join(""));

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: NOW });
});
afterEach(() => {
  vi.useRealTimers();
});

describe.each(sourceTypes)("a delivery to a source of type %s", (type) => {
  let source: TestSource;
  let genuine: Request;
  let expected: object;
  beforeAll(async () => {
    source = await register(type);
    vi.useFakeTimers({ toFake: ["Date"], now: NOW });
    genuine = await signed(source);
    expect((await send(source, genuine)).status).toBe(202);
    expected = await stored(source);
    vi.useRealTimers();
  });

  /** Sent alone and after the genuine one, the request stores and changes what that one does. */
  async function expectSame(request: Request): Promise<void> {
    await forget(source);
    const response = await send(source, request);
    expect([request, response.status, await stored(source)]).toEqual([request, 202, expected]);
    const repeated = await send(source, request);
    expect([request, repeated.status]).toEqual([request, 202]);
    await send(source, genuine);
    expect([request, await stored(source)]).toEqual([request, expected]);
  }

  async function expectRefused(request: Request): Promise<void> {
    await forget(source);
    const response = await send(source, request);
    expect([request, response.status]).toEqual([request, 401]);
    expect(await stored(source)).toEqual({ results: [], plan: null });
  }

  it("is stored and applied in the same way whatever the headers say that its signature does not cover", async () => {
    const free = NAMES.filter((name) => !covered[type].includes(name));
    const change = fc.dictionary(fc.constantFrom(...free), fc.option(value, { nil: "" }), {
      minKeys: 1,
      maxKeys: 4,
    });
    await fc.assert(
      fc.asyncProperty(change, fc.boolean(), fc.boolean(), async (added, without, query) => {
        const kept = without
          ? Object.fromEntries(
              Object.entries(genuine.headers).filter(([name]) => covered[type].includes(name)),
            )
          : genuine.headers;
        const headers = { ...kept, ...added };
        await expectSame({
          ...genuine,
          headers,
          ...(query && type !== "contentful" ? { query: "?t=1&id=2" } : {}),
        });
      }),
      { numRuns: 25 },
    );
  });

  it("is refused, or stored and applied in the same way, whatever is added to the header of its signature", async () => {
    const { proof } = senders[type];
    const text = genuine.headers[proof] ?? "";
    await fc.assert(
      fc.asyncProperty(
        pair,
        fc.constantFrom(",", ", ", " ", ";", " ,"),
        fc.boolean(),
        async (added, comma, before) => {
          const header = before ? added + comma + text : text + comma + added;
          const request = { ...genuine, headers: { ...genuine.headers, [proof]: header } };
          await forget(source);
          const { status } = await send(source, request);
          if (status === 202) await expectSame(request);
          else await expectRefused(request);
        },
      ),
      { numRuns: 40 },
    );
  });

  it("is refused after any change of a byte that its signature covers", async () => {
    const headers = covered[type].filter(
      (name) => !(name === senders[type].proof && /=|Bearer /.test(name)),
    );
    const parts = type === "strapi" ? ["authorization"] : ["body", ...headers];
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...parts),
        fc.nat(),
        fc.integer({ min: 33, max: 126 }),
        async (part, at, code) => {
          const text = part === "body" ? genuine.body : (genuine.headers[part] ?? "");
          const place = at % text.length;
          const changed = text.slice(0, place) + String.fromCharCode(code) + text.slice(place + 1);
          if (changed === text) return;
          // Of another media type, it is not read at all.
          if (part === "content-type" && !/^application\/([\w.+-]+\+)?json$/.test(changed)) return;
          await expectRefused(
            part === "body"
              ? { ...genuine, body: changed }
              : { ...genuine, headers: { ...genuine.headers, [part]: changed } },
          );
        },
      ),
      { numRuns: 30 },
    );
  });
});

it.each(["ghost", "hygraph"] as const)(
  "a replay to a source of type %s with another time beside the signed one is the same delivery",
  async (type) => {
    const source = await register(type);
    const genuine = await signed(source);
    await send(source, genuine);
    const proof = senders[type].proof;
    for (const added of ["x-t", "xt", "_t", "T", "\u00a0x-t"]) {
      const header = `${added}=${NOW + 20 * HOUR}, ${genuine.headers[proof]}`;
      const replay = { ...genuine, headers: { [proof]: header } };
      expect(await (await send(source, replay)).json()).toMatchObject({ status: "duplicate" });
      await forget(source);
      await send(source, replay);
      expect(await stored(source)).toMatchObject({ plan: [{ at: new Date(NOW).toISOString() }] });
    }
  },
);

describe("a Sanity source", () => {
  const down = (): Response => new Response("", { status: 503 });
  const published = (url: URL): Response =>
    Response.json({
      documents: [{ _id: url.pathname.split("/").at(-1), _type: "article", body: "Three days." }],
    });

  it("takes the document's id from the signed body alone", async () => {
    const source = await register("sanity");
    const headers = { "sanity-document-id": "doc1" };
    const event = await deliverAndApply(source, { _type: "article" }, published, { headers });
    expect(event).toMatchObject({ status: "ignored", reason: expect.stringContaining("_id") });
  });

  it("hides a document whose deletion cannot be checked if the signed body says that it was deleted, and not if a header does", async () => {
    const source = await register("sanity");
    await deliverAndApply(source, { _id: "doc1" }, published);
    const headers = { "sanity-operation": "delete" };
    const unsigned = await deliverAndApply(source, { _id: "doc1", _rev: "2" }, down, { headers });
    expect(unsigned).toMatchObject({ status: "pending", results: [] });
    const other = await register("sanity");
    await deliverAndApply(other, { _id: "doc1" }, published);
    const deletion = { _id: "doc1", operation: "delete" };
    expect(await deliverAndApply(other, deletion, down)).toMatchObject({
      status: "pending",
      type: "delete",
      results: [{ external_id: "sanity/doc1", result: "hidden" }],
    });
  });
});
