import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { TurnResult } from "../../src/chat/turn.ts";
import { openAiStream } from "../local/chat-script.ts";
import {
  ask,
  call,
  CHAT_MODEL,
  createWorkspace,
  HELP_CENTRE,
  learn,
  SMALL_CHAT_MODEL,
  type Workspace,
} from "../chat/workspace.ts";

const GERMANY = "How long does delivery to Germany take?";
const SAID = ["Delivery to Germany takes 3 working days [1]."];
const MODELS = { CHAT_MODEL, SMALL_CHAT_MODEL };

beforeEach(() => env.CONTROL.reset());

async function choose(workspace: Workspace, settings: object): Promise<void> {
  const response = await call(workspace.secret, "PATCH", "/v1/settings", settings);
  expect(response.status).toBe(200);
  expect(await response.json()).toMatchObject(settings);
}

async function chat(workspace: Workspace, body: object): Promise<Response> {
  const headers = { accept: "application/json" };
  return call(workspace.publishable, "POST", "/v1/chat", body, { headers });
}

async function use(workspace: Workspace, neurons: number): Promise<void> {
  await env.DB.prepare(`UPDATE daily_usage SET neurons = ?2 WHERE workspace_id = ?1`)
    .bind(workspace.id, neurons)
    .run();
}

describe("settings", () => {
  it("keep what a change does not name, and refuse what makes no sense", async () => {
    const workspace = await createWorkspace();
    await choose(workspace, { hide_personal_data: true });
    const hosts = { link_hosts: ["Docs.example.org"] };
    expect((await call(workspace.secret, "PATCH", "/v1/settings", hosts)).status).toBe(200);
    await choose(workspace, { turns_per_day: 5, retention_days: null });
    const stored = await (await call(workspace.secret, "GET", "/v1/settings")).json();
    expect(stored).toMatchObject({
      link_hosts: ["docs.example.org"],
      hide_personal_data: true,
      turns_per_day: 5,
      max_conversation_messages: 200,
    });
    for (const wrong of [
      { turns_per_day: -1 },
      { link_hosts: ["https://x.org"] },
      { unknown: 1 },
    ]) {
      expect((await call(workspace.secret, "PATCH", "/v1/settings", wrong)).status).toBe(422);
    }
    expect((await call(workspace.publishable, "GET", "/v1/settings")).status).toBe(403);
  });
});

describe("quotas", () => {
  it("refuse a turn beyond the day's with what a client needs to wait", async () => {
    const workspace = await createWorkspace();
    await choose(workspace, { turns_per_day: 2 });
    expect((await chat(workspace, { message: "Hello" })).status).toBe(200);
    expect((await chat(workspace, { message: "Hello" })).status).toBe(200);
    const refused = await chat(workspace, { message: "Hello" });
    expect(refused.status).toBe(429);
    expect(await refused.json()).toMatchObject({ code: "quota_exceeded" });
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(refused.headers.get("ratelimit-policy")).toBe('"turns-per-day";q=2;w=86400');
    expect(refused.headers.get("ratelimit")).toMatch(/^"turns-per-day";r=0;t=\d+$/);
    // Another workspace has its own.
    expect((await chat(await createWorkspace(), { message: "Hello" })).status).toBe(200);
  });

  it("count accepted documents, not unchanged ones", async () => {
    const workspace = await createWorkspace();
    await choose(workspace, { documents_per_day: 1 });
    const put = (id: string) =>
      call(workspace.secret, "PUT", `/v1/documents/${id}`, { title: "T", content: "Text." });
    expect((await put("a")).status).toBe(202);
    expect((await put("b")).status).toBe(429);
  });

  it("end a conversation that has grown too long, with a code of its own", async () => {
    const workspace = await createWorkspace();
    await choose(workspace, { max_conversation_messages: 2 });
    const { conversation_id, conversation_token } = await ask(workspace, "Hello");
    const response = await call(
      workspace.publishable,
      "POST",
      "/v1/chat",
      { message: "Hello", conversation_id },
      { headers: { accept: "application/json", "x-conversation-token": conversation_token ?? "" } },
    );
    expect(response.status).toBe(409);
    expect(await response.json()).toMatchObject({ code: "conversation_too_long" });
  });
});

