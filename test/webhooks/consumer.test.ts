import type { SourceWakeUp } from "../../src/runtime/messages.ts";
import { createExecutionContext, createMessageBatch, getQueueResult } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it, vi } from "vitest";
import worker from "../../src/index.ts";
import { sweepSourceEvents } from "../../src/webhooks/sweeper.ts";
import { call } from "../support/workspace.ts";
import { foundBy, live, SILENT_QUEUES, withServices } from "../support/pipeline.ts";
import { contentfulApi, githubApi, storyblokApi } from "../support/fake-apis.ts";
import { senders } from "../support/senders.ts";
import {
  deliver,
  deliverAndApply,
  present,
  readEvents,
  readSource,
  register,
  serve,
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

/** Serves a source some time from now. */
const later = (source: TestSource, network: Network, ms: number) =>
  serve(source, network, { now: () => Date.now() + ms });

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
    await accepted(source);
    const api = vi.fn(answering(status, headers));
    const { toWebhooks } = await serve(source, api);
    expect(toWebhooks).toEqual([{ source_id: source.id, delaySeconds: expect.any(Number) }]);
    const delay = toWebhooks[0]?.delaySeconds ?? 0;
    expect(delay).toBeLessThan(seconds + 10);
    // The times in the headers are those of the beginning of the tests.
    expect(delay).toBeGreaterThan(seconds - 120);
    expect(await readEvents(source)).toMatchObject([
      { status: "pending", reason: `api.storyblok.com answered ${status}.` },
    ]);
    expect(await readSource(source)).toMatchObject({
      status: "failing",
      failing_since: expect.any(String),
      last_error: `api.storyblok.com answered ${status}.`,
    });
    // Neither another message nor another event has it called before.
    await accepted(source, { ...senders.storyblok.body, story_id: 8 });
    await later(source, api, (delay - 2) * 1000);
    expect(api).toHaveBeenCalledTimes(1);
    const stories = { "7": story, "8": story };
    await later(source, storyblokApi(stories, "sb-token"), (delay + 5) * 1000);
    expect(await present(source)).toEqual({
      "storyblok/7": "Three days.",
      "storyblok/8": "Three days.",
    });
    expect(await readSource(source)).toMatchObject({
      status: "working",
      failing_since: null,
      last_error: null,
    });
  });

  it.each([401, 403, 400, 422])(
    "a delivery API that answers %i is not asked again, and the source says what is wrong",
    async (status) => {
      const source = await register("storyblok");
      await accepted(source);
      expect(await serve(source, answering(status))).toMatchObject({ toWebhooks: [] });
      expect(await readSource(source)).toMatchObject({
        status: "failing",
        failed_events: 1,
        last_error: expect.stringContaining(String(status)),
        last_error_at: expect.any(String),
        failing_since: null,
      });
    },
  );

  it("a delivery API is asked again when the network fails, and its address does not leak", async () => {
    const source = await register("storyblok");
    await accepted(source);
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    const { toWebhooks } = await serve(source, () => {
      throw new Error("connect to https://api.storyblok.com/?token=sb-token failed");
    });
    expect(toWebhooks).toMatchObject([{ delaySeconds: 5 }]);
    expect(JSON.stringify(warn.mock.calls)).not.toContain("sb-token");
    warn.mockRestore();
  });

  it("a delivery API that goes on failing is asked after waits that double up to ten minutes", async () => {
    const source = await register("storyblok");
    await accepted(source);
    const start = Date.now();
    const waits: number[] = [];
    for (let at = start; waits.length < 9; at += waits.at(-1)! * 1000) {
      const { toWebhooks } = await serve(source, answering(500), { now: () => at });
      waits.push(toWebhooks[0]?.delaySeconds ?? 0);
    }
    expect(waits).toEqual([5, 5, 10, 20, 40, 80, 160, 320, 600]);
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
  await accepted(source, {
    ...senders.github.body,
    after: commit,
    commits: [{ added: Object.keys(files) }],
  });
  await serve(source, network);
  expect(Object.keys(await present(source))).toEqual(["github/a.md"]);
  down = false;
  await later(source, network, 20_000);
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

it("an event is applied once, though its source is served twice at once and again afterwards", async () => {
  const source = await register("standard-webhooks");
  await accepted(source);
  await Promise.all([serve(source), serve(source)]);
  await serve(source);
  expect(await readEvents(source)).toMatchObject([{ status: "done", deliveries: 1 }]);
  expect(Object.keys(await present(source))).toHaveLength(1);
});

it("an event is applied again when the same delivery came while it was being applied", async () => {
  const stories: Parameters<typeof storyblokApi>[0] = { "7": story };
  const source = await register("storyblok");
  const api = storyblokApi(stories, "sb-token");
  const id = await accepted(source);
  const seen: string[] = [];
  // The story is read; before that is stored, it is published anew.
  await serve(source, async (url, request) => {
    const answer = await api(url, request);
    if (answer.status === 200) {
      seen.push(JSON.stringify(await present(source)));
      stories["7"] = { ...story, content: { ...story.content, body: "Four days." } };
      if (seen.length === 1) expect(await accepted(source)).toBe(id);
    }
    return answer;
  });
  expect(seen).toEqual(["{}", '{"storyblok/7":"Three days."}']);
  expect(await present(source)).toEqual({ "storyblok/7": "Four days." });
  expect(await readEvents(source)).toMatchObject([{ status: "done", deliveries: 2 }]);
});

it("events without a time are applied in the order in which they came, also after a failure of ours", async () => {
  const source = await register("standard-webhooks");
  const { timestamp: _none, ...body } = senders["standard-webhooks"].body as { timestamp: string };
  const send = (content: string) =>
    accepted(source, { ...body, data: { id: "a", title: "A", content } });
  await send("One.");
  await send("Two.");
  // The secrets cannot be opened: nothing is applied, nothing is lost, and no loop asks again and again.
  const sealed = { seal: async () => "", open: () => Promise.reject(new Error("another key")) };
  const { toWebhooks } = await serve(source, undefined, { seal: sealed });
  expect(toWebhooks).toMatchObject([{ delaySeconds: 5 }]);
  await send("Three.");
  await serve(source, undefined, { now: () => Date.now() + 10_000 });
  expect(await present(source)).toEqual({ "standard-webhooks/a": "Three." });
});

/** Runs the sweeper; answers the sources that it wakes. */
async function sweep(now: number): Promise<string[]> {
  const woken: string[] = [];
  await withServices((services) => sweepSourceEvents(services), {
    ...SILENT_QUEUES,
    webhooksQueue: {
      send: async ({ source_id }: SourceWakeUp) => void woken.push(source_id),
    } as unknown as Queue<SourceWakeUp>,
    now: () => now,
  });
  return woken;
}

it("the sweeper resends a source's queue message that was lost, one for all sources", async () => {
  const [lost, other] = [await register("standard-webhooks"), await register("standard-webhooks")];
  await env.DB.exec(`UPDATE sources SET next_at = NULL`);
  await accepted(lost);
  await accepted(other);
  expect(await sweep(Date.now())).toEqual([]);
  expect(await sweep(Date.now() + 2 * MINUTE)).toEqual([lost.id]);
  const { results } = await env.DB.prepare(
    `SELECT id FROM sources WHERE next_at IS NOT NULL`,
  ).all();
  expect(results).toHaveLength(2);
});

it("events are deleted after thirty days, except pending ones and the newest of each source", async () => {
  const [source, other] = [
    await register("standard-webhooks"),
    await register("standard-webhooks"),
  ];
  const { body } = senders["standard-webhooks"];
  for (const n of [1, 2, 3]) await deliverAndApply(source, { ...body, n });
  await deliverAndApply(other, { ...body, n: 1 });
  await accepted(other);
  const statuses = async (of: TestSource) => (await readEvents(of)).map(({ status }) => status);
  await sweep(Date.now() + 29 * DAY);
  expect(await statuses(source)).toEqual(["done", "done", "done"]);
  await sweep(Date.now() + 31 * DAY);
  expect([await statuses(source), await statuses(other)]).toEqual([["done"], ["pending"]]);
});

it("an event's body is deleted after thirty days, even if the event is its source's newest and failed", async () => {
  const source = await register("contentful", { token: "wrong" });
  const event = await deliverAndApply(source, senders.contentful.body, contentfulApi({}, "right"));
  expect(event.status).toBe("failed");
  const held = async (days: number) => {
    await sweep(Date.now() + days * DAY);
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
  await accepted(source);
  expect(await bodies()).toEqual([true]);
  await serve(source);
  expect(await bodies()).toEqual([false]);
});

it("a failed event can be retried through the API once its cause is fixed", async () => {
  const source = await register("contentful", { token: "wrong" });
  const network = contentfulApi({ entry1: { title: "T", body: "Text." } }, "right");
  const event = await deliverAndApply(source, senders.contentful.body, network);
  expect(event).toMatchObject({ status: "failed", reason: expect.stringMatching(/token/) });
  const { secret } = source.workspace;
  await call(secret, "PATCH", `/v1/sources/${source.id}`, { token: "right" });
  const sent: SourceWakeUp[] = [];
  const overrides = {
    WEBHOOKS_QUEUE: {
      send: async (message: SourceWakeUp) => void sent.push(message),
    } as unknown as Queue<SourceWakeUp>,
  };
  const path = `/v1/sources/${source.id}/events/${event.id}/retry`;
  const retried = await call(secret, "POST", path, undefined, { overrides });
  expect([retried.status, sent]).toEqual([202, [{ source_id: source.id }]]);
  await serve(source, network);
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

it("an event that fails for a day is given up, and the owner of its source sees why", async () => {
  const source = await register("storyblok");
  await accepted(source);
  await serve(source, answering(500));
  await later(source, answering(500), 23 * 60 * MINUTE);
  expect(await readEvents(source)).toMatchObject([{ status: "pending" }]);
  await later(source, answering(500), DAY);
  expect(await readSource(source)).toMatchObject({
    status: "failing",
    last_error: "Gave up after a day. api.storyblok.com answered 500.",
  });
  expect((await later(source, answering(500), DAY + MINUTE)).toWebhooks).toEqual([]);
});

it("questions are answered from what a webhook brought, through the deployed queue", async () => {
  const source = await register("standard-webhooks");
  const body = {
    type: "document.created",
    data: { id: "sundial", title: "Quartz sundial", content: "The quartz sundial costs 37 euros." },
  };
  const { WEBHOOKS_QUEUE } = env;
  expect((await deliver(source, body, { overrides: { WEBHOOKS_QUEUE } })).status).toBe(202);
  await live(source.workspace, "standard-webhooks/sundial", 1);
  expect(await foundBy("keywords", source.workspace, "quartz sundial")).toEqual([
    "standard-webhooks/sundial",
  ]);
  await deliverAndApply(source, { type: "document.deleted", data: { id: "sundial" } });
  expect(await foundBy("keywords", source.workspace, "quartz sundial")).toEqual([]);
});

it("messages that the webhooks queue gives up are dropped, because the sweeper replaces them", async () => {
  const batch = createMessageBatch<SourceWakeUp>("test-webhooks-dlq", [
    { id: "m", timestamp: new Date(), attempts: 1, body: { source_id: "src_0" } },
  ]);
  const context = createExecutionContext();
  await worker.queue(batch, env, context);
  expect((await getQueueResult(batch, context)).ackAll).toBe(true);
});
