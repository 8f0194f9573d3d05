import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { BUDGET } from "../../src/runtime/plan-limits.ts";
import { sweepRetention } from "../../src/privacy/retention.ts";
import { asVisitor, createIdentitySecret } from "../support/visitor.ts";
import { tick } from "../support/tick.ts";
import { brokenDatabase } from "../support/broken-database.ts";
import {
  ask,
  call,
  CHAT_MODEL,
  createWorkspace,
  HELP_CENTRE,
  type Workspace,
} from "../support/workspace.ts";
import { withServices } from "../support/pipeline.ts";
import { openAiStream } from "../support/chat-script.ts";
import { canary, whereEachIsStored, whereStored } from "../support/stored-text.ts";

const DAY = 86_400_000;
const GERMANY = "How long does delivery to Germany take?";

beforeEach(() => env.CONTROL.reset());

async function keepFor(workspace: Workspace, days: number | null): Promise<void> {
  const response = await call(workspace.secret, "PATCH", "/v1/settings", { retention_days: days });
  expect(response.status).toBe(200);
}

/** Makes a conversation as old as if its last message were from then. */
async function age(id: string, at: number): Promise<void> {
  await env.DB.batch([
    env.DB.prepare(`UPDATE conversations SET created_at = 0, updated_at = ?2 WHERE id = ?1`).bind(
      id,
      at,
    ),
    env.DB.prepare(`UPDATE messages SET created_at = ?2 WHERE conversation_id = ?1`).bind(id, at),
  ]);
}

const sweep = (now: number) => withServices(sweepRetention, { now: () => now });

async function conversationsOf({ id }: Workspace): Promise<number> {
  const row = await env.DB.prepare(
    `SELECT count(*) AS n FROM conversations WHERE workspace_id = ?1`,
  )
    .bind(id)
    .first<{ n: number }>();
  return row?.n ?? -1;
}

async function ledgerRows(messages: string[]): Promise<number> {
  const row = await env.DB.prepare(
    `SELECT count(*) AS n FROM turn_ledger WHERE message_id IN (SELECT value FROM json_each(?1))`,
  )
    .bind(JSON.stringify(messages))
    .first<{ n: number }>();
  return row?.n ?? -1;
}

