import { env } from "cloudflare:workers";
import { beforeEach, expect, it } from "vitest";
import type { Env } from "../../../src/env.ts";
import type { GenerationView } from "../../../src/knowledge/reindex/manage.ts";
import { stepGeneration } from "../../../src/knowledge/reindex/step.ts";
import { sweep } from "../../../src/knowledge/sweeper.ts";
import { call, createWorkspace, addKey, ask, type Workspace } from "../../support/workspace.ts";
import {
  chunkIds,
  ingestPending,
  remove,
  search,
  SILENT,
  SILENT_QUEUES,
  store,
  withServices,
} from "../../support/pipeline.ts";

const LONG = "@local/all-minilm-l6-v2";
const SHORT = "@local/all-minilm-l6-v2-256";
const MINUTE = 60_000;
const QUESTION = "How long does delivery to Canada take?";
const DOCUMENTS: Record<string, object> = {
  shipping: {
    title: "Shipping",
    content: "# Canada\n\nDelivery to Canada takes twelve working days.",
  },
  pump: { title: "Pump", content: "# Limescale\n\nSoak the pump in vinegar for one hour." },
  hours: { title: "Opening hours", content: "# Shop\n\nThe shop opens at nine." },
};

beforeEach(() => env.CONTROL.reset());

async function workspaceWith(documents = DOCUMENTS): Promise<Workspace> {
  const workspace = await createWorkspace();
  await ingest(workspace, documents);
  return workspace;
}

async function ingest(workspace: Workspace, documents: Record<string, object>): Promise<void> {
  for (const [id, document] of Object.entries(documents)) await store(workspace, id, document);
  await ingestPending();
}

async function request(
  workspace: Workspace,
  method: string,
  path = "",
  body?: object,
): Promise<{ status: number; generations: GenerationView[]; detail?: string }> {
  const answer = await call(workspace.secret, method, `/v1/generations${path}`, body, {
    overrides: SILENT,
  });
  return { status: answer.status, ...(await answer.json<{ generations: GenerationView[] }>()) };
}

const begin = (workspace: Workspace, model = SHORT, index = "VECTORIZE_NEXT") =>
  request(workspace, "POST", "", { model, index });

/** Runs the steps that the queue would run, until none is due. */
async function build(workspace: Workspace, number: number, at = Date.now()): Promise<void> {
  for (let steps = 0; steps < 20; steps++) {
    const due = await step(workspace, number, at);
    if (due === undefined) return;
    await env.CONTROL.settleVectorize();
  }
  throw new Error("The generation is not built after twenty steps");
}

function step(workspace: Workspace, number: number, at = Date.now()): Promise<number | undefined> {
  return withServices((services) => stepGeneration(services, workspace.id, number), {
    now: () => at,
  });
}

async function stateOf(workspace: Workspace, number: number): Promise<GenerationView | undefined> {
  const { generations } = await request(workspace, "GET");
  return generations.find((generation) => generation.number === number);
}

/** Bindings that record, for one request, which model embedded the question and which index was searched. */
function watched(): { overrides: Partial<Env>; used: string[] } {
  const used: string[] = [];
  const index = (name: string, target: Vectorize): Vectorize =>
    ({
      query: (...input: [number[], VectorizeQueryOptions]) => {
        used.push(`${name} ${input[0].length}`);
        return target.query(...input);
      },
    }) as unknown as Vectorize;
  const { VECTORIZE_NEXT } = env;
  if (!VECTORIZE_NEXT) throw new Error("There is no second index");
  return {
    used,
    overrides: {
      VECTORIZE: index("VECTORIZE", env.VECTORIZE),
      VECTORIZE_NEXT: index("VECTORIZE_NEXT", VECTORIZE_NEXT),
    },
  };
}

