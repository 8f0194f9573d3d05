import type { TurnRecorded } from "../../src/runtime/messages.ts";
import { createExecutionContext, createMessageBatch, getQueueResult } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeEach, expect, it, vi } from "vitest";
import worker from "../../src/index.ts";
import { ask, createWorkspace, HELP_CENTRE, type Workspace } from "../support/workspace.ts";
import { openAiStream } from "../support/chat-script.ts";

beforeEach(() => env.CONTROL.reset());

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

it("counts a model without a known price as free, and answers although its message cannot be sent", async () => {
  const workspace = await createWorkspace(HELP_CENTRE);
  const question = "How long does delivery to Germany take?";
  await env.CONTROL.scriptChat(openAiStream(["It takes 3 working days to Germany [1]."]));
  const { message_id } = await ask(workspace, question, { CHAT_MODEL: "@cf/unlisted/model" });
  await expect
    .poll(() => ledger(workspace))
    .toMatchObject([{ message_id, input_tokens: 100, output_tokens: 20, cost_micro_usd: 0 }]);

  const warned = vi.spyOn(console, "warn").mockImplementation(() => undefined);
  const lost = { send: () => Promise.reject(new Error("Queue is overloaded")) };
  const answer = await ask(workspace, question, {
    EVENTS_QUEUE: lost as unknown as Queue<TurnRecorded>,
  });
  expect(answer.outcome).toBe("answered");
  expect(warned).toHaveBeenCalledOnce();
  warned.mockRestore();
});