describe("retention", () => {
  it("retention removes conversations without messages for too long, with all that depends on them, and nothing else", async () => {
    const [month, year, forever] = [
      await createWorkspace(HELP_CENTRE),
      await createWorkspace(HELP_CENTRE),
      await createWorkspace(HELP_CENTRE),
    ];
    await keepFor(month, 30);
    await keepFor(year, 365);
    await keepFor(forever, null);
    const now = Date.now();
    const messages: string[] = [];
    const planted: { words: string[]; goes: boolean }[] = [];
    for (const workspace of [month, year, forever]) {
      const secret = await createIdentitySecret(workspace);
      for (const [days, spare] of [
        [31, 0],
        // Exactly thirty days is still within the limit.
        [30, 1000],
        [1, 0],
      ] as const) {
        const [text, name, page, sub, said] = [canary(), canary(), canary(), canary(), canary()];
        await env.CONTROL.scriptChat(
          openAiStream([`Delivery to Germany takes 3 working days [1]. Bye, ${said}.`]),
        );
        const { conversation_id, message_id, rung } = await ask(
          workspace,
          { message: `${GERMANY} ${text}`, metadata: { page } },
          { CHAT_MODEL },
          await asVisitor(secret, { sub, name }),
        );
        expect(rung).toBe("model");
        messages.push(message_id);
        await age(conversation_id, now - days * DAY + spare);
        const words = [text, name, page, sub, said, conversation_id, message_id];
        planted.push({ words, goes: workspace === month && days === 31 });
      }
    }
    await expect.poll(() => ledgerRows(messages)).toBe(9);
    const removed = await sweep(now);
    expect(removed).toEqual({ conversations: 1, cached: 0 });
    const places = await whereEachIsStored(planted.flatMap(({ words }) => words));
    for (const { words, goes } of planted) {
      for (const word of words) expect([word, places[word]?.length === 0]).toEqual([word, goes]);
    }
    expect(await sweep(now)).toEqual({ conversations: 0, cached: 0 });
    expect(await sweep(now + 2000)).toEqual({ conversations: 1, cached: 0 });
    expect([
      await conversationsOf(month),
      await conversationsOf(year),
      await conversationsOf(forever),
    ]).toEqual([1, 3, 3]);
  });

  it("retention keeps a conversation in which somebody writes at that moment", async () => {
    const workspace = await createWorkspace();
    await keepFor(workspace, 30);
    const { conversation_id } = await ask(workspace, "Hello");
    const now = Date.now();
    await age(conversation_id, now - 40 * DAY);
    const db = new Proxy(env.DB, {
      get(target, property) {
        const value: unknown = Reflect.get(target, property, target);
        if (property !== "batch") return typeof value === "function" ? value.bind(target) : value;
        return async (statements: D1PreparedStatement[]) => {
          await ask(workspace, { message: "Thanks", conversation_id });
          return target.batch(statements);
        };
      },
    });
    const removed = await withServices((services) => sweepRetention({ ...services, db }), {
      now: () => now,
    });
    expect(removed.conversations).toBe(0);
    const read = await call(workspace.secret, "GET", `/v1/conversations/${conversation_id}`);
    expect((await read.json<{ messages: object[] }>()).messages).toHaveLength(4);
  });

  it("retention works in steps of limited size, workspace by workspace, and continues with the next tick", async () => {
    const many = await createWorkspace();
    const few = await createWorkspace();
    const now = Date.now();
    for (const [workspace, rows] of [
      [many, 4200],
      [few, 3],
    ] as const) {
      await keepFor(workspace, 1);
      await env.DB.prepare(
        `WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ?2)
         INSERT INTO conversations (id, workspace_id, created_at, updated_at) SELECT ?1 || i, ?1, 0, 0 FROM n`,
      )
        .bind(workspace.id, rows)
        .run();
    }
    const { conversations } = await sweep(now);
    expect(conversations).toBeLessThan(4203);
    expect(await conversationsOf(few)).toBe(0);
    expect(await conversationsOf(many)).toBe(4203 - conversations);
    await sweep(now);
    expect(await conversationsOf(many)).toBe(0);
  });

  it("retention reaches every workspace in turn, however many have more to remove than a tick can", async () => {
    const now = Date.now();
    const plant = (prefix: string, workspaces: number, conversations: number): Promise<unknown> => {
      const count = `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?2)`;
      return env.DB.batch([
        env.DB.prepare(
          `${count} INSERT INTO workspaces (id, name, secret, created_at) SELECT ?1 || i, 'Test', 'x', 0 FROM n`,
        ).bind(prefix, workspaces),
        env.DB.prepare(
          `${count} INSERT INTO workspace_settings (workspace_id, settings, updated_at)
           SELECT ?1 || i, '{"retention_days":1}', 0 FROM n`,
        ).bind(prefix, workspaces),
        env.DB.prepare(
          `${count}, c(k) AS (SELECT 1 UNION ALL SELECT k + 1 FROM c WHERE k < ?3)
           INSERT INTO conversations (id, workspace_id, created_at, updated_at)
           SELECT 'cv_' || ?1 || i || '_' || k, ?1 || i, 0, 0 FROM n, c`,
        ).bind(prefix, workspaces, conversations),
      ]);
    };
    const left = (prefix: string): Promise<number | null> =>
      env.DB.prepare(`SELECT count(*) AS n FROM conversations WHERE workspace_id LIKE ?1 || '%'`)
        .bind(prefix)
        .first<number>("n");
    await plant("ws_a_busy", 60, 160);
    await plant("ws_b_late", 20, 1);
    for (let ticks = 0; ticks < 2; ticks++) await sweep(now);
    expect(await left("ws_b_late")).toBe(0);
    expect(await left("ws_a_busy")).toBeGreaterThan(0);
    for (let ticks = 0; ticks < 6; ticks++) await sweep(now);
    expect(await left("ws_a_busy")).toBe(0);
  });

  it("retention stops where the budget of the invocation ends", async () => {
    const workspace = await createWorkspace();
    await keepFor(workspace, 1);
    await env.DB.prepare(
      `WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 200)
       INSERT INTO conversations (id, workspace_id, created_at, updated_at) SELECT ?1 || i, ?1, 0, 0 FROM n`,
    )
      .bind(workspace.id)
      .run();
    const statements = await withServices(
      async (services) => {
        services.calls.use("statements", BUDGET.statements - 20);
        await sweepRetention(services);
        return services.calls.statements;
      },
      { now: () => Date.now() },
    );
    expect(statements).toBeLessThanOrEqual(BUDGET.statements);
    expect(await conversationsOf(workspace)).toBeGreaterThan(0);
    expect(await conversationsOf(workspace)).toBeLessThan(201);
    await sweep(Date.now());
    expect(await conversationsOf(workspace)).toBe(0);
  });

  it("each change of the retention setting is in the audit log", async () => {
    const workspace = await createWorkspace();
    await keepFor(workspace, 7);
    const response = await call(workspace.secret, "GET", "/v1/audit?action=settings.change");
    expect(await response.json()).toMatchObject({
      entries: [{ object_id: workspace.id, detail: { retention_days: 7 } }],
    });
  });

  it("retention does nothing when the stored setting is not a number of days", async () => {
    const workspace = await createWorkspace();
    const { conversation_id } = await ask(workspace, "Hello");
    await age(conversation_id, 0);
    for (const settings of [`{"retention_days":"soon"}`, `{"retention_days":-1}`, `{}`, `[]`]) {
      await env.DB.prepare(
        `INSERT OR REPLACE INTO workspace_settings (workspace_id, settings, updated_at) VALUES (?1, ?2, 0)`,
      )
        .bind(workspace.id, settings)
        .run();
      expect(await sweep(Date.now())).toMatchObject({ conversations: 0 });
    }
    expect(await conversationsOf(workspace)).toBe(1);
  });

  it("retention removes cached answers that are too old to be served", async () => {
    const workspace = await createWorkspace(HELP_CENTRE);
    const said = canary();
    await env.CONTROL.scriptChat(
      openAiStream([`Delivery to Germany takes 3 working days [1]. Bye, ${said}.`]),
    );
    await ask(workspace, GERMANY, { CHAT_MODEL });
    expect(await sweep(Date.now() + 6 * DAY)).toEqual({ conversations: 0, cached: 0 });
    expect(await whereStored(said)).toEqual(["cached_answers.text", "messages.text"]);
    expect((await sweep(Date.now() + 8 * DAY)).cached).toBeGreaterThan(0);
    expect(await whereStored(said)).toEqual(["messages.text"]);
  });
});

