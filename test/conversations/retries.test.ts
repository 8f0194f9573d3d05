import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { Env } from "../../src/env.ts";
import type { ChatResult } from "../../src/protocols/chat-schema.ts";
import { brokenDatabase } from "../support/broken-database.ts";
import { openAiStream, recordedChats } from "../support/chat-script.ts";
import { gatedModel } from "../support/gated-model.ts";
import { readTurn } from "../support/ui-client.ts";
import { asVisitor, createIdentitySecret } from "../support/visitor.ts";
import {
  ask,
  call,
  CHAT_MODEL,
  countStored,
  createWorkspace,
  HELP_CENTRE,
  readConversation,
  type Workspace,
} from "../support/workspace.ts";

const GERMANY = "How long does delivery to Germany take?";
const PUMP = "How do I clean the pump?";
const ANSWER = "Delivery to Germany takes 3 working days [1].";

beforeEach(async () => {
  await env.CONTROL.reset();
  for (const name of ["warn", "error"] as const)
    vi.spyOn(console, name).mockImplementation(() => undefined);
});

interface Sending {
  body?: object;
  key?: string;
  headers?: Record<string, string>;
  overrides?: Partial<Env>;
  apiKey?: string;
  context?: ExecutionContext;
}

function send(
  workspace: Workspace,
  { body = { message: GERMANY }, key, headers = {}, apiKey, ...options }: Sending,
): Promise<Response> {
  return call(apiKey ?? workspace.publishable, "POST", "/v1/chat", body, {
    headers: {
      accept: "application/json",
      ...(key !== undefined && { "idempotency-key": key }),
      ...headers,
    },
    ...options,
  });
}

async function answerOf(response: Response): Promise<ChatResult> {
  const result = await response.json<ChatResult>();
  expect(response.status, JSON.stringify(result)).toBe(200);
  return result;
}

async function expectProblem(response: Response, status: number, code: string): Promise<void> {
  expect(await response.json()).toMatchObject({ status, code });
}

/** What an answer is, without what the request for it took. */
function saidIn({ binding_calls: _calls, timings_ms: _timings, ...rest }: ChatResult): object {
  return rest;
}

async function countsOf({ id }: Workspace): Promise<object> {
  const row = await env.DB.prepare(
    `SELECT (SELECT turns FROM daily_usage WHERE workspace_id = ?1) AS turns,
       (SELECT count(*) FROM turn_ledger WHERE workspace_id = ?1) AS ledger,
       (SELECT count(*) FROM messages WHERE workspace_id = ?1) AS messages,
       (SELECT count(*) FROM conversations WHERE workspace_id = ?1) AS conversations`,
  )
    .bind(id)
    .first<Record<string, number>>();
  return { ...row };
}

const ONE_TURN = { turns: 1, ledger: 1, messages: 2, conversations: 1 };

const newKey = (): string => crypto.randomUUID();

