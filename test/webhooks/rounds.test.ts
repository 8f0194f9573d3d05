import type { Services } from "../../src/runtime/services.ts";
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import { BUDGET } from "../../src/runtime/plan-limits.ts";
import { takeEvent, storeEvent } from "../../src/webhooks/events.ts";
import { leaseSource } from "../../src/webhooks/schedule.ts";
import { createSource } from "../../src/webhooks/sources.ts";
import { withServices } from "../support/pipeline.ts";
import { consumeWakeUp, fetcherOf, type Network, type Sent } from "../support/source.ts";
import { createWorkspace, type Workspace } from "../support/workspace.ts";

const MINUTE = 60_000;
const START = Date.now();
let workspace: Workspace;
let deliveries = 0;

beforeEach(async () => {
  await env.DB.exec(`UPDATE sources SET next_at = NULL`);
  workspace = await createWorkspace();
});

/** A WordPress site: its API has a host of its own, and every event is read from it. */
async function site(name: string, owner = workspace): Promise<string> {
  const id = `src_${name}_${++deliveries}`;
  const by = { actor: "test", requestId: "" };
  const options = { base_url: `https://${name}.example.com`, types: ["post"], audience: [] };
  const credentials = { secrets: ["whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3"] };
  const source = { type: "wordpress" as const, name, options, credentials };
  const create = ({ db, seal }: Services) =>
    createSource(db, seal, owner.id, id, source, by, START);
  expect(await withServices(create)).toBe(true);
  return id;
}

/** Stores events that name a post each, as if they had come at this time. */
async function publish(
  sourceId: string,
  posts: number[],
  at = START,
  owner = workspace,
): Promise<void> {
  for (const post of posts) {
    const event = {
      workspaceId: owner.id,
      sourceId,
      delivery: `d${++deliveries}`,
      type: "post.published",
      claim: {},
      body: { type: "post.published", data: { id: post, post_type: "post", rest_base: "posts" } },
    };
    await storeEvent(env.DB, event, false, at);
  }
}

/** Every site has every post. */
const answer = (url: URL): Response => {
  const id = Number(url.pathname.split("/").at(-1));
  const title = { rendered: `Post ${id}` };
  return Response.json({
    id,
    status: "publish",
    title,
    content: { rendered: `<p>Text of ${url.href}.</p>` },
    link: url.href,
  });
};

/** Delivers messages until none is due, each invocation with a budget of its own. Time hardly passes, as for a fast Worker. */
async function drain(sourceId: string, network: Network, timeoutMs = 10_000): Promise<Sent[]> {
  const real = fetcherOf(network);
  const invocations: Sent[] = [];
  let time = START;
  for (let waiting = [sourceId]; waiting.length > 0;) {
    const sent = await consumeWakeUp(waiting.pop() ?? "", {
      now: () => time++,
      safeFetch: (url, options) => real(url, { ...options, timeoutMs }),
    });
    invocations.push(sent);
    for (const { source_id, delaySeconds } of sent.toWebhooks)
      if (!delaySeconds) waiting.push(source_id);
  }
  return invocations;
}

async function pendingEvents(): Promise<{ source: string; events: number }[]> {
  const { results } = await env.DB.prepare(
    `SELECT s.name AS source, count(*) AS events FROM source_events e JOIN sources s ON s.id = e.source_id
     WHERE e.workspace_id = ?1 AND e.status = 'pending' GROUP BY s.name`,
  )
    .bind(workspace.id)
    .all<{ source: string; events: number }>();
  return results;
}

// Many statements, on a machine that may be busy.
describe("many sources", { timeout: 120_000 }, () => {
  it("a CMS that never answers is waited for once beside 100 healthy ones, which are all served, and no invocation exceeds its budget", async () => {
    const dead = await site("dead");
    await publish(
      dead,
      Array.from({ length: 20 }, (_, index) => index),
    );
    for (let index = 0; index < 100; index++)
      await publish(await site(`healthy-${index}`), [1], START);
    let waits = 0;
    const invocations = await drain(
      dead,
      async (url) => {
        if (!url.host.startsWith("dead")) return answer(url);
        waits++;
        return new Promise<Response>(() => {});
      },
      500,
    );
    expect(waits).toBe(1);
    expect(await pendingEvents()).toEqual([{ source: "dead", events: 20 }]);
    for (const { statements } of invocations)
      expect(statements).toBeLessThanOrEqual(BUDGET.statements);
    expect(invocations.length).toBeGreaterThan(1);
  });

  it("a source with many events gets twenty changes a round, and then it is another source's turn", async () => {
    const posts = Array.from({ length: 25 }, (_, index) => index);
    const large = [await site("large-1"), await site("large-2"), await site("large-3")];
    for (const id of large) await publish(id, posts, START - MINUTE);
    const small = await site("small");
    await publish(small, [1]);
    const fetched: string[] = [];
    await drain(small, async (url) => {
      fetched.push(url.host);
      return answer(url);
    });
    expect(fetched).toHaveLength(76);
    // Three sources are served at a time: one round of each comes first.
    expect(fetched.indexOf("small.example.com")).toBeLessThanOrEqual(60);
    expect(await pendingEvents()).toEqual([]);
  });

  it("a workspace with many sources leaves every other turn to another workspace", async () => {
    const many = await createWorkspace();
    for (let index = 0; index < 30; index++) {
      const id = await site(`one-of-many-${index}`, many);
      await publish(id, [1], START - MINUTE, many);
    }
    const only = await site("only");
    await publish(only, [1]);
    const fetched: string[] = [];
    await drain(only, async (url) => {
      fetched.push(url.host);
      return answer(url);
    });
    expect(fetched).toHaveLength(31);
    expect(fetched.indexOf("only.example.com")).toBeLessThan(4);
  });

  it("a slow CMS begins no change after five seconds of its round, and the others are served meanwhile", async () => {
    const slow = await site("slow");
    await publish(slow, [1, 2, 3, 4], START - MINUTE);
    const fast = await site("fast");
    await publish(fast, [1]);
    let time = START;
    const fetched: string[] = [];
    const network: Network = async (url) => {
      fetched.push(url.host);
      if (url.host.startsWith("slow")) {
        time += 4000;
        // Long enough for the other lane.
        await new Promise((resolve) => setTimeout(resolve, 300));
      }
      return answer(url);
    };
    await consumeWakeUp(slow, { now: () => time, safeFetch: fetcherOf(network) });
    expect(fetched.indexOf("fast.example.com")).toBeLessThanOrEqual(2);
    expect(await pendingEvents()).toEqual([]);
  });
});

