import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { Env } from "../../src/env.ts";
import { openAiStream, recordedChats } from "../support/chat-script.ts";
import { gatedModel } from "../support/gated-model.ts";
import { readTurn, type ReadTurn } from "../support/ui-client.ts";
import { asVisitor, createIdentitySecret } from "../support/visitor.ts";
import {
  ask,
  call,
  CHAT_MODEL,
  createWorkspace,
  expectVerified,
  HELP_CENTRE,
  readConversation,
  SMALL_CHAT_MODEL,
  tokenOf,
  type Workspace,
} from "../support/workspace.ts";

const GERMANY = "How long does delivery to Germany take?";
const CITED = "Delivery to Germany takes 3 working days [1].";
/** What follows shows that the sentence has ended. */
const MORE = `${CITED} And`;

beforeEach(async () => {
  await env.CONTROL.reset();
  for (const name of ["warn", "error"] as const)
    vi.spyOn(console, name).mockImplementation(() => undefined);
});

interface Running {
  conversationId: string;
  model: ReturnType<typeof gatedModel>;
  response: Response;
  context: ExecutionContext;
}

/** A turn whose model says the pieces and then waits for the test. */
async function startRunning(
  workspace: Workspace,
  pieces: string[],
  overrides: Partial<Env> = {},
): Promise<Running> {
  const { conversation_id: conversationId } = await ask(workspace, "Hello");
  const model = gatedModel();
  const context = createExecutionContext();
  const response = await call(
    workspace.publishable,
    "POST",
    "/v1/chat",
    { message: GERMANY, conversation_id: conversationId },
    {
      overrides: { ...model.overrides, ...overrides },
      headers: tokenOf(conversationId),
      context,
    },
  );
  expect(response.status).toBe(200);
  for (const piece of pieces) model.say(piece);
  return { conversationId, model, response, context };
}

function stop(
  workspace: Workspace,
  conversationId: string,
  headers: Record<string, string> = tokenOf(conversationId),
  key = workspace.publishable,
): Promise<Response> {
  return call(key, "POST", `/v1/conversations/${conversationId}/stop`, undefined, { headers });
}

async function finish({ response, context }: Running): Promise<ReadTurn> {
  const turn = await readTurn(response);
  await waitOnExecutionContext(context);
  return turn;
}

