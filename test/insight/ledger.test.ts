import type { TurnRecorded } from "../../src/runtime/messages.ts";
import { createExecutionContext, createMessageBatch, getQueueResult } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeEach, expect, it, vi } from "vitest";
import worker from "../../src/index.ts";
import {
  ask,
  CHAT_MODEL,
  createWorkspace,
  HELP_CENTRE,
  type Workspace,
} from "../support/workspace.ts";
import { openAiStream } from "../support/chat-script.ts";
import { sweepLedger } from "../../src/insight/ledger.ts";
import { BUDGET } from "../../src/runtime/plan-limits.ts";
import { withServices } from "../support/pipeline.ts";
import { tick } from "../support/tick.ts";

beforeEach(() => env.CONTROL.reset());

const REFUSING = {
  send: () => Promise.reject(new Error("Queue is overloaded")),
} as unknown as Queue<TurnRecorded>;

async function ledger(workspace: Workspace): Promise<Record<string, unknown>[]> {
  const { results } = await env.DB.prepare(
    `SELECT * FROM turn_ledger WHERE workspace_id = ?1 ORDER BY created_at, message_id`,
  )
    .bind(workspace.id)
    .all();
  return results;
}

async function deliver(...ids: string[]): Promise<void> {
  const messages = ids.map((message_id) => {
    return { id: crypto.randomUUID(), timestamp: new Date(), attempts: 1, body: { message_id } };
  });
  const batch = createMessageBatch<TurnRecorded>("edgewise-events", messages);
  const context = createExecutionContext();
  await worker.queue(batch, env, context);
  expect(await getQueueResult(batch, context)).toMatchObject({ ackAll: true, outcome: "ok" });
}

it("writes one row a turn, also when its message comes twice or beside unknown ids", async () => {
  const workspace = await createWorkspace(HELP_CENTRE);
  const turns = [
    await ask(workspace, "How long does delivery to Germany take?"),
    await ask(workspace, "Who invented the saxophone in Belgium?"),
    await ask(workspace, "Hello"),
  ];
  await expect.poll(async () => (await ledger(workspace)).length).toBe(3);
  const rows = await ledger(workspace);
  expect(new Set(rows.map(({ message_id, outcome, rung }) => [message_id, outcome, rung]))).toEqual(
    new Set(turns.map(({ message_id, outcome, rung }) => [message_id, outcome, rung])),
  );
  for (const row of rows) {
    expect(row).toMatchObject({ cost_micro_usd: 0, input_tokens: 0, model: null });
    expect(row["day"]).toBe(new Date(Number(row["created_at"])).toISOString().slice(0, 10));
  }

  const question = await env.DB.prepare(
    `SELECT id FROM messages WHERE workspace_id = ?1 AND role = 'visitor' LIMIT 1`,
  )
    .bind(workspace.id)
    .first<{ id: string }>();
  const ids = turns.map(({ message_id }) => message_id);
  await deliver(...ids, ...ids, "msg_unknown", "' OR 1=1 --", question?.id ?? "");
  await deliver("msg_unknown");
  expect(await ledger(workspace)).toEqual(rows);

  // A row that was lost comes back with its message.
  await env.DB.prepare(`DELETE FROM turn_ledger WHERE workspace_id = ?1`).bind(workspace.id).run();
  await deliver(...ids);
  expect(await ledger(workspace)).toEqual(rows);
});

it("a row whose queue message was refused is written by a cron tick, and only once", async () => {
  const workspace = await createWorkspace(HELP_CENTRE);
  const warned = vi.spyOn(console, "warn").mockImplementation(() => undefined);
  const turn = await ask(workspace, "Hello", { EVENTS_QUEUE: REFUSING });
  warned.mockRestore();
  // The queue has a minute of its own.
  await tick();
  expect(await ledger(workspace)).toEqual([]);
  await tick({ later: 120_000 });
  const rows = await ledger(workspace);
  expect(rows).toMatchObject([{ message_id: turn.message_id, outcome: "small_talk" }]);
  await env.DB.prepare(`DELETE FROM turn_ledger WHERE workspace_id = ?1`).bind(workspace.id).run();
  // Nothing is pending any more: a tick does not look at turns that are recorded.
  await tick({ later: 300_000 });
  expect(await ledger(workspace)).toEqual([]);
});

it("a turn whose row cannot be written keeps no other turn's row from being written", async () => {
  const [workspace, other] = [await createWorkspace(HELP_CENTRE), await createWorkspace()];
  const warned = vi.spyOn(console, "warn").mockImplementation(() => undefined);
  // A model's server that counts in fractions.
  await env.CONTROL.scriptChat(
    openAiStream(["It takes 3 working days to Germany [1]."], {
      prompt_tokens: 100.5,
      completion_tokens: 20.25,
    }),
  );
  const lost = { EVENTS_QUEUE: REFUSING };
  const question = "How long does delivery to Germany take?";
  const odd = await ask(workspace, question, { CHAT_MODEL, ...lost });
  expect(odd.rung).toBe("model");
  const plain = await ask(other, "Hello", lost);
  warned.mockRestore();
  await deliver(odd.message_id, plain.message_id);
  expect(await ledger(workspace)).toMatchObject([{ input_tokens: 101, output_tokens: 20 }]);
  expect(await ledger(other)).toHaveLength(1);
});

it("rows that a queue lost are written as far as the budget goes, the oldest first, and a later tick goes on", async () => {
  const workspace = await createWorkspace();
  await env.DB.batch([
    env.DB.prepare(
      `INSERT INTO conversations (id, workspace_id, created_at, updated_at) VALUES ('cv_' || ?1, ?1, 0, 0)`,
    ).bind(workspace.id),
    env.DB.prepare(
      `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1500)
       INSERT INTO messages (id, conversation_id, workspace_id, seq, role, text, outcome, rung, usage, created_at, due_at)
       SELECT 'msg_' || ?1 || i, 'cv_' || ?1, ?1, i, 'assistant', 'x', 'answered', 'none', NULL, i, i FROM n`,
    ).bind(workspace.id),
  ]);
  const sweep = (): Promise<{ written: number }> =>
    withServices((services) => {
      services.calls.use("statements", BUDGET.statements - 20);
      return sweepLedger(services);
    });
  expect(await sweep()).toEqual({ written: 1000 });
  const latest = await env.DB.prepare(
    `SELECT max(created_at) AS at FROM turn_ledger WHERE workspace_id = ?1`,
  )
    .bind(workspace.id)
    .first();
  expect(latest).toEqual({ at: 1000 });
  expect(await sweep()).toEqual({ written: 500 });
  expect(await sweep()).toEqual({ written: 0 });
  expect(await ledger(workspace)).toHaveLength(1500);
});

it("counts a model without a known price as free, and answers although its message cannot be sent", async () => {
  const workspace = await createWorkspace(HELP_CENTRE);
  const question = "How long does delivery to Germany take?";
  await env.CONTROL.scriptChat(openAiStream(["It takes 3 working days to Germany [1]."]));
  const { message_id } = await ask(workspace, question, { CHAT_MODEL: "@cf/unlisted/model" });
  await expect
    .poll(() => ledger(workspace))
    .toMatchObject([{ message_id, input_tokens: 100, output_tokens: 20, cost_micro_usd: 0 }]);

  const warned = vi.spyOn(console, "warn").mockImplementation(() => undefined);
  const answer = await ask(workspace, question, { EVENTS_QUEUE: REFUSING });
  expect(answer.outcome).toBe("answered");
  expect(warned).toHaveBeenCalledOnce();
  warned.mockRestore();
});
