import { waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterAll, beforeEach, describe, expect, it, vi } from "vitest";
import type { Env } from "../../src/env.ts";
import { sweepOpenQuestions } from "../../src/conversations/open-questions.ts";
import { BUDGET } from "../../src/runtime/plan-limits.ts";
import { brokenDatabase } from "../support/broken-database.ts";
import { openAiStream, recordedChats } from "../support/chat-script.ts";
import { erase } from "../support/erasure.ts";
import { gatedModel } from "../support/gated-model.ts";
import { withServices } from "../support/pipeline.ts";
import { tick } from "../support/tick.ts";
import {
  ask,
  call,
  CHAT_MODEL,
  createWorkspace,
  HELP_CENTRE,
  publish,
  readConversation,
  tokenOf,
  type Workspace,
  startTurn,
} from "../support/workspace.ts";

const GERMANY = "How long does delivery to Germany take?";
const MINUTE = 60_000;
/** A statement of the transaction that records an answer, and of no other. */
const RECORDING = "INSERT INTO release_values";
const CLOSED = { role: "assistant", outcome: "abstained", rung: "none", citations: [] };

const logged = { warn: vi.spyOn(console, "warn"), error: vi.spyOn(console, "error") };
beforeEach(async () => {
  await env.CONTROL.reset();
  for (const log of Object.values(logged)) log.mockReset().mockImplementation(() => undefined);
});
afterAll(() => vi.restoreAllMocks());

interface Started {
  text: Promise<string>;
  conversationId: string;
  messageId: string;
  context: ExecutionContext;
}

/** Begins a turn as a stream, up to its first part. */
async function start(workspace: Workspace, overrides: Partial<Env>): Promise<Started> {
  const { body, context } = await startTurn(workspace, GERMANY, overrides);
  const [head, rest] = body.tee();
  const { value } = await head.getReader().read();
  const first = JSON.parse(new TextDecoder().decode(value).split("\n")[0]?.slice(6) ?? "{}");
  return {
    text: new Response(rest).text(),
    conversationId: first.messageMetadata.conversation_id,
    messageId: first.messageId,
    context,
  };
}

async function ledgerRow(messageId: string): Promise<Record<string, unknown> | null> {
  return env.DB.prepare(`SELECT * FROM turn_ledger WHERE message_id = ?1`).bind(messageId).first();
}

async function conversationOf({ id }: Workspace): Promise<string> {
  const row = await env.DB.prepare(`SELECT id FROM conversations WHERE workspace_id = ?1`)
    .bind(id)
    .first<{ id: string }>();
  return row?.id ?? "";
}

describe("a turn that fails", () => {
  it("a turn that fails after its start ends its stream with an error, and closes its question at once", async () => {
    const workspace = await createWorkspace(HELP_CENTRE);
    await env.CONTROL.scriptChat(openAiStream(["Delivery to Germany takes 3 working days [1]."]));
    const turn = await start(workspace, { CHAT_MODEL, ...brokenDatabase(RECORDING) });
    const text = await turn.text;
    expect(text).toContain('"type":"error"');
    expect(text.endsWith("data: [DONE]\n\n")).toBe(true);
    await waitOnExecutionContext(turn.context);
    const { messages } = await readConversation(workspace, turn.conversationId);
    expect(messages).toMatchObject([
      { role: "visitor", text: GERMANY, outcome: null, failure: null },
      { ...CLOSED, id: turn.messageId, failure: "error" },
    ]);
    expect(messages[1]?.text).toContain("our support team");
    await expect
      .poll(() => ledgerRow(turn.messageId))
      .toMatchObject({ outcome: "abstained", rung: "none", failure: "error" });
    // What the model was paid for the answer that is lost stays counted.
    const usage = await env.DB.prepare(
      `SELECT turns, neurons > 0 AS counted FROM daily_usage WHERE workspace_id = ?1`,
    )
      .bind(workspace.id)
      .first();
    expect(usage).toEqual({ turns: 1, counted: 1 });
  });

  it("a question whose passages cannot be read is closed, although no stream began", async () => {
    const workspace = await createWorkspace(HELP_CENTRE);
    const overrides = brokenDatabase("FROM json_each(?1) AS leg CROSS JOIN");
    for (const accept of ["application/json", "text/event-stream"]) {
      const { conversation_id } = await ask(workspace, "Hello");
      const response = await call(
        workspace.publishable,
        "POST",
        "/v1/chat",
        { message: GERMANY, conversation_id },
        { overrides, headers: { accept, ...tokenOf(conversation_id) } },
      );
      expect(response.status).toBe(500);
      const { messages } = await readConversation(workspace, conversation_id);
      expect(messages.slice(2)).toMatchObject([
        { role: "visitor", text: GERMANY },
        { ...CLOSED, failure: "error" },
      ]);
    }
  });

  it("the question is asked again as if the failed turn had not been", async () => {
    const workspace = await createWorkspace(HELP_CENTRE);
    const { conversation_id } = await ask(workspace, "Hello");
    await ask(workspace, { message: "How do I clean the pump?", conversation_id });
    const again = { message: GERMANY, conversation_id };
    const failed = await call(workspace.publishable, "POST", "/v1/chat", again, {
      overrides: brokenDatabase(RECORDING),
      headers: { accept: "application/json", ...tokenOf(conversation_id) },
    });
    expect(failed.status).toBe(500);
    await env.CONTROL.scriptChat(openAiStream(["Delivery to Germany takes 3 working days [1]."]));
    expect(await ask(workspace, again, { CHAT_MODEL })).toMatchObject({ rung: "model" });
    const [asked] = await recordedChats();
    if (!asked) throw new Error("No model was asked");
    const { messages } = asked.inputs as { messages: { role: string; content: string }[] };
    // The question stands in the prompt once, and what we said of the failure does not.
    const saying = (text: RegExp): unknown[] =>
      messages.filter(({ role, content }) => role !== "system" && text.test(content));
    expect(saying(/delivery.to.Germany.take\b/)).toHaveLength(1);
    expect(saying(/went.wrong/)).toEqual([]);
    expect(saying(/pump/)).toHaveLength(2);
    const { messages: stored } = await readConversation(workspace, conversation_id);
    expect(stored.map(({ role }) => role).join()).toBe(
      "visitor,assistant,visitor,assistant,visitor,assistant,visitor,assistant",
    );
  });
});

