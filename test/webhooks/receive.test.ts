import { env } from "cloudflare:workers";
import fc from "fast-check";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { sourceTypes, type SourceType } from "../../src/webhooks/source-types.ts";
import { createWorkspace, call } from "../support/workspace.ts";
import { senders } from "../support/senders.ts";
import { deliver, post, readEvents, register, type TestSource } from "../support/source.ts";
import { hasPublicSets, vectors } from "../support/vectors.ts";

const bodyOf = (type: SourceType): string => JSON.stringify(senders[type].body);
const MINUTE = 60_000;

async function signedHeaders(source: TestSource, body: string, at = Date.now(), id = "id-1") {
  const { sign, secret } = senders[source.type];
  return sign({ body, path: `/v1/webhooks/${source.id}`, secret, at, id });
}

/** The answer without what differs for every request. */
async function shape(response: Response): Promise<unknown> {
  const { request_id: _, ...problem } = await response.json<Record<string, unknown>>();
  return { status: response.status, problem, type: response.headers.get("content-type") };
}

afterEach(() => {
  vi.useRealTimers();
});

describe.each(sourceTypes)("a source of type %s", (type) => {
  const { timed, repeatsMayBeNew = false, proof, secret, otherSecret } = senders[type];
  let source: TestSource;
  beforeAll(async () => {
    source = await register(type);
  });

  it("a source accepts a signed delivery once, however often it is replayed", async () => {
    const headers = await signedHeaders(source, bodyOf(type));
    const first = await post(source.id, bodyOf(type), headers);
    const accepted = await first.json<{ status: string; event_id: number }>();
    expect([first.status, accepted.status]).toEqual([202, "accepted"]);
    const again = await post(source.id, bodyOf(type), headers);
    expect(again.status).toBe(202);
    // Where two events may look the same, the one row is looked at again; nowhere is there a second one.
    expect(await again.json()).toEqual(
      repeatsMayBeNew
        ? { status: "accepted", event_id: accepted.event_id }
        : { status: "duplicate", event_id: null },
    );
    expect(await readEvents(source)).toHaveLength(1);
  });

  it("a source refuses what is not signed with its secret as if it did not exist, and stores nothing", async () => {
    const before = await readEvents(source);
    const body = bodyOf(type);
    const headers = await signedHeaders(source, body);
    const { [proof]: _, ...unsigned } = headers;
    const wrongKey = await senders[type].sign({
      body,
      path: `/v1/webhooks/${source.id}`,
      secret: otherSecret,
      at: Date.now(),
      id: "id-2",
    });
    const unknown = await shape(await post("src_00000000000000000000000000000000", body, headers));
    expect(unknown).toMatchObject({ status: 401, problem: { code: "invalid_signature" } });
    const refused = [
      post(source.id, body, unsigned),
      post(source.id, body, { ...unsigned, [proof]: "" }),
      post(source.id, body, wrongKey),
      post(source.id, body, { ...headers, [proof]: `${headers[proof]}0` }),
      post(source.id, body, { ...headers, [proof]: (headers[proof] ?? "").slice(0, -1) }),
      ...(type === "strapi" ? [] : [post(source.id, `${body} `, headers)]),
    ];
    for (const response of refused) expect(await shape(await response)).toEqual(unknown);
    expect(await readEvents(source)).toEqual(before);
  });

  it.runIf(timed)(
    "a source whose signatures cover the time refuses a delivery from the past and one from the future",
    async () => {
      const before = await readEvents(source);
      for (const at of [-10 * MINUTE, 10 * MINUTE]) {
        const response = await deliver(source, bodyOf(type), { at: Date.now() + at });
        expect(response.status).toBe(401);
      }
      // The same bytes that were right are not right for ever.
      const headers = await signedHeaders(source, bodyOf(type), Date.now(), "late");
      vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 6 * MINUTE });
      expect((await post(source.id, bodyOf(type), headers)).status).toBe(401);
      vi.useRealTimers();
      expect(await readEvents(source)).toEqual(before);
    },
  );

  it("a source accepts the old and the new secret during a rotation, and then the new one only", async () => {
    const rotating = await register(type, { secrets: [otherSecret, secret] });
    for (const used of [secret, otherSecret])
      expect((await deliver(rotating, bodyOf(type), { secret: used })).status).toBe(202);
    const patched = await call(rotating.workspace.secret, "PATCH", `/v1/sources/${rotating.id}`, {
      secrets: [otherSecret],
    });
    expect(patched.status).toBe(200);
    expect((await deliver(rotating, bodyOf(type), { secret })).status).toBe(401);
    expect((await deliver(rotating, bodyOf(type), { secret: otherSecret })).status).toBe(202);
  });

  it("a source accepts no delivery with one bit changed, in the body or in the signature", async () => {
    const body = bodyOf(type);
    const headers = await signedHeaders(source, body);
    const signature = headers[proof] ?? "";
    const flip = (text: string, bit: number): string => {
      const at = Math.floor(bit / 7) % text.length;
      return (
        text.slice(0, at) +
        String.fromCharCode(text.charCodeAt(at) ^ (1 << (bit % 7))) +
        text.slice(at + 1)
      );
    };
    const bits = fc.nat({ max: 1_000_000 });
    await fc.assert(
      fc.asyncProperty(bits, fc.boolean(), async (bit, inBody) => {
        if (inBody && type === "strapi") return;
        const changed = flip(inBody ? body : signature, bit);
        // A header cannot carry these.
        // oxlint-disable-next-line no-control-regex
        if (!inBody && (/[\x00-\x1f\x7f]/.test(changed) || changed.trim() === signature)) return;
        const response = await (inBody
          ? post(source.id, changed, headers)
          : post(source.id, body, { ...headers, [proof]: changed }));
        expect([response.status, changed]).toEqual([401, changed]);
      }),
      { numRuns: 20 },
    );
  });

  it("a webhook is answered before its event is applied, with one statement to find the source and two to store the event", async () => {
    const statements: string[] = [];
    const DB = new Proxy(env.DB, {
      get(target, name) {
        const member: unknown = Reflect.get(target, name);
        if (typeof member !== "function") return member;
        return (...args: unknown[]) => {
          if (name === "prepare") statements.push(String(args[0]));
          return member.apply(target, args);
        };
      },
    });
    const response = await deliver(
      source,
      { ...senders[type].body, nonce: type },
      { overrides: { DB } },
    );
    expect(response.status).toBe(202);
    expect(statements.map((sql) => sql.split(" ")[0])).toEqual(["SELECT", "INSERT", "UPDATE"]);
  });
});

