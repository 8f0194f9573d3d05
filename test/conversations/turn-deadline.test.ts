import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it, vi } from "vitest";
import type { Env } from "../../src/env.ts";
import { quietClock } from "../support/quiet-clock.ts";
import { gatedModel } from "../support/gated-model.ts";
import { tick } from "../support/tick.ts";
import {
  ask,
  call,
  CHAT_MODEL,
  createWorkspace,
  HELP_CENTRE,
  readConversation,
  SMALL_CHAT_MODEL,
  type Workspace,
  startTurn,
} from "../support/workspace.ts";

const GERMANY = "How long does delivery to Germany take?";
const SECOND = 1000;

const clock = quietClock();

/** Workers AI, on which embedding a question takes so long. `chats`: the language models that are asked. */
function slowEmbedding(milliseconds: number): { overrides: Partial<Env>; chats: string[] } {
  const chats: string[] = [];
  const run = async (id: string, inputs: object): Promise<unknown> => {
    if (!("text" in inputs)) chats.push(id);
    const answer: unknown = await Reflect.apply(env.AI.run, env.AI, [id, inputs]);
    if ("text" in inputs) clock.ahead += milliseconds;
    return answer;
  };
  return { overrides: { CHAT_MODEL, SMALL_CHAT_MODEL, AI: { run } as unknown as Ai }, chats };
}

const STORES_QUESTION = "'visitor', ?4";
const RECORDS_ANSWER = "INSERT INTO release_values";