describe("an invocation that was killed", () => {
  it("is followed by one that serves its source alone, the event that killed it last, and by another for the other sources", async () => {
    const killer = await site("killer");
    await publish(killer, [1, 2], START - MINUTE);
    const other = await site("other");
    await publish(other, [1]);
    // What a killed invocation leaves: a lease, and an event that was taken.
    const leased = await leaseSource(env.DB, "idle", START, "killed");
    expect(leased?.id).toBe(killer);
    expect(await takeEvent(env.DB, { ...leased!, id: killer }, true, START)).toMatchObject({
      dueAt: START - MINUTE,
    });
    const fetched: string[] = [];
    const network: Network = async (url) => {
      fetched.push(url.host + url.pathname);
      return answer(url);
    };
    const consume = (at: number) =>
      consumeWakeUp(killer, { now: () => at, safeFetch: fetcherOf(network) });
    // As long as the lease lasts, the other one is served and this one is not.
    await consume(START + MINUTE);
    expect(fetched).toEqual(["other.example.com/wp-json/wp/v2/posts/1"]);
    await publish(other, [2], START + MINUTE);
    const { toWebhooks } = await consume(START + 3 * MINUTE);
    expect(fetched.slice(1)).toEqual([
      "killer.example.com/wp-json/wp/v2/posts/2",
      "killer.example.com/wp-json/wp/v2/posts/1",
    ]);
    expect(toWebhooks.filter(({ delaySeconds }) => !delaySeconds).length).toBeGreaterThan(0);
    await consume(START + 3 * MINUTE);
    expect(fetched.at(-1)).toBe("other.example.com/wp-json/wp/v2/posts/2");
    expect(await pendingEvents()).toEqual([]);
  });

  it("three times by the same event, gives that event up with a reason, and applies all others meanwhile", async () => {
    const killer = await site("killer");
    await publish(killer, [1, 2], START - MINUTE);
    const others = [await site("other-1"), await site("other-2")];
    for (const id of others) await publish(id, [1, 2]);
    const fetched: string[] = [];
    const deadly = "killer.example.com/wp-json/wp/v2/posts/1";
    const real = fetcherOf(async (url) => answer(url));
    /** Delivers a message; the deadly entry ends its invocation, of which nothing runs any more. */
    const consume = async (seconds: number, attempts: number): Promise<void> => {
      let isKilled = (): void => {};
      const killed = new Promise<void>((resolve) => (isKilled = resolve));
      const safeFetch: Services["safeFetch"] = async (url, options) => {
        const { host, pathname } = new URL(url);
        fetched.push(host + pathname);
        if (host + pathname !== deadly) return real(url, options);
        isKilled();
        return new Promise(() => {});
      };
      const now = (): number => START + seconds * 1000;
      await Promise.race([consumeWakeUp(killer, { now, safeFetch }, attempts), killed]);
    };
    // The queue delivers the message of a killed invocation again.
    for (const seconds of [0, 10, 30, 70, 150]) await consume(seconds, seconds > 0 ? 2 : 1);
    expect(fetched.filter((path) => path === deadly)).toHaveLength(3);
    await consume(200, 1);
    expect(await pendingEvents()).toEqual([]);
    const { results } = await env.DB.prepare(
      `SELECT status, reason FROM source_events WHERE source_id = ?1 ORDER BY id`,
    )
      .bind(killer)
      .all();
    expect(results).toEqual([
      { status: "failed", reason: expect.stringMatching(/more time or memory than there is/) },
      { status: "done", reason: null },
    ]);
  });

  it("again and again for a day by the same event, gives the event up", async () => {
    const killer = await site("killer");
    await publish(killer, [1], START);
    for (const hours of [0, 12, 24]) {
      const at = START + hours * 60 * MINUTE;
      const leased = await leaseSource(env.DB, hours > 0 ? "abandoned" : "idle", at, "killed");
      expect(leased?.id).toBe(killer);
      if (hours < 24) await takeEvent(env.DB, leased!, true, at);
      else await env.DB.exec(`UPDATE sources SET busy_until = 1 WHERE id = '${killer}'`);
    }
    await consumeWakeUp(killer, { now: () => START + 24 * 60 * MINUTE });
    const event = await env.DB.prepare(
      `SELECT status, reason FROM source_events WHERE source_id = ?1`,
    )
      .bind(killer)
      .first();
    expect(event).toEqual({
      status: "failed",
      reason: "Gave up after a day. Applying it takes more time or memory than there is.",
    });
  });
});
