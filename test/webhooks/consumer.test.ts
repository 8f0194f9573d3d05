import type { Services } from "../../src/runtime/services.ts";
import type { IngestMessage } from "../../src/runtime/messages.ts";
import { createExecutionContext, createMessageBatch, getQueueResult } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it, vi } from "vitest";
import worker from "../../src/index.ts";
import { consumeSourceEvents, recordLostEvents } from "../../src/webhooks/consumer.ts";
import { sweepSourceEvents } from "../../src/webhooks/sweeper.ts";
import { call } from "../support/workspace.ts";
import { foundBy, live, withServices } from "../support/pipeline.ts";
import { contentfulApi, githubApi, storyblokApi } from "../support/fake-apis.ts";
import { senders } from "../support/senders.ts";
import {
  apply,
  deliver,
  deliverAndApply,
  fetcherOf,
  present,
  readEvents,
  readSource,
  register,
  type Network,
  type TestSource,
} from "../support/source.ts";

const MINUTE = 60_000;
const DAY = 86_400_000;

async function accepted(
  source: TestSource,
  body: object = senders[source.type].body,
): Promise<number> {
  const response = await deliver(source, body);
  expect(response.status).toBe(202);
  return (await response.json<{ event_id: number }>()).event_id;
}

/** Delivers one message to the consumer; answers whether it is retried, and when. */
async function consume(
  eventId: number,
  network: Network,
  attempts = 1,
): Promise<{ acked: boolean; delaySeconds: number | undefined }> {
  const outcome: { acked: boolean; delaySeconds: number | undefined } = {
    acked: false,
    delaySeconds: undefined,
  };
  const message = {
    id: "m",
    timestamp: new Date(),
    attempts,
    body: { event_id: eventId },
    ack: () => void (outcome.acked = true),
    retry: (options?: QueueRetryOptions) => void (outcome.delaySeconds = options?.delaySeconds),
  };
  await withServices((services) => consumeSourceEvents([message], services), {
    safeFetch: fetcherOf(network),
  });
  return outcome;
}

const answering =
  (status: number, headers: Record<string, string> = {}): Network =>
  () =>
    new Response("{}", { status, headers });

const story = {
  name: "Home",
  content: { component: "page", title: "Delivery", body: "Three days." },
};