/** A database on which something happens before a batch runs that holds one of the texts. */
function beforeBatch(happens: Record<string, () => Promise<void>>): Partial<Env> {
  const texts = new WeakMap<D1PreparedStatement, string>();
  const marked = (statement: D1PreparedStatement, sql: string): D1PreparedStatement => {
    const { bind } = statement;
    texts.set(statement, sql);
    return Object.assign(statement, {
      bind: (...values: unknown[]) => marked(bind.apply(statement, values), sql),
    });
  };
  const DB = new Proxy(env.DB, {
    get(target, property) {
      if (property === "prepare") return (sql: string) => marked(target.prepare(sql), sql);
      if (property === "batch")
        return async (statements: D1PreparedStatement[]) => {
          for (const [text, happening] of Object.entries(happens))
            if (statements.some((one) => texts.get(one)?.includes(text))) await happening();
          return target.batch(statements);
        };
      const value: unknown = Reflect.get(target, property, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  return { DB };
}

const hang = (): Promise<void> => new Promise(() => {});

async function start(
  workspace: Workspace,
  overrides: Partial<Env>,
): Promise<{ reader: ReadableStreamDefaultReader<Uint8Array>; context: ExecutionContext }> {
  const { body, context } = await startTurn(workspace, GERMANY, overrides);
  return { reader: body.getReader(), context };
}

async function readAll(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<string> {
  let text = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return text;
    text += new TextDecoder().decode(value);
  }
}

async function conversations({ id }: Workspace): Promise<number | null> {
  return env.DB.prepare(`SELECT count(*) AS n FROM conversations WHERE workspace_id = ?1`)
    .bind(id)
    .first<number>("n");
}

async function storedTurn(workspace: Workspace): Promise<unknown[]> {
  const row = await env.DB.prepare(`SELECT id FROM conversations WHERE workspace_id = ?1`)
    .bind(workspace.id)
    .first<{ id: string }>();
  return (await readConversation(workspace, row?.id ?? "")).messages;
}

describe("the time of a turn", () => {
  it("no model is asked that could not finish any more: the sources are quoted, and the turn is recorded", async () => {
    const workspace = await createWorkspace(HELP_CENTRE);
    const late = slowEmbedding(20 * SECOND);
    const turn = await ask(workspace, GERMANY, late.overrides);
    expect(turn).toMatchObject({ outcome: "answered", rung: "extractive" });
    expect(late.chats).toEqual([]);
    expect(await storedTurn(workspace)).toMatchObject([
      { role: "visitor" },
      { id: turn.message_id, rung: "extractive", failure: null },
    ]);
    // With time enough the model is asked.
    const early = slowEmbedding(5 * SECOND);
    await ask(workspace, GERMANY, early.overrides);
    expect(early.chats[0]).toBe(CHAT_MODEL);
  });

  it("a model that is still talking when the time is up is cut, and the sources are quoted instead", async () => {
    const workspace = await createWorkspace(HELP_CENTRE);
    const model = gatedModel();
    const { reader, context } = await start(workspace, model.overrides);
    for (let word = 0; word < 30 && !model.cancelled(); word++) {
      model.say("And so on. ");
      clock.ahead += SECOND;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    const text = await readAll(reader);
    expect(model.cancelled()).toBe(true);
    expect(text).toContain("And so on");
    expect(text).toContain('"rung":"extractive"');
    expect(text).not.toContain('"type":"error"');
    await waitOnExecutionContext(context);
    const [, answer] = (await storedTurn(workspace)) as { text: string }[];
    expect(answer).toMatchObject({ outcome: "answered", rung: "extractive", failure: null });
    expect(answer?.text).not.toContain("And so on");
    expect(clock.ahead).toBeLessThan(27 * SECOND);
  });

  it("a turn whose answer cannot be stored in time ends with an error, and its question is closed", async () => {
    const workspace = await createWorkspace(HELP_CENTRE);
    const { reader } = await start(
      workspace,
      beforeBatch({
        [STORES_QUESTION]: async () => void (clock.ahead += 26 * SECOND),
        [RECORDS_ANSWER]: hang,
      }),
    );
    const text = await readAll(reader);
    expect(text).toContain('"type":"error"');
    expect(text.endsWith("data: [DONE]\n\n")).toBe(true);
    await expect
      .poll(() => storedTurn(workspace))
      .toMatchObject([{ role: "visitor" }, { role: "assistant", failure: "late" }]);
  });

  it("a turn whose question cannot be stored in time answers a problem, and a question that is stored later is closed", async () => {
    const workspace = await createWorkspace(HELP_CENTRE);
    const opening = Promise.withResolvers<void>();
    const { overrides } = slowEmbedding(26.5 * SECOND);
    const context = createExecutionContext();
    const database = beforeBatch({ [STORES_QUESTION]: () => opening.promise });
    const response = await call(
      workspace.publishable,
      "POST",
      "/v1/chat",
      { message: GERMANY },
      { overrides: { ...overrides, ...database }, context },
    );
    expect(response.status).toBe(500);
    // It is stored after all, when nobody waits for it any more.
    opening.resolve();
    await expect.poll(() => conversations(workspace)).toBe(1);
    await tick({ later: 120 * SECOND });
    expect(await storedTurn(workspace)).toMatchObject([
      { role: "visitor" },
      { role: "assistant", failure: "interrupted" },
    ]);
  });

  it("a leg of the search that hangs is given up, and the other one answers", async () => {
    const workspace = await createWorkspace(HELP_CENTRE);
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    try {
      const query = (): Promise<never> => {
        void vi.advanceTimersByTimeAsync(9 * SECOND);
        return new Promise(() => {});
      };
      const VECTORIZE = { query } as unknown as Vectorize;
      const question = "What does standard delivery to Germany cost?";
      expect(await ask(workspace, question, { VECTORIZE })).toMatchObject({ outcome: "answered" });
    } finally {
      vi.useRealTimers();
    }
  });
});

describe("a turn whose visitor leaves", () => {
  const ANSWER = ["Delivery to Germany takes 3 working days [1]. It", " costs 4.90 euros [1]", "."];

  it.each(["quick", "too slow"])(
    "is recorded as a whole, whenever that is, with a model that is %s",
    async (pace) => {
      const workspace = await createWorkspace(HELP_CENTRE);
      for (let parts = 0; parts <= 6; parts++) {
        await env.DB.prepare(`DELETE FROM cached_answers`).run();
        clock.ahead = 0;
        const model = gatedModel();
        const { reader, context } = await start(workspace, model.overrides);
        model.say(ANSWER[0] ?? "");
        for (let read = 0; read < Math.min(parts, 4); read++) await reader.read();
        if (parts <= 4) await reader.cancel();
        for (const word of ANSWER.slice(1)) {
          if (pace === "too slow") clock.ahead += 15 * SECOND;
          model.say(word);
          await new Promise((resolve) => setTimeout(resolve, 5));
        }
        if (pace === "quick") model.end();
        if (parts > 4) {
          await reader.read();
          await reader.cancel();
        }
        await waitOnExecutionContext(context);
        const { results } = await env.DB.prepare(
          `SELECT m.role, m.text, m.outcome, m.rung FROM messages m JOIN conversations c ON c.id = m.conversation_id
           WHERE c.workspace_id = ?1 ORDER BY c.rowid DESC, m.seq LIMIT 2`,
        )
          .bind(workspace.id)
          .all();
        const whole = { outcome: "answered", rung: "model", text: ANSWER.join("") };
        const quoted = { outcome: "answered", rung: "extractive" };
        expect(results, `left after ${parts} parts`).toMatchObject([
          { role: "visitor", text: GERMANY },
          { role: "assistant", ...(pace === "quick" ? whole : quoted) },
        ]);
      }
    },
  );
});