describe("the budget", () => {
  it("counts neurons and moves answers down the ladder: model, smaller model, cached, extractive", async () => {
    const workspace = await createWorkspace(HELP_CENTRE);
    await env.CONTROL.scriptChat(
      openAiStream(SAID, { prompt_tokens: 1000, completion_tokens: 50 }),
    );
    expect((await ask(workspace, GERMANY, MODELS)).rung).toBe("model");
    const used = await env.DB.prepare(
      `SELECT turns, neurons FROM daily_usage WHERE workspace_id = ?1`,
    )
      .bind(workspace.id)
      .first<{ turns: number; neurons: number }>();
    // (1,000 × $0.06 + 50 × $0.40) per million tokens at $0.011 per 1,000 neurons.
    expect(used?.neurons).toBeCloseTo(80 / 11, 3);

    await choose(workspace, { neuron_budget_per_day: 100 });
    await use(workspace, 85);
    await env.CONTROL.scriptChat({ ...openAiStream(SAID), model: SMALL_CHAT_MODEL });
    expect((await ask(workspace, GERMANY, MODELS)).rung).toBe("small_model");

    await use(workspace, 100);
    const cached = await ask(workspace, "how long does delivery to germany take", MODELS);
    expect(cached).toMatchObject({
      rung: "cached",
      outcome: "answered",
      text: SAID[0],
      model: null,
    });
    expect(cached.citations).toMatchObject([{ n: 1, external_id: "shipping" }]);
    expect(cached.binding_calls.sequential).toBeLessThanOrEqual(4);
    const other = await ask(workspace, "How long does delivery to Canada take?", MODELS);
    expect(other).toMatchObject({ rung: "extractive", outcome: "answered" });
  });
});

describe("a kept answer", () => {
  const spent = async (workspace: Workspace): Promise<void> =>
    choose(workspace, { neuron_budget_per_day: 0 });
  const keep = async (workspace: Workspace): Promise<TurnResult> => {
    await env.CONTROL.scriptChat(openAiStream(SAID));
    const result = await ask(workspace, GERMANY, { CHAT_MODEL });
    expect(result.rung).toBe("model");
    return result;
  };

  it("is never another workspace's", async () => {
    const [one, two] = [await createWorkspace(HELP_CENTRE), await createWorkspace(HELP_CENTRE)];
    await keep(one);
    await spent(one);
    await spent(two);
    expect((await ask(one, GERMANY, MODELS)).rung).toBe("cached");
    expect((await ask(two, GERMANY, MODELS)).rung).toBe("extractive");
  });

  it("is not served to another audience, under another release, or after a source changed", async () => {
    const workspace = await createWorkspace(HELP_CENTRE);
    await keep(workspace);
    await spent(workspace);
    expect((await ask(workspace, GERMANY, { ...MODELS, RELEASE: "next" })).rung).toBe("extractive");
    await env.DB.prepare(
      `UPDATE cached_answers SET audience = '["plan:pro"]' WHERE workspace_id = ?1`,
    )
      .bind(workspace.id)
      .run();
    expect((await ask(workspace, GERMANY, MODELS)).rung).toBe("extractive");
    await env.DB.prepare(`UPDATE cached_answers SET audience = '[]' WHERE workspace_id = ?1`)
      .bind(workspace.id)
      .run();
    expect((await ask(workspace, GERMANY, MODELS)).rung).toBe("cached");
    const shipping = HELP_CENTRE["shipping"];
    const content = shipping?.content.replace("3 working days", "4 working days") ?? "";
    await learn(workspace, { shipping: { title: shipping?.title ?? "", content } });
    const changed = await ask(workspace, GERMANY, MODELS);
    expect(changed.rung).toBe("extractive");
    expect(changed.text).toContain("4 working days");
  });

  it("is never made of a question that holds something personal, or of a conversation", async () => {
    const workspace = await createWorkspace(HELP_CENTRE);
    await env.CONTROL.scriptChat(openAiStream(SAID));
    const question = `${GERMANY} I am ada@example.com`;
    expect((await ask(workspace, question, { CHAT_MODEL })).rung).toBe("model");
    const kept = await env.DB.prepare(
      `SELECT count(*) AS n FROM cached_answers WHERE workspace_id = ?1`,
    )
      .bind(workspace.id)
      .first<{ n: number }>();
    expect(kept?.n).toBe(0);
  });
});

describe("bursts", () => {
  it("count by key, and by visitor's address or conversation, but not a server's address", async () => {
    const workspace = await createWorkspace();
    const asked: string[] = [];
    const limiter = {
      limit: vi.fn(async ({ key }: { key: string }) => ({ success: asked.push(key) > 0 })),
    };
    const overrides = { CHAT_LIMITER: limiter, API_LIMITER: limiter } as never;
    const headers = { accept: "application/json", "cf-connecting-ip": "192.0.2.7" };
    const say = (key: string) =>
      call(key, "POST", "/v1/chat", { message: "Hi" }, { overrides, headers });
    await say(workspace.publishable);
    expect(asked.map((key) => key.split(":")[0])).toEqual(["chat", "address"]);
    asked.length = 0;
    await say(workspace.secret);
    expect(asked.map((key) => key.split(":")[0])).toEqual(["chat"]);
  });
});