describe("a delivery API that cannot be asked", () => {
  it.each([
    [429, {}, 5],
    [429, { "retry-after": "120" }, 120],
    [429, { "x-contentful-ratelimit-reset": "90" }, 90],
    [
      403,
      {
        "x-ratelimit-remaining": "0",
        "x-ratelimit-reset": String(Math.ceil(Date.now() / 1000) + 600),
      },
      600,
    ],
    [403, { "retry-after": "60" }, 60],
    [500, {}, 5],
    [503, { "retry-after": "9999999" }, 7200],
    [408, {}, 5],
  ])("a delivery API that answers %i %j is asked again later", async (status, headers, seconds) => {
    const source = await register("storyblok");
    const id = await accepted(source);
    const { acked, delaySeconds = 0 } = await consume(id, answering(status, headers));
    expect(acked).toBe(false);
    expect(Math.abs(delaySeconds - seconds)).toBeLessThan(10);
    expect(await readEvents(source)).toMatchObject([
      { status: "pending", reason: `api.storyblok.com answered ${status}.` },
    ]);
    // The sweeper leaves it alone until then.
    const due = await env.DB.prepare(`SELECT due_at FROM source_events WHERE id = ?1`)
      .bind(id)
      .first<{ due_at: number }>();
    expect(due?.due_at ?? 0).toBeGreaterThan(Date.now() + (delaySeconds - 1) * 1000);
    expect(await consume(id, storyblokApi({ "7": story }, "sb-token"))).toMatchObject({
      acked: true,
    });
    expect(await present(source)).toEqual({ "storyblok/7": "Three days." });
  });

  it.each([401, 403, 400, 422])(
    "a delivery API that answers %i is not asked again, and the source says what is wrong",
    async (status) => {
      const source = await register("storyblok");
      const id = await accepted(source);
      expect(await consume(id, answering(status))).toMatchObject({ acked: true });
      expect(await readSource(source)).toMatchObject({
        status: "failing",
        failed_events: 1,
        last_error: expect.stringContaining(String(status)),
        last_error_at: expect.any(String),
      });
    },
  );

  it("a delivery API is asked again when the network fails, and its address does not leak", async () => {
    const source = await register("storyblok");
    const id = await accepted(source);
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    const outcome = await consume(id, () => {
      throw new Error("connect to https://api.storyblok.com/?token=sb-token failed");
    });
    expect(outcome.delaySeconds).toBe(5);
    expect(JSON.stringify(warn.mock.calls)).not.toContain("sb-token");
    warn.mockRestore();
  });

  it("an unpublished document is removed after several attempts to ask the delivery API have failed", async () => {
    const source = await register("storyblok");
    await deliverAndApply(source, senders.storyblok.body, storyblokApi({ "7": story }, "sb-token"));
    const removal = { ...senders.storyblok.body, action: "unpublished" };
    const id = await accepted(source, removal);
    expect((await consume(id, answering(500), 1)).acked).toBe(false);
    expect(Object.keys(await present(source))).toHaveLength(1);
    expect((await consume(id, answering(500), 4)).acked).toBe(true);
    expect(await present(source)).toEqual({});

    const refused = await register("storyblok");
    await deliverAndApply(
      refused,
      senders.storyblok.body,
      storyblokApi({ "7": story }, "sb-token"),
    );
    expect((await consume(await accepted(refused, removal), answering(401))).acked).toBe(true);
    expect(await present(refused)).toEqual({});
  });
});

it("a long event is applied from where it failed, and one bad file does not stop the others", async () => {
  const commit = "b".repeat(40);
  const files = {
    "a.md": "A.",
    "big.md": `x${"y".repeat(1_100_000)}`,
    "bad.md": "\uFFFD",
    "c.md": "C.",
    "d.md": "D.",
  };
  const api = githubApi({ commits: { [commit]: files } });
  const fetched: string[] = [];
  let down = true;
  const network: Network = (url, request) => {
    const name = url.pathname.split("/").at(-1) ?? "";
    fetched.push(name);
    if (name === "c.md" && down) return new Response("", { status: 502 });
    if (name === "bad.md") return new Response(new Uint8Array([0xff, 0xfe, 0x00]));
    return api(url, request);
  };
  const source = await register("github");
  const id = await accepted(source, {
    ...senders.github.body,
    after: commit,
    commits: [{ added: Object.keys(files) }],
  });
  expect((await consume(id, network)).acked).toBe(false);
  expect(Object.keys(await present(source))).toEqual(["github/a.md"]);
  down = false;
  expect((await consume(id, network)).acked).toBe(true);
  expect(fetched).toEqual(["a.md", "big.md", "bad.md", "c.md", "c.md", "d.md"]);
  expect(Object.keys(await present(source))).toEqual(["github/a.md", "github/c.md", "github/d.md"]);
  const [event] = await readEvents(source);
  expect(event).toMatchObject({
    status: "failed",
    reason: expect.stringMatching(/^2 of 5 documents failed/),
  });
  expect(event?.results.slice(0, 2)).toMatchObject([
    { external_id: "github/big.md", reason: expect.stringMatching(/1048576 bytes/) },
    { external_id: "github/bad.md", reason: expect.stringMatching(/not UTF-8/) },
  ]);
});

it("an event is applied once, though it is run twice at once and again afterwards", async () => {
  const source = await register("standard-webhooks");
  const id = await accepted(source);
  await Promise.all([apply(id), apply(id)]);
  await apply(id);
  expect(await readEvents(source)).toMatchObject([{ status: "done", deliveries: 1 }]);
  expect(Object.keys(await present(source))).toHaveLength(1);
  await apply(999_999_999);
});