/** The best document of the vector leg, and the model and index that were used. */
async function foundIn(workspace: Workspace): Promise<string> {
  const { overrides, used } = watched();
  const response = await call(
    workspace.secret,
    "POST",
    "/v1/search",
    { query: QUESTION, legs: ["vectors"] },
    { overrides },
  );
  const { results, failed_legs } = await response.json<{
    results: { external_id: string }[];
    failed_legs: string[];
  }>();
  expect(failed_legs).toEqual([]);
  expect(used).toHaveLength(1);
  return `${results[0]?.external_id} in ${used[0]}`;
}

async function held(binding: "VECTORIZE" | "VECTORIZE_NEXT", ids: string[]): Promise<string[]> {
  await env.CONTROL.settleVectorize();
  const vectors = await env[binding]?.getByIds(ids);
  return (vectors ?? []).map(({ id }) => id).toSorted();
}

it("switching to another model and back keeps every question within one generation", async () => {
  const workspace = await workspaceWith();
  await env.CONTROL.settleVectorize();
  expect(await foundIn(workspace)).toBe("shipping in VECTORIZE 384");

  const begun = await begin(workspace);
  expect(begun.status).toBe(202);
  expect(begun.generations).toMatchObject([
    { number: 1, model: LONG, dimensions: 384, index: "VECTORIZE", state: "live" },
    { number: 2, model: SHORT, dimensions: 256, index: "VECTORIZE_NEXT", state: "building" },
  ]);
  // The new generation is not read yet, and cannot be switched to.
  expect((await request(workspace, "POST", "/2/switch")).status).toBe(409);
  expect(await foundIn(workspace)).toBe("shipping in VECTORIZE 384");

  const seen: string[] = [];
  const asked: string[] = [];
  const asking = new AbortController();
  const questions = (async () => {
    while (!asking.signal.aborted) {
      const { overrides, used } = watched();
      const answer = await ask(workspace, QUESTION, overrides);
      expect(answer.outcome).toBe("answered");
      expect(answer.text).toContain("twelve working days");
      asked.push(...used);
      seen.push(await foundIn(workspace));
    }
  })();
  await build(workspace, 2);
  const built = await stateOf(workspace, 2);
  expect(built).toMatchObject({ error: null, refused: 0, stored: 3, served: { chunks: 3 } });
  expect(built?.ready).toEqual(built?.served);
  expect((await request(workspace, "POST", "/2/switch")).generations).toMatchObject([
    { number: 1, state: "retired" },
    { number: 2, state: "live" },
  ]);
  expect(await foundIn(workspace)).toBe("shipping in VECTORIZE_NEXT 256");
  // Switching again changes nothing. A rollback is a switch to the generation before.
  expect((await request(workspace, "POST", "/2/switch")).status).toBe(200);
  expect((await request(workspace, "POST", "/1/switch")).status).toBe(200);
  expect(await foundIn(workspace)).toBe("shipping in VECTORIZE 384");
  expect((await request(workspace, "POST", "/2/switch")).status).toBe(200);
  asking.abort();
  const log = await call(workspace.secret, "GET", "/v1/audit?limit=10");
  const { entries } = await log.json<{ entries: { action: string; object_id: string }[] }>();
  const ours = entries.filter(({ action }) => action.startsWith("generation."));
  expect(ours.map(({ action, object_id }) => `${action} ${object_id}`)).toEqual([
    "generation.switch 2",
    "generation.switch 1",
    "generation.switch 2",
    "generation.start 2",
  ]);
  await questions;
  // No vector of one model was searched in the other model's index.
  const consistent = ["VECTORIZE 384", "VECTORIZE_NEXT 256"];
  expect(asked.length).toBeGreaterThan(0);
  for (const use of asked) expect(consistent).toContain(use);
  for (const use of seen) expect(use).toMatch(/^shipping in (VECTORIZE 384|VECTORIZE_NEXT 256)$/);
});