describe("bodies", () => {
  let source: TestSource;
  beforeAll(async () => {
    source = await register("standard-webhooks");
  });

  it.each([
    ["not JSON", 400, "malformed_json"],
    ["[]", 422, "validation_failed"],
    ["null", 422, "validation_failed"],
    ['"text"', 422, "validation_failed"],
    ["", 400, "malformed_json"],
    ["[".repeat(100_000), 400, "malformed_json"],
    [`{"a":${"[".repeat(200_000)}${"]".repeat(200_000)}}`, 422, "validation_failed"],
  ])(
    "the webhook body %.20s is refused with the reason if its signature is right",
    async (body, status, code) => {
      const response = await deliver(source, body);
      expect([response.status, await response.json()]).toEqual([
        status,
        expect.objectContaining({ code }),
      ]);
    },
  );

  it("a webhook body of a media type other than JSON is refused", async () => {
    for (const type of [
      "application/x-www-form-urlencoded",
      "text/plain",
      "multipart/form-data",
      "",
    ]) {
      const response = await deliver(source, "{}", { headers: { "content-type": type } });
      expect([type, response.status]).toEqual([type, 415]);
    }
  });

  it("a webhook body that is too large is refused while it is read", async () => {
    let pulled = 0;
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        pulled++;
        controller.enqueue(new Uint8Array(1024 * 1024).fill(32));
      },
    });
    const headers = await signedHeaders(source, "{}");
    expect((await post(source.id, endless, headers)).status).toBe(413);
    expect(pulled).toBeLessThan(20);
    const stored = await deliver(source, {
      type: "document.updated",
      data: { content: "x".repeat(950_000) },
    });
    expect(stored.status).toBe(413);
  });

  it("a webhook body that names __proto__ is refused", async () => {
    const body =
      '{"__proto__":{"type":"document.deleted"},"constructor":{},"type":"document.updated","data":{"id":"a"}}';
    expect((await deliver(source, body)).status).toBe(422);
    expect(({} as Record<string, unknown>)["type"]).toBeUndefined();
  });
});