it("an event is applied again when the same delivery came while it was being applied", async () => {
  const stories: Parameters<typeof storyblokApi>[0] = { "7": story };
  const source = await register("storyblok");
  const api = storyblokApi(stories, "sb-token");
  const id = await accepted(source);
  // The story is read; before that is stored, it is published anew.
  await apply(id, async (url, request) => {
    const answer = await api(url, request);
    if (answer.status === 200) {
      stories["7"] = { ...story, content: { ...story.content, body: "Four days." } };
      expect(await accepted(source)).toBe(id);
    }
    return answer;
  });
  expect(await present(source)).toEqual({ "storyblok/7": "Three days." });
  expect(await readEvents(source)).toMatchObject([{ status: "pending", deliveries: 2 }]);
  await apply(id, api);
  expect(await present(source)).toEqual({ "storyblok/7": "Four days." });
  expect(await readEvents(source)).toMatchObject([{ status: "done" }]);
});

it("the sweeper resends an event's queue message that was lost", async () => {
  const source = await register("standard-webhooks");
  const id = await accepted(source);
  const sent: IngestMessage[] = [];
  const ingestQueue = {
    sendBatch: async (messages: { body: IngestMessage }[]) =>
      void sent.push(...messages.map(({ body }) => body)),
  } as unknown as Services["ingestQueue"];
  const sweep = (now: number) =>
    withServices((services) => sweepSourceEvents(services), { ingestQueue, now: () => now });
  await sweep(Date.now());
  expect(sent).not.toContainEqual({ event_id: id });
  await sweep(Date.now() + 2 * MINUTE);
  expect(sent.filter((message) => "event_id" in message && message.event_id === id)).toHaveLength(
    1,
  );
  // Marked as sent: the next tick does not flood the queue.
  await sweep(Date.now() + 2 * MINUTE + 1000);
  expect(sent.filter((message) => "event_id" in message && message.event_id === id)).toHaveLength(
    1,
  );
});

it("events are deleted after thirty days, except the newest of each source", async () => {
  const source = await register("standard-webhooks");
  for (const n of [1, 2])
    await deliverAndApply(source, { ...senders["standard-webhooks"].body, n });
  const pending = await accepted(source, { type: "document.deleted", data: { id: "x" } });
  await deliverAndApply(source, { ...senders["standard-webhooks"].body, n: 3 });
  const sweep = (now: number) =>
    withServices((services) => sweepSourceEvents(services), {
      now: () => now,
      ingestQueue: { sendBatch: async () => {} } as unknown as Services["ingestQueue"],
    });
  await sweep(Date.now() + 29 * DAY);
  expect(await readEvents(source)).toHaveLength(4);
  await sweep(Date.now() + 31 * DAY);
  const left = await readEvents(source);
  expect(left.map(({ id, status }) => [id === pending, status])).toEqual([
    [false, "done"],
    [true, "pending"],
  ]);
});

it("an event's body is deleted after thirty days, even if the event is its source's newest and failed", async () => {
  const source = await register("contentful", { token: "wrong" });
  const event = await deliverAndApply(source, senders.contentful.body, contentfulApi({}, "right"));
  expect(event.status).toBe("failed");
  const held = async (days: number) => {
    await withServices((services) => sweepSourceEvents(services), {
      now: () => Date.now() + days * DAY,
      ingestQueue: { sendBatch: async () => {} } as unknown as Services["ingestQueue"],
    });
    const row = await env.DB.prepare(`SELECT body FROM source_events WHERE id = ?1`)
      .bind(event.id)
      .first<{ body: string | null }>();
    return row?.body;
  };
  expect(await held(29)).toContain("entry1");
  expect(await held(31)).toBeNull();
  expect(await readEvents(source)).toMatchObject([{ id: event.id, status: "failed" }]);
  const path = `/v1/sources/${source.id}/events/${event.id}/retry`;
  expect((await call(source.workspace.secret, "POST", path)).status).toBe(404);
});