it("changes during a reindex are written to both generations", async () => {
  const workspace = await workspaceWith();
  await begin(workspace);
  await step(workspace, 2);
  // The generation is built, and then documents change.
  await ingest(workspace, {
    shipping: { title: "Shipping", content: "# Canada\n\nDelivery to Canada takes three weeks." },
    returns: { title: "Returns", content: "# Refund\n\nUnused items come back within 45 days." },
  });
  await remove(workspace, "hours");
  await build(workspace, 2);
  expect((await request(workspace, "POST", "/2/switch")).status).toBe(200);
  expect((await search(workspace, QUESTION)).results[0]?.text).toContain("three weeks");
  const ids = await chunkIds(workspace);
  expect(
    await held(
      "VECTORIZE_NEXT",
      ids.map((id) => `g2c${id}`),
    ),
  ).toHaveLength(ids.length);

  // The old generation, kept for a rollback, gets the changes as well.
  await ingest(workspace, {
    new: { title: "Gifts", content: "# Gifts\n\nVouchers never expire." },
  });
  await build(workspace, 1);
  expect(await stateOf(workspace, 1)).toMatchObject({ state: "retired", stored: 4 });
  await request(workspace, "POST", "/1/switch");
  await env.CONTROL.settleVectorize();
  const { results } = await search(workspace, "Do vouchers expire?", ["vectors"]);
  expect(results[0]?.external_id).toBe("new");

  // The vectors of a deleted document are collected from both.
  const all = (await chunkIds(workspace)).flatMap((id) => [`c${id}`, `g2c${id}`]);
  for (const id of ["shipping", "returns", "pump", "new"]) await remove(workspace, id);
  await withServices(sweep, {
    now: () => Date.now() + 60 * MINUTE,
    ...SILENT_QUEUES,
  });
  expect(await held("VECTORIZE", all)).toEqual([]);
  expect(await held("VECTORIZE_NEXT", all)).toEqual([]);
});

it("a reindex resumes after a crash, a busy model and vectors that the index lost", async () => {
  const workspace = await workspaceWith();
  await begin(workspace);
  await env.CONTROL.failNext({ binding: "ai", kind: "capacity", times: 10 });
  await expect(step(workspace, 2)).rejects.toThrow("3040");
  expect(await stateOf(workspace, 2)).toMatchObject({
    stored: 0,
    error: expect.stringContaining("3040"),
  });
  await env.CONTROL.reset();

  // The lease of a step that died expires; a step that is running keeps its lease.
  const now = Date.now();
  await env.DB.prepare(
    `UPDATE index_generations SET busy_until = ?2 WHERE workspace_id = ?1 AND number = 2`,
  )
    .bind(workspace.id, now + 5 * MINUTE)
    .run();
  expect(await step(workspace, 2, now)).toBeUndefined();
  expect((await stateOf(workspace, 2))?.stored).toBe(0);
  expect(await step(workspace, 2, now + 6 * MINUTE)).toBe(0);
  expect(await stateOf(workspace, 2)).toMatchObject({ stored: 3, error: null });

  // Accepted vectors are not visible at once: the step waits, and writes missing ones again.
  await env.CONTROL.settleVectorize();
  const [lost = 0] = await chunkIds(workspace);
  await env.VECTORIZE_NEXT?.deleteByIds([`g2c${lost}`]);
  await env.CONTROL.settleVectorize();
  const later = now + 7 * MINUTE;
  expect(await step(workspace, 2, later)).toBe(0);
  expect(await step(workspace, 2, later)).toBeGreaterThan(0);
  expect(await stateOf(workspace, 2)).toMatchObject({ stored: 3, ready: { chunks: 2 } });
  expect((await request(workspace, "POST", "/2/switch")).status).toBe(409);
  await build(workspace, 2, now + 30 * MINUTE);
  expect(await stateOf(workspace, 2)).toMatchObject({ stored: 3, ready: { chunks: 3 } });
  expect((await request(workspace, "POST", "/2/switch")).status).toBe(200);
});

