import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { ChatResult } from "../../src/protocols/chat-schema.ts";
import { forgetCallers } from "../../src/conversations/early-embedding.ts";
import { createIdentitySecret, visitorToken } from "../support/visitor.ts";
import { ingestPending } from "../support/pipeline.ts";
import { deliverAndApply, readEvents, register } from "../support/source.ts";
import { openAiStream } from "../support/chat-script.ts";
import {
  ask,
  call,
  CHAT_MODEL,
  createWorkspace,
  HELP_CENTRE,
  ingest,
  SMALL_CHAT_MODEL,
  type Workspace,
} from "../support/workspace.ts";

const GERMANY = "How long does delivery to Germany take?";
const SAID = ["Delivery to Germany takes 3 working days [1]."];
/** What changes nothing that this file looks at. */
const OTHER_RELEASE = JSON.stringify({ sentences: { farewell: "Bye!" } });
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
  it("a change of settings keeps the fields that it does not name, and invalid values are refused", async () => {
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
  it("a turn is refused once the day's turns are used up, and the refusal says how long to wait", async () => {
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

  it("the document quota counts accepted documents, not unchanged ones", async () => {
    const workspace = await createWorkspace();
    await choose(workspace, { documents_per_day: 2 });
    // What waits to be ingested is not counted anew by whoever sends it again.
    const overrides = { INGEST_QUEUE: { send: async () => undefined } } as never;
    const document = { title: "T", content: "Text." };
    const put = (id: string) =>
      call(workspace.secret, "PUT", `/v1/documents/${id}`, document, { overrides });
    for (const id of ["a", "a", "a", "b"]) expect([id, (await put(id)).status]).toEqual([id, 202]);
    expect((await put("c")).status).toBe(429);
  });

  it("the document quota counts files and documents from a CMS, whose events wait for the next day once it is used up", async () => {
    const workspace = await createWorkspace();
    await choose(workspace, { documents_per_day: 1 });
    const upload = (id: string) =>
      call(
        workspace.secret,
        "PUT",
        `/v1/documents/${id}?title=T`,
        new TextEncoder().encode("%PDF-1.4"),
        {
          headers: { "content-type": "application/pdf" },
        },
      );
    expect((await upload("a")).status).toBe(202);
    expect((await upload("b")).status).toBe(429);

    const source = await register("ghost", { workspace: await createWorkspace() });
    await choose(source.workspace, { documents_per_day: 1 });
    const post = (id: string) => ({
      post: {
        current: {
          id,
          title: id,
          html: "<p>Text.</p>",
          status: "published",
          updated_at: "2026-01-01T00:00:00.000Z",
        },
      },
    });
    for (const id of ["one", "two"]) await deliverAndApply(source, post(id));
    expect(await readEvents(source)).toMatchObject([{ status: "pending" }, { status: "done" }]);
    const { documents } = await (
      await call(source.workspace.secret, "GET", "/v1/documents")
    ).json<{ documents: object[] }>();
    expect(documents).toHaveLength(1);
    // A removal waits for nothing.
    const gone = { post: { previous: { id: "one", status: "published" }, current: {} } };
    await deliverAndApply(source, gone);
    expect(
      (
        await (
          await call(source.workspace.secret, "GET", "/v1/documents")
        ).json<{ documents: object[] }>()
      ).documents,
    ).toEqual([]);
  });

  it("a conversation that is too long is ended with an error code of its own", async () => {
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
  it("the budget counts neurons and moves answers down the ladder: model, smaller model, cached, extractive", async () => {
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
    // It would come before the model.
    await env.DB.prepare(`DELETE FROM cached_answers WHERE workspace_id = ?1`)
      .bind(workspace.id)
      .run();
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

it("the budget also counts a model whose price is unknown", async () => {
  const workspace = await createWorkspace(HELP_CENTRE);
  await choose(workspace, { neuron_budget_per_day: 100 });
  const models = { CHAT_MODEL: "@cf/new/model-of-next-year" };
  // An answer of as many tokens as a model may write was cut off, and is not kept.
  const usage = { prompt_tokens: 100_000, completion_tokens: 500 };
  const rungs: string[] = [];
  for (let turn = 0; turn < 2; turn++) {
    await env.CONTROL.scriptChat({ ...openAiStream(SAID, usage), model: models.CHAT_MODEL });
    rungs.push((await ask(workspace, GERMANY, models)).rung);
  }
  expect(rungs).toEqual(["model", "cached"]);
});

describe("neurons", () => {
  const PRICED = "@cf/baai/bge-m3";
  const RERANKER_MODEL = "@cf/baai/bge-reranker-base";
  const AI = {
    run: async (model: string, input: { text?: string[]; contexts?: object[] }) =>
      model === PRICED
        ? { data: (input.text ?? []).map(() => [1, ...Array<number>(1023).fill(0)]) }
        : { response: (input.contexts ?? []).map((_, id) => ({ id, score: 1 - id / 10 })) },
  };
  const VECTORIZE = {
    upsert: async () => ({ mutationId: "1" }),
    query: async () => ({ matches: [] }),
  };
  const overrides = { EMBEDDING_MODEL: PRICED, RERANKER_MODEL, AI, VECTORIZE } as never;
  const neurons = async (workspace: Workspace): Promise<number> =>
    (await env.DB.prepare(`SELECT neurons FROM daily_usage WHERE workspace_id = ?1`)
      .bind(workspace.id)
      .first<number>("neurons")) ?? 0;

  it("the budget counts the neurons of embedding documents, of searches and of the reranker", async () => {
    const workspace = await createWorkspace();
    for (const [id, { title, content }] of Object.entries(HELP_CENTRE)) {
      const quiet = {
        ...(overrides as object),
        INGEST_QUEUE: { send: async () => undefined },
      } as never;
      await call(
        workspace.secret,
        "PUT",
        `/v1/documents/${id}`,
        { title, content },
        { overrides: quiet },
      );
    }
    expect(await neurons(workspace)).toBe(0);
    await ingestPending({ bindings: overrides as object });
    const afterIngestion = await neurons(workspace);
    // About 150 tokens at $0.012 per million, $0.011 per 1,000 neurons.
    expect(afterIngestion).toBeGreaterThan(0.05);
    expect(afterIngestion).toBeLessThan(0.5);
    const search = { query: "pump delivery refund", limit: 3 };
    const found = await call(workspace.secret, "POST", "/v1/search", search, { overrides });
    expect(await found.json()).toMatchObject({ reranker: RERANKER_MODEL });
    const searched = await neurons(workspace);
    expect(searched).toBeGreaterThan(afterIngestion);
    // A turn adds its question's embedding and what the reranker read, which is more than the question.
    await ask(workspace, "How long does delivery to Germany take and where is the refund?", {
      ...(overrides as object),
    });
    const alone = (16 * 0.012) / 1e6 / (0.011 / 1000);
    expect((await neurons(workspace)) - searched).toBeGreaterThan(alone * 1.5);
  });
});

describe("a key that is not valid", () => {
  const flood = async (overrides: object, count: number, prefix = "sk_"): Promise<void> => {
    for (let turn = 0; turn < count; turn++) {
      const key = `${prefix}${crypto.randomUUID().replaceAll("-", "")}`;
      const response = await call(
        key,
        "POST",
        "/v1/chat",
        { message: "Hello there" },
        { overrides },
      );
      expect(response.status).toBe(401);
    }
  };

  it("invented keys cause few embeddings, however many there are, and at most delay the embedding for valid keys", async () => {
    forgetCallers();
    const known = await createWorkspace(HELP_CENTRE);
    expect((await ask(known, GERMANY)).binding_calls.sequential).toBe(3);
    let embeddings = 0;
    const AI = {
      run: (model: string, input: object) => {
        embeddings += 1;
        return env.AI.run(model as never, input as never);
      },
    };
    await flood({ AI } as never, 40);
    expect(embeddings).toBe(8);
    // A key that the isolate knows is answered as before. Another key waits for its check, but only the first time.
    expect((await ask(known, GERMANY)).binding_calls.sequential).toBe(3);
    const unknown = await createWorkspace(HELP_CENTRE);
    expect((await ask(unknown, GERMANY)).binding_calls.sequential).toBe(4);
    expect((await ask(unknown, GERMANY)).binding_calls.sequential).toBe(3);
    // A known key that has been revoked causes one embedding, not one for each request.
    await env.DB.prepare(`UPDATE api_keys SET revoked_at = 1 WHERE workspace_id = ?1`)
      .bind(known.id)
      .run();
    embeddings = 0;
    for (let turn = 0; turn < 5; turn++)
      expect(
        (
          await call(
            known.publishable,
            "POST",
            "/v1/chat",
            { message: "Hello" },
            { overrides: { AI } as never },
          )
        ).status,
      ).toBe(401);
    expect(embeddings).toBe(1);
    forgetCallers();
  });
});

describe("a cached answer", () => {
  const spent = async (workspace: Workspace): Promise<void> =>
    choose(workspace, { neuron_budget_per_day: 0 });
  const keep = async (workspace: Workspace): Promise<ChatResult> => {
    await env.CONTROL.scriptChat(openAiStream(SAID));
    const result = await ask(workspace, GERMANY, MODELS);
    expect(result.rung).toBe("model");
    return result;
  };

  it("a cached answer is never served to another workspace", async () => {
    const [one, two] = [await createWorkspace(HELP_CENTRE), await createWorkspace(HELP_CENTRE)];
    await keep(one);
    await spent(one);
    await spent(two);
    expect((await ask(one, GERMANY, MODELS)).rung).toBe("cached");
    expect((await ask(two, GERMANY, MODELS)).rung).toBe("extractive");
  });

  it("a cached answer is served to the same question, however it is written, and to no other", async () => {
    const workspace = await createWorkspace(HELP_CENTRE);
    await keep(workspace);
    await spent(workspace);
    for (const same of [
      "how long does  delivery to\nGermany take",
      "HOW LONG DOES DELIVERY TO GERMANY TAKE?!",
    ])
      expect((await ask(workspace, same, MODELS)).rung).toBe("cached");
    for (const other of [
      "How long does delivery to -Germany take?",
      "How long does delivery to Germany++ take?",
    ])
      expect((await ask(workspace, other, MODELS)).rung).toBe("extractive");
  });

  it("a cached answer is not served to another audience, under another release, or after a source changed", async () => {
    const workspace = await createWorkspace(HELP_CENTRE);
    await keep(workspace);
    await spent(workspace);
    expect(
      (await ask(workspace, GERMANY, { ...MODELS, RELEASE_OVERLAY: OTHER_RELEASE })).rung,
    ).toBe("extractive");
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
    await ingest(workspace, { shipping: { title: shipping?.title ?? "", content } });
    const changed = await ask(workspace, GERMANY, MODELS);
    expect(changed.rung).toBe("extractive");
    expect(changed.text).toContain("4 working days");
  });

  it("a cached answer is not served after a source was read anew by another version of the reader", async () => {
    const workspace = await createWorkspace(HELP_CENTRE);
    await keep(workspace);
    await spent(workspace);
    expect((await ask(workspace, GERMANY, MODELS)).rung).toBe("cached");
    await env.DB.prepare(
      `UPDATE documents SET reader_version = reader_version + 1 WHERE workspace_id = ?1`,
    )
      .bind(workspace.id)
      .run();
    expect((await ask(workspace, GERMANY, MODELS)).rung).toBe("extractive");
  });

  it("an answer is not cached if its question holds personal data or continues a conversation", async () => {
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
  it("requests are counted for each key, and for each visitor's address and conversation, but not for a server's address", async () => {
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
    expect(asked.map((key) => key.split(":")[0])).toEqual(["address", "chat"]);
    asked.length = 0;
    await say(workspace.secret);
    expect(asked.map((key) => key.split(":")[0])).toEqual(["chat"]);
  });

  /** Counts as the binding does, without windows. */
  const counting = (limit: number): RateLimit => {
    const counts = new Map<string, number>();
    return {
      limit: async ({ key }) => {
        counts.set(key, (counts.get(key) ?? 0) + 1);
        return { success: (counts.get(key) ?? 0) <= limit };
      },
    };
  };
  /** A fortieth of each other, as in wrangler.toml. */
  const limited = () => ({ CHAT_LIMITER: counting(3), API_LIMITER: counting(120) }) as never;
  const forged = (subject: string): string =>
    ['{"alg":"HS256"}', JSON.stringify({ sub: subject, exp: 9_999_999_999 }), "x".repeat(31) + "A"]
      .map((part) => btoa(part).replace(/=+$/, ""))
      .join(".");

  it("a burst from one address does not slow down other addresses, with or without forged tokens, in chat and elsewhere", async () => {
    const workspace = await createWorkspace();
    const secret = await createIdentitySecret(workspace);
    const alice = await visitorToken(secret, { sub: "alice" });
    for (const token of [
      () => undefined,
      (turn: number) => forged(`x${turn}`),
      () => forged("alice"),
    ]) {
      const overrides = limited();
      const send = async (address: string, visitor: string | undefined, path = "/v1/chat") => {
        const headers = {
          accept: "application/json",
          "cf-connecting-ip": address,
          ...(visitor && { "x-visitor-token": visitor }),
        };
        const isChat = path === "/v1/chat";
        const body = isChat ? { message: "Hello" } : undefined;
        const options = { overrides, headers };
        return (await call(workspace.publishable, isChat ? "POST" : "GET", path, body, options))
          .status;
      };
      const statuses = new Set<number>();
      for (let turn = 0; turn < 150; turn++) statuses.add(await send("192.0.2.1", token(turn)));
      expect(statuses).toContain(429);
      expect(await send("192.0.2.2", undefined)).toBe(200);
      expect(await send("192.0.2.2", alice)).toBe(200);
      const path = "/v1/conversations/cv_1";
      for (let turn = 0; turn < 121; turn++) statuses.add(await send("192.0.2.1", undefined, path));
      expect(await send("192.0.2.1", undefined, path)).toBe(429);
      expect(await send("192.0.2.2", undefined, path)).toBe(404);
    }
  });

  it("a visitor's requests are counted across all addresses", async () => {
    const workspace = await createWorkspace();
    const token = await visitorToken(await createIdentitySecret(workspace), { sub: "alice" });
    const overrides = limited();
    const statuses: number[] = [];
    for (let turn = 0; turn < 4; turn++) {
      const headers = {
        accept: "application/json",
        "cf-connecting-ip": `192.0.2.${turn}`,
        "x-visitor-token": token,
      };
      const options = { overrides, headers };
      const body = { message: "Hello" };
      statuses.push((await call(workspace.publishable, "POST", "/v1/chat", body, options)).status);
    }
    expect(statuses).toEqual([200, 200, 200, 429]);
  });
});