describe("a request that is sent again with its Idempotency-Key", () => {
  it("gets the same answer, without a second turn, as an object and as a stream", async () => {
    const workspace = await createWorkspace(HELP_CENTRE);
    const key = newKey();
    await env.CONTROL.scriptChat(openAiStream([ANSWER]));
    const overrides = { CHAT_MODEL };
    const first = await answerOf(await send(workspace, { key, overrides }));
    expect(first).toMatchObject({ outcome: "answered", rung: "model" });
    await expect.poll(() => countsOf(workspace)).toEqual(ONE_TURN);

    const again = await answerOf(await send(workspace, { key, overrides }));
    expect(saidIn(again)).toEqual(saidIn(first));
    expect(again.binding_calls).toMatchObject({ ai: 0, vectorize: 0, d1: 1 });
    const streamed = await send(workspace, {
      key,
      overrides,
      headers: { accept: "text/event-stream" },
    });
    const { outcome, texts } = await readTurn(streamed);
    expect(saidIn(outcome)).toEqual(saidIn(first));
    expect(texts).toEqual([ANSWER]);
    expect(await recordedChats()).toHaveLength(1);
    expect(await countsOf(workspace)).toEqual(ONE_TURN);
    // What it begins with opens the conversation.
    const { conversation_id, conversation_token } = again;
    const body = { message: PUMP, conversation_id, conversation_token };
    expect((await send(workspace, { body })).status).toBe(200);
  });

  it("gets its answer when it continues a conversation, also after later turns and when the quota is used up", async () => {
    const workspace = await createWorkspace(HELP_CENTRE);
    const { conversation_id, conversation_token } = await ask(workspace, "Hello");
    const body = { message: GERMANY, conversation_id, conversation_token };
    // Within a conversation a short key does.
    const first = await answerOf(await send(workspace, { body, key: "2" }));
    await answerOf(await send(workspace, { body: { ...body, message: PUMP }, key: "3" }));
    await call(workspace.secret, "PATCH", "/v1/settings", { turns_per_day: 3 });
    const again = await answerOf(await send(workspace, { body, key: "2" }));
    expect(saidIn(again)).toEqual(saidIn(first));
    expect((await send(workspace, { body, key: "4" })).status).toBe(429);
  });

  it("of ten at the same moment one is a turn, and the others are told to wait and get its answer then", async () => {
    const workspace = await createWorkspace(HELP_CENTRE);
    const key = newKey();
    const responses = await Promise.all(Array.from({ length: 10 }, () => send(workspace, { key })));
    const statuses = new Set(responses.map(({ status }) => status));
    expect([...statuses].filter((status) => status !== 200 && status !== 409)).toEqual([]);
    for (const response of responses)
      if (response.status === 409) expect(response.headers.get("retry-after")).toBe("2");
    const answers = await Promise.all(
      responses.filter(({ status }) => status === 200).map((response) => answerOf(response)),
    );
    const again = await answerOf(await send(workspace, { key }));
    for (const answer of answers) expect(saidIn(answer)).toEqual(saidIn(again));
    expect(answers.length).toBeGreaterThan(0);
    await expect.poll(() => countsOf(workspace)).toEqual(ONE_TURN);
  });

  it("is told to wait while the first sending is answered", async () => {
    const workspace = await createWorkspace(HELP_CENTRE);
    const [key, model, context] = [newKey(), gatedModel(), createExecutionContext()];
    const headers = { accept: "text/event-stream" };
    const { overrides } = model;
    const running = await send(workspace, { key, overrides, headers, context });
    const retry = await send(workspace, { key });
    expect(retry.headers.get("retry-after")).toBe("2");
    await expectProblem(retry, 409, "turn_running");
    model.say(ANSWER);
    model.end();
    const { outcome } = await readTurn(running);
    await waitOnExecutionContext(context);
    expect(saidIn(await answerOf(await send(workspace, { key })))).toEqual(saidIn(outcome));
  });

  it("is answered anew when the first sending failed", async () => {
    const workspace = await createWorkspace(HELP_CENTRE);
    const key = newKey();
    const overrides = brokenDatabase("INSERT INTO release_values");
    expect((await send(workspace, { key, overrides })).status).toBe(500);
    const second = await answerOf(await send(workspace, { key }));
    expect(second.outcome).toBe("answered");
    expect(saidIn(await answerOf(await send(workspace, { key })))).toEqual(saidIn(second));
  });

  it("is answered anew when the first sending was killed, whose question is then closed", async () => {
    const workspace = await createWorkspace(HELP_CENTRE);
    const key = newKey();
    const context = createExecutionContext();
    const { overrides } = gatedModel();
    const headers = { accept: "text/event-stream" };
    const killed = await send(workspace, { key, overrides, headers, context });
    const [start = ""] = new TextDecoder()
      .decode((await killed.body?.getReader().read())?.value)
      .split("\n");
    const { messageMetadata } = JSON.parse(start.slice("data: ".length));
    const later = Date.now() + 28_000;
    const clock = vi.spyOn(Date, "now").mockReturnValue(later);
    const second = await answerOf(await send(workspace, { key }));
    clock.mockRestore();
    expect(second.outcome).toBe("answered");
    const { messages } = await readConversation(workspace, messageMetadata.conversation_id);
    expect(messages).toMatchObject([{ text: GERMANY }, { failure: "interrupted" }]);
    expect(saidIn(await answerOf(await send(workspace, { key })))).toEqual(saidIn(second));
  });

  it("is another request when it says something else, and is refused", async () => {
    const workspace = await createWorkspace(HELP_CENTRE);
    const key = newKey();
    await answerOf(await send(workspace, { key }));
    const other = await send(workspace, { key, body: { message: PUMP } });
    await expectProblem(other, 422, "idempotency_key_reused");
    const { conversation_id, conversation_token } = await ask(workspace, "Hello");
    const elsewhere = { message: GERMANY, conversation_id, conversation_token };
    const refused = await send(workspace, { key, body: elsewhere });
    await expectProblem(refused, 422, "idempotency_key_reused");
  });

  it("is a new request after a day", async () => {
    const workspace = await createWorkspace(HELP_CENTRE);
    const key = newKey();
    const first = await answerOf(await send(workspace, { key }));
    await env.DB.prepare(`UPDATE messages SET created_at = created_at - 86400001 WHERE id IN
        (SELECT m.id FROM messages m WHERE m.workspace_id = ?1)`)
      .bind(workspace.id)
      .run();
    const second = await answerOf(await send(workspace, { key }));
    expect(second.message_id).not.toBe(first.message_id);
  });
});

