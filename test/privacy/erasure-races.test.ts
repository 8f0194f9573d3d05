import type { TurnRecorded } from "../../src/runtime/messages.ts";
import {
  createExecutionContext,
  createMessageBatch,
  waitOnExecutionContext,
} from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import type { Env } from "../../src/env.ts";
import worker from "../../src/index.ts";
import { asVisitor, createIdentitySecret } from "../support/visitor.ts";
import { gatedModel } from "../support/gated-model.ts";
import { readTurn } from "../support/ui-client.ts";
import { ask, call, createWorkspace, HELP_CENTRE, tokenOf } from "../support/workspace.ts";
import { expectProblem } from "../support/expect-problem.ts";
import { beforeBatches } from "../support/batches.ts";
import { erase } from "../support/erasure.ts";
import { canary, whereStored } from "../support/stored-text.ts";

const GERMANY = "How long does delivery to Germany take?";

beforeEach(() => env.CONTROL.reset());

interface Pause {
  overrides: Partial<Env>;
  /** Resolves once the turn has reached the pause. */
  reached: Promise<void>;
  goOn: () => void;
}

/** Pauses a turn between its recall and its storing, or any other caller of D1 between its two calls. */
function pauseAfterFirstBatch(): Pause {
  const arrival = Promise.withResolvers<void>();
  const opening = Promise.withResolvers<void>();
  const overrides = beforeBatches(async (batch) => {
    if (batch !== 2) return;
    arrival.resolve();
    await opening.promise;
  });
  return { overrides, reached: arrival.promise, goOn: () => opening.resolve() };
}