it("a reply to a clarifying question is still one when it is sent again after a failure", async () => {
  const workspace = await createWorkspace(HELP_CENTRE);
  const { conversation_id, sources } = await ask(workspace, "the warehouse lost my parcel");
  const at = sources.findIndex(({ external_id }) => external_id === "returns");
  const reply = { message: ["The first one.", "the second one", "3"][at] ?? "", conversation_id };
  const failed = await call(workspace.publishable, "POST", "/v1/chat", reply, {
    overrides: brokenDatabase(RECORDING),
    headers: { accept: "application/json", ...tokenOf(conversation_id) },
  });
  expect(failed.status).toBe(500);
  const { outcome, citations } = await ask(workspace, reply);
  expect(outcome).toBe("answered");
  expect(citations.map(({ external_id }) => external_id)).toEqual(["returns"]);
});

describe("a turn whose invocation is killed", () => {
  it("is closed by a cron tick a minute later, and writes no second answer if it ends after all", async () => {
    const workspace = await createWorkspace(HELP_CENTRE);
    const model = gatedModel();
    const turn = await start(workspace, model.overrides);
    await tick();
    const open = await readConversation(workspace, turn.conversationId);
    expect(open.messages).toHaveLength(1);

    await tick({ later: 2 * MINUTE });
    const closed = await readConversation(workspace, turn.conversationId);
    expect(closed.messages).toMatchObject([
      { role: "visitor" },
      { ...CLOSED, id: turn.messageId, failure: "interrupted" },
    ]);
    expect(await ledgerRow(turn.messageId)).toMatchObject({
      outcome: "abstained",
      failure: "interrupted",
      workspace_id: workspace.id,
    });

    model.say("Delivery to Germany takes 3 working days [1].");
    model.end();
    expect(await turn.text).toContain('"type":"error"');
    await waitOnExecutionContext(turn.context);
    expect(await readConversation(workspace, turn.conversationId)).toEqual(closed);
    await tick({ later: 4 * MINUTE });
    expect(await readConversation(workspace, turn.conversationId)).toEqual(closed);
  });

  it("is closed in the words of its workspace's release, after an outage of the database, too", async () => {
    const workspace = await createWorkspace(HELP_CENTRE);
    const overlay = { sentences: { failure: "Das ging schief. Fragen Sie {contact}." } };
    await publish(workspace, overlay);
    await call(workspace.secret, "PATCH", "/v1/settings", { contact: "Ada" });
    // Neither the answer nor the closing can be stored.
    const turn = await start(workspace, brokenDatabase("'assistant'"));
    expect(await turn.text).toContain('"type":"error"');
    await waitOnExecutionContext(turn.context);
    expect((await readConversation(workspace, turn.conversationId)).messages).toHaveLength(1);
    await tick({ later: 2 * MINUTE });
    const { messages } = await readConversation(workspace, turn.conversationId);
    expect(messages[1]).toMatchObject({ ...CLOSED, text: "Das ging schief. Fragen Sie Ada." });
  });

  it("stays away if its conversation was erased", async () => {
    const workspace = await createWorkspace(HELP_CENTRE);
    const turn = await start(workspace, gatedModel().overrides);
    await erase(workspace, `/v1/conversations/${turn.conversationId}`);
    await tick({ later: 2 * MINUTE });
    expect(await conversationOf(workspace)).toBe("");
  });
});