it("an event's body is kept only until the event is done", async () => {
  const source = await register("standard-webhooks");
  const bodies = async () => {
    const { results } = await env.DB.prepare(`SELECT body FROM source_events WHERE source_id = ?1`)
      .bind(source.id)
      .all<{ body: string | null }>();
    return results.map(({ body }) => body !== null);
  };
  const id = await accepted(source);
  expect(await bodies()).toEqual([true]);
  await apply(id);
  expect(await bodies()).toEqual([false]);
});

it("a failed event can be retried through the API once its cause is fixed", async () => {
  const source = await register("contentful", { token: "wrong" });
  const network = contentfulApi({ entry1: { title: "T", body: "Text." } }, "right");
  const event = await deliverAndApply(source, senders.contentful.body, network);
  expect(event).toMatchObject({ status: "failed", reason: expect.stringMatching(/token/) });
  const { secret } = source.workspace;
  await call(secret, "PATCH", `/v1/sources/${source.id}`, { token: "right" });
  const sent: IngestMessage[] = [];
  const overrides = {
    INGEST_QUEUE: {
      send: async (message: IngestMessage) => void sent.push(message),
    } as unknown as Queue<IngestMessage>,
  };
  const path = `/v1/sources/${source.id}/events/${event.id}/retry`;
  const retried = await call(secret, "POST", path, undefined, { overrides });
  expect([retried.status, sent]).toEqual([202, [{ event_id: event.id }]]);
  await apply(event.id, network);
  expect(await present(source)).toEqual({ "contentful/entry1": "Text." });
  expect(await readSource(source)).toMatchObject({
    status: "working",
    failed_events: 0,
    last_error: null,
  });
  expect((await call(secret, "POST", path, undefined, { overrides })).status).toBe(404);
});

it("a failed event is retried when the vendor delivers it again", async () => {
  const source = await register("github", { token: "wrong" });
  const options = { id: "guid-1" };
  const first = await deliverAndApply(source, senders.github.body, answering(401), options);
  expect(first.status).toBe("failed");
  const again = await deliver(source, senders.github.body, options);
  expect(await again.json()).toEqual({ status: "accepted", event_id: first.id });
});

it("the owner of a source sees that an event was given up", async () => {
  const source = await register("storyblok");
  const id = await accepted(source);
  await consume(id, answering(500));
  let acked = false;
  const message = {
    id: "m",
    timestamp: new Date(),
    attempts: 9,
    body: { event_id: id },
    ack: () => void (acked = true),
    retry: () => {},
  };
  await withServices((services) => recordLostEvents([message], services));
  expect(acked).toBe(true);
  expect(await readSource(source)).toMatchObject({
    status: "failing",
    last_error: "Gave up after several attempts. api.storyblok.com answered 500.",
  });
});

it("questions are answered from what a webhook brought, through the deployed queue", async () => {
  const source = await register("standard-webhooks");
  const body = {
    type: "document.created",
    data: { id: "sundial", title: "Quartz sundial", content: "The quartz sundial costs 37 euros." },
  };
  const context = createExecutionContext();
  const id = await accepted(source, body);
  const batch = createMessageBatch<IngestMessage>("test-ingest", [
    { id: "m", timestamp: new Date(), attempts: 1, body: { event_id: id } },
  ]);
  await worker.queue(batch, env, context);
  expect((await getQueueResult(batch, context)).explicitAcks).toEqual(["m"]);
  await live(source.workspace, "standard-webhooks/sundial", 1);
  expect(await foundBy("keywords", source.workspace, "quartz sundial")).toEqual([
    "standard-webhooks/sundial",
  ]);
  await deliverAndApply(source, { type: "document.deleted", data: { id: "sundial" } });
  expect(await foundBy("keywords", source.workspace, "quartz sundial")).toEqual([]);
});