describe("work that runs while its visitor is erased", () => {
  it.each([
    "a new conversation",
    "a known conversation",
    "an anonymous conversation",
    "a known conversation that is erased alone",
  ])("a turn during an erasure stores neither question nor visitor in %s", async (where) => {
    const workspace = await createWorkspace();
    const secret = await createIdentitySecret(workspace);
    const [subject, name, mail, asked] = [canary(), canary(), canary(), canary()];
    const page = canary();
    const who = await asVisitor(secret, { sub: subject, name, email: `${mail}@example.com` });
    const begun = await ask(workspace, "Hello", {}, where.includes("known") ? who : {});
    const headers = { accept: "application/json", ...who };
    const isNew = where.includes("new");
    const pause = pauseAfterFirstBatch();
    const turn = call(
      workspace.publishable,
      "POST",
      "/v1/chat",
      {
        message: `Hi, ${asked}`,
        metadata: { page },
        ...(!isNew && { conversation_id: begun.conversation_id }),
      },
      {
        overrides: pause.overrides,
        headers: { ...headers, ...(!isNew && tokenOf(begun.conversation_id)) },
      },
    );
    await pause.reached;
    const alone = where.includes("alone") && `/v1/conversations/${begun.conversation_id}`;
    const receipt = await erase(workspace, alone || `/v1/visitors/${subject}`);
    expect(receipt.complete).toBe(true);
    pause.goOn();
    await expectProblem(await turn, 404, "not_found");
    for (const text of [subject, name, mail, asked, page])
      expect([text, await whereStored(text)]).toEqual([text, []]);
    const exported = await call(workspace.secret, "GET", `/v1/visitors/${subject}/export`);
    expect(exported.status).toBe(404);
  });

  it("no question is stored in an anonymous conversation that was erased", async () => {
    const workspace = await createWorkspace();
    const { conversation_id } = await ask(workspace, "Hello");
    for (const key of [workspace.publishable, workspace.secret]) {
      const asked = canary();
      const pause = pauseAfterFirstBatch();
      const begun = key === workspace.secret ? await ask(workspace, "Hello") : { conversation_id };
      const turn = call(
        key,
        "POST",
        "/v1/chat",
        { message: asked, conversation_id: begun.conversation_id },
        {
          overrides: pause.overrides,
          headers: { accept: "application/json", ...tokenOf(begun.conversation_id) },
        },
      );
      await pause.reached;
      await erase(workspace, `/v1/conversations/${begun.conversation_id}`);
      pause.goOn();
      await expectProblem(await turn, 404, "not_found");
      expect(await whereStored(asked)).toEqual([]);
      expect(await whereStored(begun.conversation_id)).toEqual([]);
    }
  });

  it("a turn that ran during an erasure does not claim the conversation, even if the visitor has come back", async () => {
    const workspace = await createWorkspace();
    const who = await asVisitor(await createIdentitySecret(workspace), { sub: "ada" });
    const { conversation_id: id } = await ask(workspace, "Hello");
    const headers = { accept: "application/json", ...tokenOf(id) };
    const pause = pauseAfterFirstBatch();
    const question = { message: "Hello again", conversation_id: id };
    const turn = call(workspace.publishable, "POST", "/v1/chat", question, {
      overrides: pause.overrides,
      headers: { ...headers, ...who },
    });
    await pause.reached;
    await erase(workspace, "/v1/visitors/ada");
    const back = await ask(workspace, "Hello", {}, who);
    pause.goOn();
    await expectProblem(await turn, 404, "not_found");
    const exported = await call(workspace.secret, "GET", "/v1/visitors/ada/export");
    expect(await exported.json()).toMatchObject({ conversations: [{ id: back.conversation_id }] });
  });

  it("a claim that ran during an erasure does not make the conversation the visitor's", async () => {
    const workspace = await createWorkspace();
    const secret = await createIdentitySecret(workspace);
    const [subject, name] = [canary(), canary()];
    const { conversation_id: id } = await ask(workspace, "Hello");
    const headers = { ...tokenOf(id), ...(await asVisitor(secret, { sub: subject, name })) };
    const pause = pauseAfterFirstBatch();
    const claim = call(
      workspace.publishable,
      "POST",
      `/v1/conversations/${id}/claim`,
      {},
      { overrides: pause.overrides, headers },
    );
    await pause.reached;
    await erase(workspace, `/v1/visitors/${subject}`);
    pause.goOn();
    await expectProblem(await claim, 404, "not_found");
    for (const text of [subject, name]) expect(await whereStored(text)).toEqual([]);
    // The conversation still belongs to whoever has its token.
    const again = await call(workspace.publishable, "GET", `/v1/conversations/${id}`, undefined, {
      headers: tokenOf(id),
    });
    expect(again.status).toBe(200);
  });

  it("a turn whose conversation is erased streams its answer to the end and stores nothing", async () => {
    const workspace = await createWorkspace(HELP_CENTRE);
    const secret = await createIdentitySecret(workspace);
    for (const by of ["visitors", "conversations"]) {
      const [subject, asked, answered] = [canary(), canary(), canary()];
      const who = await asVisitor(secret, { sub: subject });
      const { say, end, overrides } = gatedModel();
      const context = createExecutionContext();
      const response = await call(
        workspace.publishable,
        "POST",
        "/v1/chat",
        { message: `${GERMANY} Regards, ${asked}` },
        { overrides, headers: by === "visitors" ? who : {}, context },
      );
      // The response has begun, so the question is stored.
      const stored = await env.DB.prepare(
        `SELECT conversation_id AS id FROM messages WHERE workspace_id = ?1 AND text LIKE ?2`,
      )
        .bind(workspace.id, `%${asked}%`)
        .first<{ id: string }>();
      const id = by === "visitors" ? subject : stored?.id;
      const receipt = await erase(workspace, `/v1/${by}/${id}`);
      expect(receipt.removed).toContainEqual({ store: "d1", table: "messages", rows: 1 });
      say(`Delivery to Germany takes 3 working days [1]. Bye, ${answered}.`);
      end();
      const turn = await readTurn(response);
      expect(turn.outcome).toMatchObject({ outcome: "answered", rung: "model" });
      expect(turn.texts.join("")).toContain(answered);
      await waitOnExecutionContext(context);
      for (const text of [subject, asked, answered, stored?.id ?? "", turn.outcome.message_id])
        expect([text, await whereStored(text)]).toEqual([text, []]);
      // Its cost stays counted.
      const usage = await env.DB.prepare(`SELECT neurons FROM daily_usage WHERE workspace_id = ?1`)
        .bind(workspace.id)
        .first<{ neurons: number }>();
      expect(usage?.neurons).toBeGreaterThan(0);
    }
  });

  it("an erased turn leaves no row in the ledger, whenever its queue message arrives", async () => {
    const workspace = await createWorkspace();
    const lost = { send: async () => {} } as unknown as Queue<TurnRecorded>;
    for (const when of ["before", "between"]) {
      const turn = await ask(workspace, "Hello", { EVENTS_QUEUE: lost });
      const path = `/v1/conversations/${turn.conversation_id}`;
      if (when === "before") await erase(workspace, path);
      const batch = createMessageBatch<TurnRecorded>("edgewise-events", [
        {
          id: crypto.randomUUID(),
          timestamp: new Date(),
          attempts: 1,
          body: { message_id: turn.message_id },
        },
      ]);
      const overrides = when === "between" ? afterFirstRead(() => erase(workspace, path)) : {};
      await worker.queue(batch, { ...env, ...overrides }, createExecutionContext());
      expect([when, await whereStored(turn.message_id)]).toEqual([when, []]);
    }
  });
});

/** The database, with something else run after the first result of `all`. */
function afterFirstRead(happens: () => Promise<unknown>): Partial<Env> {
  let pending: (() => Promise<unknown>) | undefined = happens;
  const watched = (statement: D1PreparedStatement): D1PreparedStatement => {
    const { bind, all } = statement;
    return Object.assign(statement, {
      bind: (...values: unknown[]) => watched(bind.apply(statement, values)),
      all: async () => {
        const answer = await all.apply(statement);
        const now = pending;
        pending = undefined;
        await now?.();
        return answer;
      },
    });
  };
  const DB = new Proxy(env.DB, {
    get(target, property) {
      if (property === "prepare") return (sql: string) => watched(target.prepare(sql));
      const value: unknown = Reflect.get(target, property, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  return { DB };
}
