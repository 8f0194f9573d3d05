import {
  createExecutionContext,
  createMessageBatch,
  getQueueResult,
  createScheduledController,
} from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createServices } from "../../src/services.ts";
import worker from "../../src/worker.ts";
import { BindingCalls, countedDatabase } from "../../src/runtime/binding-calls.ts";
import { BUDGET, OverPlan, PLAN } from "../../src/runtime/plan-limits.ts";

test("each statement of a batch counts, and the plan's limit is enforced before the database is asked", async () => {
  const calls = new BindingCalls();
  const db = countedDatabase(env.DB, calls);
  const some = (count: number): D1PreparedStatement[] =>
    Array.from({ length: count }, () => db.prepare("SELECT 1"));
  await db.batch(some(PLAN.statements / 4));
  expect(calls.hasRoomFor({ statements: BUDGET.statements / 2 })).toBe(true);
  expect(calls.hasRoomFor({ statements: BUDGET.statements / 2 + 1 })).toBe(false);
  await expect(db.batch(some(PLAN.statements))).rejects.toThrow(OverPlan);
  await expect(db.prepare("SELECT 1").first()).rejects.toThrow(OverPlan);
});

test("an allotment is an equal share of what is left of the budget, and what one does not use goes to the next", () => {
  const calls = new BindingCalls();
  const room = (): number => {
    let statements = 0;
    while (calls.hasRoomFor({ statements: statements + 1 })) statements++;
    return statements;
  };
  calls.allot(4);
  expect(room()).toBe(BUDGET.statements / 4);
  calls.use("statements", BUDGET.statements / 4);
  expect(room()).toBe(0);
  calls.allot(3);
  expect(room()).toBe(BUDGET.statements / 4);
  // The second one uses nothing.
  calls.allot(2);
  expect(room()).toBe(Math.floor((BUDGET.statements * 3) / 8));
  // Whoever takes more than was allotted takes it from those who follow, in equal parts.
  calls.use("statements", BUDGET.statements);
  calls.allot(1);
  expect(room()).toBe(0);
});

test("calls of bindings and of other hosts count together", async () => {
  const calls = new BindingCalls();
  await calls.track("ai", async () => {});
  calls.use("subrequests", PLAN.subrequests - 1);
  await expect(calls.track("queue", async () => {})).rejects.toThrow(OverPlan);
});

describe("an invocation is stopped at the plan's limits", () => {
  const plan = { ...PLAN };
  beforeEach(() => {
    vi.spyOn(console, "error").mockImplementation(() => undefined);
    vi.spyOn(console, "warn").mockImplementation(() => undefined);
  });
  afterEach(() => {
    Object.assign(PLAN, plan);
    vi.restoreAllMocks();
  });

  const invocations = {
    "a request": async () => {
      const request = new Request("http://local/v1/documents", {
        headers: { authorization: "Bearer sk_local_demo" },
      });
      const response = await worker.fetch(request, env, createExecutionContext());
      const logged = JSON.stringify(vi.mocked(console.error).mock.calls);
      if (response.status !== 200) throw new Error(`${response.status} ${logged}`);
    },
    "a queue's batch": async () => {
      const message = { id: "1", timestamp: new Date(), attempts: 1, body: { stage: "serve" } };
      const batch = createMessageBatch("edgewise-ingest", [message]);
      const context = createExecutionContext();
      await worker.queue(batch, env, context);
      const { retryMessages } = await getQueueResult(batch, context);
      if (retryMessages.length > 0)
        throw new Error(JSON.stringify(vi.mocked(console.warn).mock.calls));
    },
    "a cron tick": async () => {
      await worker.scheduled(createScheduledController(), env, createExecutionContext());
    },
  };

  for (const [name, invoke] of Object.entries(invocations)) {
    for (const limited of ["statements", "subrequests"] as const) {
      test(`${name} fails above the limit of ${limited}`, async () => {
        await invoke();
        PLAN[limited] = 0;
        const failure: unknown = await invoke().catch((error: unknown) => error);
        expect(String(failure instanceof AggregateError ? failure.errors[0] : failure)).toContain(
          `more than the plan's 0 ${limited}`,
        );
      });
    }
  }

  test("every call of the database, the queues, the models and the vector index counts as a subrequest", async () => {
    const { calls, ...services } = createServices(env, createExecutionContext());
    const counted = async (use: () => Promise<unknown>): Promise<number> => {
      const before = calls.subrequests;
      await use();
      return calls.subrequests - before;
    };
    const wakeUp = { stage: "confirm" } as const;
    expect(await counted(() => services.db.prepare("SELECT 1").run())).toBe(1);
    expect(await counted(() => services.ingestQueue.send(wakeUp))).toBe(1);
    expect(await counted(() => services.ingestQueue.sendBatch([{ body: wakeUp }]))).toBe(1);
    expect(await counted(() => services.embedQueue.send(wakeUp))).toBe(1);
    expect(await counted(() => services.ingestRetryQueue.send({ document_id: 0 }))).toBe(1);
    expect(await counted(() => services.eventsQueue.send({ message_id: "msg_none" }))).toBe(1);
    const embedder = services.embedderOf(services.config.embeddingModel);
    expect(await counted(() => embedder.embed(["one"], "query"))).toBe(1);
    const space = { index: "VECTORIZE", namespace: "none" } as const;
    const [vector = []] = await embedder.embed(["one"], "query");
    expect(await counted(() => services.vectors.query(space, vector, 1))).toBe(1);
    PLAN.subrequests = calls.subrequests;
    await expect(services.ingestQueue.send(wakeUp)).rejects.toThrow(OverPlan);
  });
});