describe("an answer that is stopped", () => {
  it("ends with what was shown, says so in its stream and in the conversation, and costs what it used until then", async () => {
    const workspace = await createWorkspace(HELP_CENTRE);
    const running = await startRunning(workspace, [CITED, " It costs 4.90 euros [1].", " And"]);
    const { conversationId, model } = running;
    const asked = await stop(workspace, conversationId);
    expect(asked.status).toBe(200);
    const { stopping, message_id } = await asked.json<{ stopping: boolean; message_id: string }>();
    expect(stopping).toBe(true);
    const turn = await finish(running);
    expect(turn.outcome).toMatchObject({ stopped: true, outcome: "answered", message_id });
    expect(turn.outcome.text).toContain(CITED);
    expect(turn.texts.map((text) => text.trim())).toEqual([turn.outcome.text]);
    expect(turn.parts.slice(-4).map(({ type }) => type)).toEqual([
      "data-outcome",
      "abort",
      "finish-step",
      "finish",
    ]);
    await expectVerified(workspace, turn.outcome);
    // The model goes on for one more piece, and is cut then.
    model.say(" more");
    await expect.poll(model.cancelled).toBe(true);

    const { messages } = await readConversation(workspace, conversationId);
    expect(messages).toHaveLength(4);
    expect(messages[3]).toMatchObject({ id: message_id, text: turn.outcome.text, stopped: true });
    expect(messages[1]).not.toHaveProperty("stopped");
    const { usage } = turn.outcome;
    expect(usage.input_tokens).toBeGreaterThan(50);
    expect(usage.output_tokens).toBeGreaterThan(10);
    await expect
      .poll(() =>
        env.DB.prepare(
          `SELECT stopped, outcome, output_tokens FROM turn_ledger WHERE message_id = ?1`,
        )
          .bind(message_id)
          .first(),
      )
      .toEqual({ stopped: 1, outcome: "answered", output_tokens: usage.output_tokens });
    const used = await env.DB.prepare(`SELECT turns FROM daily_usage WHERE workspace_id = ?1`)
      .bind(workspace.id)
      .first();
    expect(used).toEqual({ turns: 2 });
  });

  it("keeps what was shown also where no citation supports it yet, and the conversation goes on", async () => {
    const workspace = await createWorkspace(HELP_CENTRE);
    const running = await startRunning(workspace, ["Delivery to Germany takes long. And"]);
    const { conversationId } = running;
    await stop(workspace, conversationId);
    const { outcome, texts } = await finish(running);
    expect(outcome).toMatchObject({
      text: "Delivery to Germany takes long.",
      outcome: "abstained",
      citations: [],
      stopped: true,
    });
    expect(texts).toHaveLength(1);
    const next = await ask(workspace, {
      message: "And to Canada?",
      conversation_id: conversationId,
    });
    expect(next).toMatchObject({
      outcome: "answered",
      citations: [{ external_id: "shipping" }],
    });
    expect(next).not.toHaveProperty("stopped");
  });

  it("is empty when no word was shown, and neither another model nor a quotation takes its place", async () => {
    const workspace = await createWorkspace(HELP_CENTRE);
    const running = await startRunning(workspace, [], { SMALL_CHAT_MODEL });
    const { conversationId } = running;
    await stop(workspace, conversationId);
    const response = await running.response.text();
    await waitOnExecutionContext(running.context);
    expect(response).toContain('"stopped":true');
    expect(response).not.toContain('"type":"text-delta"');
    expect(await recordedChats()).toHaveLength(0);
    const { messages } = await readConversation(workspace, conversationId);
    expect(messages[3]).toMatchObject({ text: "", outcome: "abstained", stopped: true });
    // The next model is given no empty message.
    await env.CONTROL.scriptChat(openAiStream([CITED]));
    const again = { message: GERMANY, conversation_id: conversationId };
    expect(await ask(workspace, again, { CHAT_MODEL })).toMatchObject({ rung: "model" });
    const [chat] = await recordedChats();
    if (!chat) throw new Error("No model was asked");
    const { messages: prompt } = chat.inputs as { messages: { content: string }[] };
    expect(prompt.filter(({ content }) => content.trim() === "")).toEqual([]);
  });

  it("is not kept for others who ask the same", async () => {
    const workspace = await createWorkspace(HELP_CENTRE);
    const model = gatedModel();
    const context = createExecutionContext();
    const response = await call(
      workspace.publishable,
      "POST",
      "/v1/chat",
      { message: GERMANY },
      { overrides: model.overrides, context },
    );
    model.say(MORE);
    const row = await env.DB.prepare(`SELECT id FROM conversations WHERE workspace_id = ?1`)
      .bind(workspace.id)
      .first<{ id: string }>();
    await stop(workspace, row?.id ?? "", {}, workspace.secret);
    const { outcome } = await readTurn(response);
    await waitOnExecutionContext(context);
    expect(outcome).toMatchObject({ stopped: true, outcome: "answered" });
    const kept = await env.DB.prepare(
      `SELECT count(*) AS n FROM cached_answers WHERE workspace_id = ?1`,
    )
      .bind(workspace.id)
      .first();
    expect(kept).toEqual({ n: 0 });
  });

  it("looking for a request to stop is no wait of the turn", async () => {
    const workspace = await createWorkspace(HELP_CENTRE);
    const running = await startRunning(workspace, [CITED]);
    await new Promise((resolve) => setTimeout(resolve, 2500));
    running.model.end();
    const { outcome } = await finish(running);
    expect(outcome).not.toHaveProperty("stopped");
    expect(outcome.binding_calls).toMatchObject({ sequential: 4, d1: 6 });
  });
});

describe("who may stop an answer", () => {
  it("whoever may open the conversation, and nobody else", async () => {
    const workspace = await createWorkspace(HELP_CENTRE);
    const other = await createWorkspace();
    const ada = await asVisitor(await createIdentitySecret(workspace), { sub: "ada" });
    const running = await startRunning(workspace, [CITED]);
    const { conversationId } = running;
    expect((await stop(workspace, conversationId, {})).status).toBe(404);
    expect((await stop(workspace, conversationId, ada)).status).toBe(404);
    expect((await stop(other, conversationId)).status).toBe(404);
    expect((await stop(other, conversationId, {}, other.secret)).status).toBe(404);
    expect((await stop(workspace, "cv_00")).status).toBe(404);
    running.model.end();
    expect((await finish(running)).outcome).not.toHaveProperty("stopped");
  });

  it("where nothing is answered, nothing changes, and the next answer is not stopped", async () => {
    const workspace = await createWorkspace(HELP_CENTRE);
    const { conversation_id } = await ask(workspace, GERMANY);
    const response = await stop(workspace, conversation_id);
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ stopping: false, message_id: null });
    const row = await env.DB.prepare(`SELECT stop_requested_at FROM conversations WHERE id = ?1`)
      .bind(conversation_id)
      .first();
    expect(row).toEqual({ stop_requested_at: null });
    const twice = await startRunning(workspace, [MORE]);
    const first = await (await stop(workspace, twice.conversationId)).json();
    expect(await (await stop(workspace, twice.conversationId)).json()).toEqual(first);
    expect((await finish(twice)).outcome).toMatchObject({ stopped: true });
  });
});