describe("the cron tick", () => {
  it("a cron tick runs retention even when another task fails", async () => {
    vi.spyOn(console, "error").mockImplementation(() => {});
    const workspace = await createWorkspace();
    await keepFor(workspace, 30);
    const { conversation_id } = await ask(workspace, "Hello");
    await age(conversation_id, Date.now() - 40 * DAY);
    await expect(tick({ overrides: brokenDatabase("source_events") })).rejects.toThrow(/duty/);
    expect(await conversationsOf(workspace)).toBe(0);
    await tick();
  });

  it("a duty that has more to do than a tick can leaves the other duties their share of the budget", async () => {
    const workspace = await createWorkspace();
    await keepFor(workspace, 30);
    const { conversation_id } = await ask(workspace, "Hello");
    await age(conversation_id, Date.now() - 40 * DAY);
    let rounds = 0;
    const DB = new Proxy(env.DB, {
      get(target, property) {
        if (property === "prepare")
          return (sql: string) => {
            if (!sql.includes("WHERE role = ?3 AND due_at")) return target.prepare(sql);
            rounds++;
            // Open questions without end.
            return target.prepare(
              `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100)
               SELECT 'none' || i AS id, 'ws_none' AS workspace_id FROM n WHERE ?3 = 'visitor' AND ?1 > ?2 AND ?4 > 0`,
            );
          };
        const value: unknown = Reflect.get(target, property, target);
        return typeof value === "function" ? value.bind(target) : value;
      },
    });
    await tick({ overrides: { DB } });
    expect(rounds).toBeGreaterThan(15);
    expect(await conversationsOf(workspace)).toBe(0);
  });
});