it("a reindex is woken by the queue and the sweeper alone", async () => {
  const workspace = await workspaceWith();
  await begin(workspace);
  const sent: unknown[] = [];
  const embedQueue = {
    sendBatch: async (messages: { body: unknown }[]) => {
      sent.push(...messages.map(({ body }) => body));
    },
  } as unknown as Env["EMBED_QUEUE"];
  await withServices(sweep, { ...SILENT_QUEUES, embedQueue });
  expect(sent).toContainEqual({ workspace_id: workspace.id, generation: 2 });
  // The real queue runs the remaining steps.
  await env.EMBED_QUEUE.send({ workspace_id: workspace.id, generation: 2 });
  await expect
    .poll(() => stateOf(workspace, 2), { timeout: 15_000, interval: 300 })
    .toMatchObject({ stored: 3 });
});

it("two generations in one index stay separate, and the old one is collected after its rollback time", async () => {
  const workspace = await workspaceWith();
  await begin(workspace, LONG, "VECTORIZE");
  await build(workspace, 2);
  const ids = await chunkIds(workspace);
  const [old, young] = [ids.map((id) => `c${id}`), ids.map((id) => `g2c${id}`)];
  expect(await held("VECTORIZE", [...old, ...young])).toHaveLength(6);
  // While both generations exist, a search finds each chunk once.
  const chunks = async (): Promise<number> =>
    (await search(workspace, QUESTION, ["vectors"])).results.length;
  expect(await chunks()).toBe(3);
  await request(workspace, "POST", "/2/switch");
  expect(await chunks()).toBe(3);
  const [vector] = await env.VECTORIZE.getByIds(young);
  expect(vector?.namespace).toBe(`${workspace.id}.g2`);

  // The rollback time is over.
  const sweepAt = (days: number): Promise<unknown> =>
    withServices(sweep, {
      now: () => Date.now() + days * 24 * 60 * MINUTE,
      ...SILENT_QUEUES,
    });
  await sweepAt(6);
  expect((await stateOf(workspace, 1))?.state).toBe("retired");
  await sweepAt(8);
  expect((await stateOf(workspace, 1))?.state).toBe("collecting");
  expect((await request(workspace, "POST", "/1/switch")).status).toBe(409);
  expect((await begin(workspace)).status).toBe(409);
  await build(workspace, 1, Date.now() + 9 * 24 * 60 * MINUTE);
  expect((await stateOf(workspace, 1))?.state).toBe("collected");
  expect(await held("VECTORIZE", [...old, ...young])).toEqual(young.toSorted());
  expect(await chunks()).toBe(3);

  // The number and names of a collected generation are never used again; its index is.
  expect((await begin(workspace)).generations.at(-1)).toMatchObject({
    number: 3,
    state: "building",
  });
  await build(workspace, 3);
  expect(await stateOf(workspace, 3)).toMatchObject({ ready: { chunks: 3 } });
});

it("collecting a generation waits until nobody can still write to it", async () => {
  const workspace = await workspaceWith();
  await begin(workspace);
  const now = Date.now();
  await step(workspace, 2, now);
  const ids = (await chunkIds(workspace)).map((id) => `g2c${id}`);
  expect(await held("VECTORIZE_NEXT", ids)).toHaveLength(3);
  expect((await request(workspace, "DELETE", "/2")).status).toBe(202);
  expect(await step(workspace, 2, Date.now())).toBeGreaterThan(60);
  expect(await held("VECTORIZE_NEXT", ids)).toHaveLength(3);
  await build(workspace, 2, Date.now() + 5 * MINUTE);
  expect(await held("VECTORIZE_NEXT", ids)).toEqual([]);
  expect(await stateOf(workspace, 2)).toMatchObject({ state: "collected" });
});