it("the migration finds answers without a ledger row, and old questions that nothing follows", async () => {
  const workspace = await createWorkspace();
  const { conversation_id, message_id } = await ask(workspace, "Hello");
  await ask(workspace, { message: "Thanks", conversation_id });
  const unanswered = await ask(workspace, "Hello");
  await expect.poll(() => ledgerRow(unanswered.message_id)).toBeTruthy();
  await env.DB.batch([
    env.DB.prepare(`DELETE FROM turn_ledger WHERE message_id IN (?1, ?2)`).bind(
      message_id,
      unanswered.message_id,
    ),
    env.DB.prepare(`DELETE FROM messages WHERE id = ?1`).bind(unanswered.message_id),
    env.DB.prepare(
      `UPDATE messages SET created_at = created_at - 3600000, answer_id = NULL, due_at = NULL WHERE workspace_id = ?1`,
    ).bind(workspace.id),
  ]);
  // Somebody who asks while the migration runs.
  const now = await ask(workspace, "Hello");
  await env.DB.batch([
    env.DB.prepare(`DELETE FROM turn_ledger WHERE message_id = ?1`).bind(now.message_id),
    env.DB.prepare(`DELETE FROM messages WHERE id = ?1`).bind(now.message_id),
  ]);
  const migration = env.TEST_MIGRATIONS.find(({ name }) => name.startsWith("0021"));
  const updates = (migration?.queries ?? [])
    .map((query) => query.replace(/^\s*--.*$/gm, "").trim())
    .filter((query) => query.startsWith("UPDATE"));
  expect(updates).toHaveLength(2);
  await env.DB.batch(updates.map((query) => env.DB.prepare(query)));
  await tick();
  expect(await ledgerRow(message_id)).toMatchObject({ outcome: "small_talk", failure: null });
  const read = async (id: string) => (await readConversation(workspace, id)).messages;
  expect((await read(unanswered.conversation_id))[1]).toMatchObject({ failure: "interrupted" });
  expect(await read(conversation_id)).toHaveLength(4);
  expect(await read(now.conversation_id)).toHaveLength(1);
});

/** Plants open questions, some of them in one conversation. */
async function plantOpen({ id }: Workspace, count: number, dueAt: number): Promise<void> {
  const numbers = `WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ?2)`;
  await env.DB.batch([
    env.DB.prepare(
      `INSERT INTO conversations (id, workspace_id, created_at, updated_at)
       ${numbers} SELECT 'cv_' || ?1 || i, ?1, 0, 0 FROM n WHERE i % 3 = 0`,
    ).bind(id, count),
    env.DB.prepare(
      `INSERT INTO messages (id, conversation_id, workspace_id, seq, role, text, created_at, answer_id, due_at)
       ${numbers} SELECT 'q_' || ?1 || i, 'cv_' || ?1 || (i - i % 3), ?1, i % 3 + 1, 'visitor', 'x', 0, 'a_' || ?1 || i, ?3
       FROM n`,
    ).bind(id, count, dueAt),
  ]);
}

async function openOf({ id }: Workspace): Promise<number> {
  const row = await env.DB.prepare(
    `SELECT count(*) AS n FROM messages q WHERE workspace_id = ?1 AND role = 'visitor'
       AND NOT EXISTS (SELECT 1 FROM messages a WHERE a.id = q.answer_id)`,
  )
    .bind(id)
    .first<{ n: number }>();
  return row?.n ?? -1;
}

it("after an outage the questions that have waited longest are closed first, as far as the budget goes, and a later tick goes on", async () => {
  const [many, few] = [await createWorkspace(), await createWorkspace()];
  await plantOpen(many, 900, 1000);
  await plantOpen(few, 6, 500);
  const sweep = (): Promise<{ closed: number }> =>
    withServices((services) => {
      services.calls.use("statements", BUDGET.statements - 25);
      return sweepOpenQuestions(services);
    });
  expect(await sweep()).toEqual({ closed: 500 });
  expect([await openOf(few), await openOf(many)]).toEqual([0, 406]);
  expect(await sweep()).toEqual({ closed: 406 });
  expect(await sweep()).toEqual({ closed: 0 });
  const { results } = await env.DB.prepare(
    `SELECT seq, role FROM messages WHERE conversation_id = ?1 ORDER BY seq`,
  )
    .bind(`cv_${few.id}0`)
    .all();
  expect(results).toEqual(
    [1, 2, 3, 4, 5, 6].map((seq) => ({ seq, role: seq <= 3 ? "visitor" : "assistant" })),
  );
});
