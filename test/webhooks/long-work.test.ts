import { env } from "cloudflare:workers";
import { beforeEach, expect, it } from "vitest";
import type { Services } from "../../src/runtime/services.ts";
import { storeEvent } from "../../src/webhooks/events.ts";
import { createSource } from "../../src/webhooks/sources.ts";
import { store, withServices } from "../support/pipeline.ts";
import { consumeWakeUp, deliver, fetcherOf, readEvents, register } from "../support/source.ts";
import { createWorkspace } from "../support/workspace.ts";

beforeEach(() => env.DB.exec(`UPDATE sources SET next_at = NULL`));

const START = Date.now();
const HOUR = 3_600_000;

/** Serves a source as often as its messages say, until some time has passed. @returns when, in milliseconds from the start */
async function serveFor(
  sourceId: string,
  durationMs: number,
  overrides: Partial<Services>,
): Promise<number[]> {
  const served: number[] = [];
  const start = Date.now();
  for (let time = start; time < start + durationMs;) {
    served.push(time - start);
    const { toWebhooks } = await consumeWakeUp(sourceId, { now: () => time, ...overrides });
    const delays = toWebhooks.map(({ delaySeconds = 0 }) => delaySeconds * 1000);
    if (delays.length === 0) break;
    time += Math.max(1, Math.min(...delays));
  }
  return served;
}

const push = (files: object, forced = false): object => ({
  ref: "refs/heads/main",
  before: "0".repeat(40),
  after: "a".repeat(40),
  created: false,
  deleted: false,
  forced,
  commits: [files],
  repository: { full_name: "octo/docs", default_branch: "main", pushed_at: 1, private: false },
});

it("checks of many removals that a CMS refuses become rarer", async () => {
  const source = await register("github", { token: "t" });
  const paths = Array.from({ length: 25 }, (_, n) => `page-${n}.md`);
  for (const path of paths)
    await store(source.workspace, `github/${path}`, { title: path, content: "Text." });
  await deliver(source, push({ removed: paths }));
  let calls = 0;
  const refused = fetcherOf(() => {
    calls++;
    return new Response(null, { status: 401 });
  });
  await serveFor(source.id, HOUR, { safeFetch: refused });
  expect(calls).toBeGreaterThan(paths.length);
  // Every five seconds it would be 18,000 calls. Waits that double up to ten minutes make about twelve checks an hour.
  expect(calls).toBeLessThan(paths.length * 20);
}, 60_000);

it("a source whose secret cannot be decrypted is served more and more rarely", async () => {
  const workspace = await createWorkspace();
  const id = "src_sealed";
  const credentials = { secrets: ["whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3"] };
  const options = { base_url: "https://site.example.com", types: ["post"], audience: [] };
  const by = { actor: "test", requestId: "" };
  const definition = { type: "wordpress" as const, name: "site", options, credentials };
  await withServices(({ db, seal }) =>
    createSource(db, seal, workspace.id, id, definition, by, START),
  );
  const body = { type: "post.published", data: { id: 1, post_type: "post", rest_base: "posts" } };
  const event = { workspaceId: workspace.id, sourceId: id, delivery: "d", type: "t", claim: {} };
  await storeEvent(env.DB, { ...event, body }, false, START);
  const open = async (): Promise<never> => {
    throw new Error("The key is wrong");
  };
  const seal = { open, seal: open } as unknown as Services["seal"];
  const served = await serveFor(id, HOUR, { seal });
  expect(served.length).toBeLessThan(30);
});

it("a resync of more entries than an event can hold fails at once, and says why", async () => {
  const source = await register("github");
  const paths = Array.from({ length: 9000 }, (_, n) => `docs/${"folder/".repeat(25)}page-${n}.md`);
  const tree = paths.map((path, n) => ({ path, type: "blob", sha: `${n}`, size: 10 }));
  await deliver(source, push({}, true));
  const network = fetcherOf(() => Response.json({ tree, truncated: false }));
  await consumeWakeUp(source.id, { safeFetch: network });
  expect(await readEvents(source)).toMatchObject([
    { status: "failed", reason: expect.stringContaining("more than one event can hold") },
  ]);
});