it("a text that only the new model refuses is recorded, and the generation is complete without it", async () => {
  const workspace = await workspaceWith();
  await begin(workspace);
  const AI = {
    run: (...input: [string, { text: string[] }]) => {
      if (input[1].text.some((text) => text.includes("vinegar"))) throw new Error("5006: refused");
      return Reflect.apply(env.AI.run, env.AI, input) as unknown;
    },
  } as unknown as Ai;
  const { createServices } = await import("../../../src/services.ts");
  const { embedderOf } = createServices({ ...env, AI }, { waitUntil: () => {} });
  await withServices((services) => stepGeneration(services, workspace.id, 2), { embedderOf });
  await build(workspace, 2);
  expect(await stateOf(workspace, 2)).toMatchObject({
    refused: 1,
    stored: 2,
    served: { chunks: 3 },
    ready: { chunks: 3 },
  });
  expect((await request(workspace, "POST", "/2/switch")).status).toBe(200);
});

it("no text is recorded as refused when the model itself is unavailable", async () => {
  const workspace = await workspaceWith();
  await begin(workspace);
  const AI = {
    run: () => {
      throw new Error("5007: No such model");
    },
  } as unknown as Ai;
  const { createServices } = await import("../../../src/services.ts");
  const { embedderOf } = createServices({ ...env, AI }, { waitUntil: () => {} });
  const stepping = withServices((services) => stepGeneration(services, workspace.id, 2), {
    embedderOf,
  });
  await expect(stepping).rejects.toThrow("5007");
  expect(await stateOf(workspace, 2)).toMatchObject({
    refused: 0,
    error: expect.stringContaining("5007"),
  });
});

it("reindexing needs the scope admin, and refuses invalid requests", async () => {
  const workspace = await workspaceWith();
  for (const [model, index, status] of [
    ["@cf/no/such-model", "VECTORIZE", 422],
    [SHORT, "VECTORIZE", 409],
    [LONG, "VECTORIZE_NEXT", 409],
    [SHORT, "ELSEWHERE", 422],
  ] as const) {
    expect((await begin(workspace, model, index)).status).toBe(status);
  }
  expect((await request(workspace, "POST", "/1/switch")).status).toBe(200);
  expect((await request(workspace, "DELETE", "/1")).status).toBe(409);
  for (const path of ["/9/switch", "/0/switch", "/x/switch"]) {
    expect([404, 422]).toContain((await request(workspace, "POST", path)).status);
  }
  const limited = `sk_${crypto.randomUUID().replaceAll("-", "")}`;
  await addKey(workspace, limited, "secret", ["documents", "chat", "insight"]);
  for (const key of [limited, workspace.publishable]) {
    for (const [method, path] of [
      ["GET", ""],
      ["POST", ""],
      ["POST", "/1/switch"],
      ["DELETE", "/1"],
    ] as const) {
      const body = path === "" && method === "POST" ? { model: SHORT } : undefined;
      expect((await call(key, method, `/v1/generations${path}`, body)).status).toBe(403);
    }
  }
  // A deployment without a second index is refused with a reason.
  const response = await call(
    workspace.secret,
    "POST",
    "/v1/generations",
    { model: SHORT, index: "VECTORIZE_NEXT" },
    { overrides: { VECTORIZE_NEXT: undefined } as unknown as Partial<Env> },
  );
  expect(response.status).toBe(409);
  // A workspace does not see another workspace's generations.
  const stranger = await workspaceWith();
  await begin(workspace);
  expect((await request(stranger, "GET")).generations).toHaveLength(1);
  expect((await request(stranger, "DELETE", "/2")).status).toBe(404);
});

it("a reindex embeds served text with its served title, not with the title of a version still pending", async () => {
  const workspace = await workspaceWith({
    shipping: { title: "Shipping", content: "It takes a week." },
  });
  await store(workspace, "shipping", { title: "Refunds", content: "They take a day." });
  await begin(workspace);
  const texts: string[] = [];
  await withServices(async (services) =>
    stepGeneration(
      {
        ...services,
        embedderOf: (model) => {
          const embedder = services.embedderOf(model);
          return {
            ...embedder,
            embed: (some, kind) => {
              texts.push(...some);
              return embedder.embed(some, kind);
            },
          };
        },
      },
      workspace.id,
      2,
    ),
  );
  expect(texts).toEqual(["Shipping\nIt takes a week."]);
});
