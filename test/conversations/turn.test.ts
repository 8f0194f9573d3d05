import { env } from "cloudflare:workers";
import { afterAll, beforeEach, describe, expect, it, vi } from "vitest";
import { EMBEDDING_MODEL } from "../../local/ai/embedding-model.ts";
import type { ChatResult } from "../../src/protocols/chat-schema.ts";
import { brokenDatabase } from "../support/broken-database.ts";
import { readTurn } from "../support/ui-client.ts";
import {
  ask,
  call,
  countStored,
  createWorkspace,
  expectVerified,
  HELP_CENTRE,
  ingest,
  readConversation,
  tokenOf,
  type Workspace,
} from "../support/workspace.ts";

const GERMANY = "How long does delivery to Germany take?";

beforeEach(() => env.CONTROL.reset());

/** A turn that is sent again while another one of its conversation runs, as its refusal says, but sooner. */
async function askUntilFree(
  workspace: Workspace,
  body: { message: string; conversation_id: string },
): Promise<ChatResult> {
  for (;;) {
    const response = await call(workspace.publishable, "POST", "/v1/chat", body, {
      headers: { accept: "application/json", ...tokenOf(body.conversation_id) },
    });
    if (response.status !== 409) {
      expect(response.status).toBe(200);
      return response.json<ChatResult>();
    }
    await response.body?.cancel();
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

describe("a conversation", () => {
  it("is answered from the documents with verified citations, and remembered", async () => {
    const workspace = await createWorkspace(HELP_CENTRE);
    const first = await ask(workspace, { message: GERMANY, metadata: { page: "/cart" } });
    expect(first).toMatchObject({
      outcome: "answered",
      rung: "extractive",
      release: expect.stringMatching(/^rel_[0-9a-f]{16}$/),
      model: null,
      usage: { input_tokens: 0, output_tokens: 0 },
      citations: [{ n: 1, external_id: "shipping", url: "https://help.example.com/shipping" }],
    });
    expect(first.text).toContain("3 working days");
    expect(first.confidence).toBeGreaterThan(0.5);
    expect(first.confidence).toBeLessThanOrEqual(1);
    expect(first.timings_ms.total).toBeGreaterThanOrEqual(first.timings_ms.first_text ?? Infinity);
    await expectVerified(workspace, first);

    const { conversation_id } = first;
    const second = await ask(workspace, { message: "How do I clean the pump?", conversation_id });
    expect(second).toMatchObject({ conversation_id, outcome: "answered" });
    expect(second.citations[0]?.external_id).toBe("pump");
    expect(second.message_id).not.toBe(first.message_id);
    await expectVerified(workspace, second);

    const thanks = await ask(workspace, { message: "Thank you!", conversation_id });
    expect(thanks).toMatchObject({ outcome: "small_talk", rung: "none", citations: [] });

    const stored = await readConversation(workspace, conversation_id);
    expect(stored).toMatchObject({ id: conversation_id, metadata: { page: "/cart" } });
    expect(stored.messages.map(({ role, text }) => [role, text])).toEqual([
      ["visitor", GERMANY],
      ["assistant", first.text],
      ["visitor", "How do I clean the pump?"],
      ["assistant", second.text],
      ["visitor", "Thank you!"],
      ["assistant", thanks.text],
    ]);
    expect(stored.messages[1]).toMatchObject({
      id: first.message_id,
      outcome: "answered",
      rung: "extractive",
      confidence: first.confidence,
      citations: first.citations,
    });
  });

  it("understands a follow-up by what was asked before", async () => {
    const workspace = await createWorkspace({
      delivery: {
        title: "Delivery times",
        content:
          "Delivery to Germany takes 3 working days.\n\nDelivery to Canada takes 12 working days.",
      },
      warranty: {
        title: "Warranty by country",
        content:
          "The warranty in Germany lasts 36 months.\n\nThe warranty in Canada lasts 24 months.",
      },
    });
    const topics = { delivery: GERMANY, warranty: "How long is the warranty in Germany?" };
    for (const [topic, question] of Object.entries(topics)) {
      const { conversation_id } = await ask(workspace, question);
      const followUp = await ask(workspace, { message: "And Canada?", conversation_id });
      expect(followUp.outcome).toBe("answered");
      expect(followUp.citations[0]?.external_id).toBe(topic);
      expect(followUp.text).toContain(topic === "delivery" ? "12 working days" : "24 months");
    }
  });

  it("abstains when nothing answers, also in a workspace without documents", async () => {
    const workspace = await createWorkspace(HELP_CENTRE);
    const empty = await createWorkspace();
    for (const [where, question] of [
      [workspace, "Who invented the saxophone in Belgium?"],
      [workspace, "Zxqv wqjk?"],
      [empty, GERMANY],
    ] as const) {
      const result = await ask(where, question);
      expect(result).toMatchObject({ outcome: "abstained", rung: "none", citations: [] });
      expect(result.confidence).toBeLessThan(0.5);
      expect(result.text).not.toBe("");
      const { messages } = await readConversation(where, result.conversation_id);
      expect(messages.map(({ outcome }) => outcome)).toEqual([null, "abstained"]);
    }
    // The same question is answered as soon as the document is there: the abstention was about knowledge.
    await ingest(empty, { shipping: HELP_CENTRE.shipping! });
    expect((await ask(empty, GERMANY)).outcome).toBe("answered");
  });

  it("stores every one of several simultaneous turns, in order", async () => {
    const workspace = await createWorkspace(HELP_CENTRE);
    const { conversation_id } = await ask(workspace, GERMANY);
    const questions = Array.from(
      { length: 6 },
      (_, index) => `How do I clean pump number ${index}?`,
    );
    const answers = await Promise.all(
      questions.map((message) => askUntilFree(workspace, { message, conversation_id })),
    );
    const { messages } = await readConversation(workspace, conversation_id);
    expect(messages).toHaveLength(14);
    for (const question of questions)
      expect(messages.filter(({ text }) => text === question)).toHaveLength(1);
    for (const answer of answers)
      expect(messages.filter(({ id }) => id === answer.message_id)).toHaveLength(1);
    const { results } = await env.DB.prepare(
      `SELECT seq FROM messages WHERE conversation_id = ?1 ORDER BY seq`,
    )
      .bind(conversation_id)
      .all<{ seq: number }>();
    expect(results.map(({ seq }) => seq)).toEqual(Array.from({ length: 14 }, (_, i) => i + 1));
    // Never interleaved: each answer follows its question.
    for (const answer of answers) {
      const at = messages.findIndex(({ id }) => id === answer.message_id);
      expect(questions).toContain(messages[at - 1]?.text);
    }
  });

  it("is the same 404 for everybody who may not see it", async () => {
    const [workspace, other] = [await createWorkspace(HELP_CENTRE), await createWorkspace()];
    const { conversation_id } = await ask(workspace, GERMANY);
    const before = await countStored(workspace);
    const ids = [
      conversation_id,
      `cv_${"0".repeat(32)}`,
      "cv_1",
      "",
      "x".repeat(500),
      "' OR 1=1 --",
      `${conversation_id}\u0000`,
    ];
    const problems = new Set<string>();
    for (const id of ids) {
      const answers = [
        await call(other.publishable, "POST", "/v1/chat", { message: "Hi", conversation_id: id }),
        ...(id
          ? [await call(other.secret, "GET", `/v1/conversations/${encodeURIComponent(id)}`)]
          : []),
      ];
      for (const response of answers) {
        expect(response.status).toBe(404);
        expect(response.headers.get("content-type")).toBe("application/problem+json");
        const { request_id, ...problem } = await response.json<Record<string, unknown>>();
        expect(request_id).toBe(response.headers.get("x-request-id"));
        problems.add(JSON.stringify(problem));
      }
    }
    expect([...problems]).toHaveLength(1);
    expect([...problems][0]).toContain('"code":"not_found"');
    expect([await countStored(workspace), await countStored(other)]).toEqual([before, 0]);
  });
});

describe("waits before the first word", () => {
  const turnAfter = async (first: Asked, message: string): Promise<Asked> => {
    const workspace = first.workspace;
    const { conversation_id } = first.answer;
    return { workspace, answer: await ask(workspace, { message, conversation_id }) };
  };
  interface Asked {
    workspace: Workspace;
    answer: Awaited<ReturnType<typeof ask>>;
  }

  it("are three without a model, and four for a turn that depends on the one before; each with one call to AI", async () => {
    const workspace = await createWorkspace(HELP_CENTRE);
    const first = { workspace, answer: await ask(workspace, GERMANY) };
    const dependent = await turnAfter(first, "And to Canada?");
    const selfContained = await turnAfter(dependent, "How do I clean the pump with vinegar?");
    const small = await turnAfter(selfContained, "thanks!");
    const answers = [first, dependent, selfContained].map(({ answer }) => answer);
    for (const { outcome, binding_calls } of answers) {
      expect(outcome).toBe("answered");
      expect(binding_calls.ai).toBe(1);
    }
    expect(answers.map(({ binding_calls }) => binding_calls.sequential)).toEqual([3, 4, 3]);
    expect(small.answer).toMatchObject({ outcome: "small_talk" });
    expect(small.answer.binding_calls.sequential).toBeLessThanOrEqual(3);
  });
});

describe("when a part of the platform is down", () => {
  const logged = { warn: vi.spyOn(console, "warn"), error: vi.spyOn(console, "error") };
  beforeEach(() => {
    for (const log of Object.values(logged)) log.mockReset().mockImplementation(() => undefined);
  });
  afterAll(() => vi.restoreAllMocks());

  it("one leg of retrieval alone still answers", async () => {
    const workspace = await createWorkspace(HELP_CENTRE);
    const capacity = { kind: "capacity", times: 20 } as const;
    // Nearly all of its words stand in one passage: words alone can show that it is answered.
    const question = "What does standard delivery to Germany cost?";
    await env.CONTROL.failNext({ binding: "ai", model: EMBEDDING_MODEL, ...capacity });
    const withoutEmbedding = await ask(workspace, question);
    expect(withoutEmbedding.binding_calls.vectorize).toBe(0);

    await env.CONTROL.reset();
    await env.CONTROL.failNext({ binding: "vectorize", ...capacity });
    const withoutVectors = await ask(workspace, question);

    for (const result of [withoutEmbedding, withoutVectors]) {
      expect(result).toMatchObject({
        outcome: "answered",
        citations: [{ external_id: "shipping" }],
      });
      await expectVerified(workspace, result);
    }
  });

  it("answers a problem and stores nothing when there is no way to answer", async () => {
    const workspace = await createWorkspace(HELP_CENTRE);
    const { conversation_id } = await ask(workspace, GERMANY);
    const before = await countStored(workspace);
    const outages = {
      "the key cannot be read": brokenDatabase("FROM api_keys k"),
      "the question cannot be stored": brokenDatabase("INSERT INTO messages"),
      "both legs fail": brokenDatabase("chunk_terms MATCH"),
    };
    for (const [outage, overrides] of Object.entries(outages)) {
      for (const accept of ["application/json", "text/event-stream"]) {
        await env.CONTROL.reset();
        if (outage === "both legs fail")
          await env.CONTROL.failNext({ binding: "vectorize", kind: "unavailable", times: 2 });
        for (const body of [{ message: GERMANY }, { message: GERMANY, conversation_id }]) {
          const response = await call(workspace.publishable, "POST", "/v1/chat", body, {
            overrides,
            headers: { accept, ...tokenOf(conversation_id) },
          });
          expect(response.status, `${outage}, ${accept}`).toBeGreaterThanOrEqual(500);
          expect(response.headers.get("content-type")).toBe("application/problem+json");
          const text = await response.text();
          expect(text).not.toMatch(/lost|SQL|D1_ERROR|at \w+ \(/);
          expect(JSON.parse(text).request_id).toBe(response.headers.get("x-request-id"));
          expect(await countStored(workspace), `${outage}, ${accept}`).toBe(before);
        }
      }
    }
  });

  it("the stream reports an error when the answer could not be stored", async () => {
    const workspace = await createWorkspace(HELP_CENTRE);
    const lost = { overrides: brokenDatabase("'assistant'") };
    const response = await call(
      workspace.publishable,
      "POST",
      "/v1/chat",
      { message: GERMANY },
      lost,
    );
    const text = await response.text();
    expect(response.status).toBe(200);
    expect(text).toContain('"type":"error"');
    expect(text).not.toContain('"type":"finish"');
    expect(text).not.toMatch(/lost|D1_ERROR/);
    expect(text.endsWith("data: [DONE]\n\n")).toBe(true);
    // The question is kept, and the conversation goes on.
    const row = await env.DB.prepare(
      `SELECT conversation_id AS id FROM messages WHERE workspace_id = ?1`,
    )
      .bind(workspace.id)
      .first<{ id: string }>();
    const again = await call(workspace.secret, "POST", "/v1/chat", {
      message: GERMANY,
      conversation_id: row?.id,
    });
    expect((await readTurn(again)).outcome.outcome).toBe("answered");
    // The next turn closes the question that could not be closed.
    expect((await readConversation(workspace, row?.id ?? "")).messages).toMatchObject([
      { role: "visitor", text: GERMANY },
      { role: "assistant", failure: "interrupted" },
      { role: "visitor", text: GERMANY },
      { role: "assistant", failure: null },
    ]);
  });
});

it("a turn whose passages cannot be read answers a problem, and no stream begins", async () => {
  const workspace = await createWorkspace(HELP_CENTRE);
  const broken = brokenDatabase("FROM json_each(?1) AS leg CROSS JOIN");
  const response = await call(
    workspace.publishable,
    "POST",
    "/v1/chat",
    { message: GERMANY },
    { overrides: broken },
  );
  expect(response.status).toBe(500);
  expect(response.headers.get("content-type")).toBe("application/problem+json");
});