describe("whose key it is", () => {
  it("a short key does not begin an anonymous conversation, because two visitors may choose the same", async () => {
    const workspace = await createWorkspace(HELP_CENTRE);
    await expectProblem(await send(workspace, { key: "1" }), 422, "validation_failed");
    await expectProblem(await send(workspace, { key: "x".repeat(256) }), 422, "validation_failed");
    expect(await countStored(workspace)).toBe(0);
  });

  it("the same key of another visitor, another key of the API or another workspace is another request", async () => {
    const [ours, other] = [await createWorkspace(HELP_CENTRE), await createWorkspace(HELP_CENTRE)];
    const secret = await createIdentitySecret(ours);
    const [ada, bob] = [
      await asVisitor(secret, { sub: "ada" }),
      await asVisitor(secret, { sub: "bob" }),
    ];
    const key = newKey();
    const answers = [
      await answerOf(await send(ours, { key })),
      await answerOf(await send(ours, { key, headers: ada })),
      await answerOf(await send(ours, { key, headers: bob })),
      await answerOf(await send(ours, { key, apiKey: ours.secret })),
      await answerOf(await send(other, { key })),
    ];
    expect(new Set(answers.map(({ message_id }) => message_id)).size).toBe(answers.length);
    // A visitor's short key is the visitor's.
    const short = await answerOf(await send(ours, { key: "1", headers: ada }));
    const again = await answerOf(await send(ours, { key: "1", headers: ada }));
    expect(saidIn(again)).toEqual(saidIn(short));
    expect((await answerOf(await send(ours, { key: "1", headers: bob }))).message_id).not.toBe(
      short.message_id,
    );
  });

  it("the key of a conversation that a visitor has claimed since opens it no longer", async () => {
    const workspace = await createWorkspace(HELP_CENTRE);
    const ada = await asVisitor(await createIdentitySecret(workspace), { sub: "ada" });
    const key = newKey();
    const { conversation_id, conversation_token } = await answerOf(await send(workspace, { key }));
    const path = `/v1/conversations/${conversation_id}/claim`;
    const headers = { ...ada, "x-conversation-token": conversation_token ?? "" };
    const claimed = await call(workspace.publishable, "POST", path, undefined, { headers });
    expect(claimed.status).toBe(200);
    await expectProblem(await send(workspace, { key }), 404, "not_found");
  });

  it("an answer that was made of a document which the visitor may not see now is repeated without its text", async () => {
    const workspace = await createWorkspace(HELP_CENTRE);
    const key = newKey();
    const first = await answerOf(await send(workspace, { key }));
    expect(first.text).toContain("3 working days");
    await call(workspace.secret, "DELETE", "/v1/documents/shipping");
    const again = await answerOf(await send(workspace, { key }));
    expect(again).toMatchObject({
      message_id: first.message_id,
      text: "",
      citations: [],
      sources: [],
      withheld: true,
    });
  });

  it("nothing is repeated after an erasure", async () => {
    const workspace = await createWorkspace(HELP_CENTRE);
    const key = newKey();
    const first = await answerOf(await send(workspace, { key }));
    const path = `/v1/conversations/${first.conversation_id}`;
    expect((await call(workspace.secret, "DELETE", path)).status).toBe(200);
    const second = await answerOf(await send(workspace, { key }));
    expect(second.conversation_id).not.toBe(first.conversation_id);
  });
});

describe("the client's id of a message", () => {
  it("names a request in our own shape", async () => {
    const workspace = await createWorkspace(HELP_CENTRE);
    const body = { message: GERMANY, client_message_id: newKey() };
    const first = await answerOf(await send(workspace, { body }));
    expect(saidIn(await answerOf(await send(workspace, { body })))).toEqual(saidIn(first));
    await expect.poll(() => countsOf(workspace)).toEqual(ONE_TURN);
  });

  const useChat = (id: unknown, text = GERMANY): { messages: object[] } => ({
    messages: [{ id, role: "user", parts: [{ type: "text", text }] }],
  });

  it("names a request of useChat, until the message is edited or is to be answered anew", async () => {
    const workspace = await createWorkspace(HELP_CENTRE);
    const id = "aB3dE6gH9jK2mN5p";
    const first = await answerOf(await send(workspace, { body: useChat(id) }));
    const again = await answerOf(await send(workspace, { body: useChat(id) }));
    expect(saidIn(again)).toEqual(saidIn(first));
    const edited = await answerOf(await send(workspace, { body: useChat(id, PUMP) }));
    expect(edited.message_id).not.toBe(first.message_id);
    const anew = { ...useChat(id), trigger: "regenerate-message" };
    expect((await answerOf(await send(workspace, { body: anew }))).message_id).not.toBe(
      first.message_id,
    );
  });

  it("is left alone where it cannot name a request: another browser's first message may have it, too", async () => {
    const workspace = await createWorkspace(HELP_CENTRE);
    for (const id of ["1", "", 1, null, "x".repeat(300)]) {
      const body = useChat(id);
      const [first, second] = [
        await answerOf(await send(workspace, { body })),
        await answerOf(await send(workspace, { body })),
      ];
      expect(second.conversation_id).not.toBe(first.conversation_id);
    }
  });
});