it("a webhook delivery's id is taken from the header that its signature covers", async () => {
  const source = await register("standard-webhooks");
  const body = bodyOf("standard-webhooks");
  const signed = await signedHeaders(source, body);
  const svix = Object.fromEntries(
    Object.entries(signed).map(([name, value]) => [name.replace("webhook-", "svix-"), value]),
  );
  for (const [id, status] of [
    ["msg_1", "accepted"],
    ["msg_2", "duplicate"],
  ] as const) {
    const response = await post(source.id, body, { ...svix, "webhook-id": id });
    expect(await response.json()).toMatchObject({ status });
  }
});

it("a webhook address answers methods other than POST with 404", async () => {
  const { id } = await register("github");
  const workspace = await createWorkspace();
  for (const method of ["GET", "PUT", "DELETE"])
    expect((await call(workspace.secret, method, `/v1/webhooks/${id}`)).status).toBe(404);
});

it("a source's secrets and token are not stored in clear", async () => {
  const source = await register("contentful", { token: "delivery-token-123" });
  const row = await env.DB.prepare(`SELECT * FROM sources WHERE id = ?1`).bind(source.id).first();
  const text = JSON.stringify(row);
  expect(text).not.toContain(senders.contentful.secret.slice(0, 8));
  expect(text).not.toContain("delivery-token");
});

/** Vectors of the schemes that a source type uses, over HTTP. Contentful's sign another path. */
const typeOf: Partial<Record<string, SourceType>> = {
  "standard-webhooks": "standard-webhooks",
  svix: "standard-webhooks",
  sanity: "sanity",
  github: "github",
  ghost: "ghost",
  storyblok: "storyblok",
  hygraph: "hygraph",
  "kontent.ai": "kontent-ai",
};

describe.runIf(hasPublicSets)("the public vectors over HTTP", () => {
  const cases = vectors.flatMap((vector) => {
    const type = typeOf[vector.scheme];
    return type ? [{ ...vector, type }] : [];
  });
  it("the public vectors that are sent over HTTP are 83", () => expect(cases).toHaveLength(83));

  it("the public vectors over HTTP are accepted or refused as they state", async () => {
    const workspace = await createWorkspace();
    const sources = new Map<string, TestSource>();
    for (const { type, secret, scheme, name, headers, body, expect: expected, ...clock } of cases) {
      const key = `${type} ${secret}`;
      const source =
        sources.get(key) ??
        (await register(type, { workspace, secrets: [secret], name: `source-${sources.size}` }));
      sources.set(key, source);
      const stamp = /\bt=(\d{13})/.exec(Object.values(headers).join())?.[1];
      const seconds = clock.now_unix_s === undefined ? undefined : clock.now_unix_s * 1000;
      vi.useFakeTimers({
        toFake: ["Date"],
        now: clock.now_unix_ms ?? seconds ?? Number(stamp ?? Date.now()),
      });
      const { status } = await post(source.id, body, headers);
      vi.useRealTimers();
      // GitHub's example signs a body that is not JSON: it is told so only because the signature is right.
      const valid = body.startsWith("{") ? 202 : 400;
      expect([scheme, name, status]).toEqual([scheme, name, expected === "valid" ? valid : 401]);
    }
    const { results } = await env.DB.prepare(`SELECT id FROM source_events WHERE workspace_id = ?1`)
      .bind(workspace.id)
      .all();
    // Of the 20 valid ones two are the same delivery under three spellings each, one is not JSON.
    expect(results.length).toBe(
      new Set(
        cases
          .filter(({ expect, body }) => expect === "valid" && body.startsWith("{"))
          .map(
            ({ type, secret, headers, body }) =>
              type + secret + (headers["webhook-id"] ?? headers["svix-id"] ?? body),
          ),
      ).size,
    );
  });
});
