import { setTimeout as sleep } from "node:timers/promises";
import type { Env } from "../../src/env.ts";
import { createSafeFetch } from "../../src/http/safe-fetch.ts";
import { BUDGET } from "../../src/runtime/plan-limits.ts";
import type { SourceWakeUp } from "../../src/runtime/messages.ts";
import { createServices } from "../../src/services.ts";
import { consumeSourceWakeUps } from "../../src/webhooks/consumer.ts";
import { storeEvent } from "../../src/webhooks/events.ts";
import { createSource } from "../../src/webhooks/sources.ts";
import type { Measured } from "./measure.ts";
import { openDatabase } from "../in-process/database.ts";
import { openQueue } from "../in-process/queues.ts";

const WORKSPACE = "ws_local_demo";
const HEALTHY = 100;
const EVENTS_OF_THE_DEAD = 20;
const BY = { actor: "measurement", requestId: "" };

/** One of the ten-second waits for the dead CMS, and the work itself. */
const BOUND = { ...BUDGET, seconds: 20, peakHeapMb: 0 };

/** Every post of every healthy site; the dead one never answers. */
async function answer(url: string): Promise<Response> {
  const { host, pathname } = new URL(url);
  if (host.startsWith("dead")) return new Promise<Response>(() => {});
  const id = Number(pathname.split("/").at(-1));
  const content = { rendered: `<p>The text of post ${id} of ${host}.</p>` };
  return Response.json({ id, status: "publish", title: { rendered: `Post ${id}` }, content });
}

/**
 * A CMS that never answers, with twenty events, before a hundred healthy ones with one event each: the time until all healthy ones
 * are applied, and the most that one invocation used. It runs in this process, because a local instance may not call other hosts.
 */
async function measureDeadSender(): Promise<Measured> {
  const db = await openDatabase();
  const used = { statements: 0, subrequests: 0 };
  let invocations = 0;
  const env = {
    DB: db,
    SEALING_KEY: "measurement-sealing-key-that-is-no-secret",
    INGEST_QUEUE: { send: async () => {} },
    WEBHOOKS_QUEUE: openQueue("edgewise-webhooks", async (_queue, messages) => {
      const made = createServices(env, { waitUntil: () => {} });
      const fetch = async (url: string): Promise<Response> => {
        made.calls.use("subrequests");
        return answer(url);
      };
      const safeFetch = createSafeFetch({ fetch, resolve: async () => ["93.184.216.34"] });
      await consumeSourceWakeUps(messages as Message<SourceWakeUp>[], { ...made, safeFetch });
      invocations++;
      used.statements = Math.max(used.statements, made.calls.statements);
      used.subrequests = Math.max(used.subrequests, made.calls.subrequests);
    }),
  } as unknown as Env;
  const services = createServices(env, { waitUntil: () => {} });
  const { calls: _, ...deps } = services;
  const publish = async (name: string, posts: number): Promise<string> => {
    const id = `src_${name}`;
    const options = { base_url: `https://${name}.example.com`, types: ["post"], audience: [] };
    const source = { type: "wordpress" as const, name, options, credentials: { secrets: [name] } };
    await createSource(deps.db, deps.seal, WORKSPACE, id, source, BY, Date.now());
    for (let post = 1; post <= posts; post++) {
      const body = {
        type: "post.published",
        data: { id: post, post_type: "post", rest_base: "posts" },
      };
      const event = { workspaceId: WORKSPACE, sourceId: id, delivery: `${name}-${post}`, type: "" };
      await storeEvent(deps.db, { ...event, claim: {}, body }, false, Date.now());
    }
    return id;
  };
  const dead = await publish("dead", EVENTS_OF_THE_DEAD);
  for (let index = 0; index < HEALTHY; index++) await publish(`healthy-${index}`, 1);
  const started = Date.now();
  await env.WEBHOOKS_QUEUE.send({ source_id: dead });
  const pending = `SELECT count(*) AS n FROM source_events WHERE status = 'pending' AND source_id <> '${dead}'`;
  while (((await db.prepare(pending).first<{ n: number }>())?.n ?? 0) > 0) {
    await sleep(20);
    if (Date.now() - started > 10 * BOUND.seconds * 1000) break;
  }
  const seconds = (Date.now() - started) / 1000;
  const what = `${HEALTHY} events beside a CMS that never answers (${invocations} invocations ended)`;
  return { what, ...used, seconds, peakRssMb: 0, peakHeapMb: 0, bound: BOUND };
}

export const webhookCases = { "webhooks-dead-sender": measureDeadSender };
