import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import { CONVERSATION_TABLES, OF_MESSAGES } from "../../src/privacy/remove-conversations.ts";
import { call, createWorkspace } from "../support/workspace.ts";
import { beforeBatches } from "../support/batches.ts";
import { storeManyMessages } from "../support/stored-text.ts";

interface Exported {
  visitor: { subject: string };
  conversations: { id: string; messages: { id: string; seq: number; turn_ledger: object[] }[] }[];
}

it("an export holds every conversation and message once, on any number of pages", async () => {
  const workspace = await createWorkspace();
  for (const [conversations, messages] of [
    [120, 1000],
    [2, 250],
    [60, 3],
  ] as const) {
    const { subject, word } = await storeManyMessages(workspace, conversations, messages);
    const response = await call(workspace.secret, "GET", `/v1/visitors/${subject}/export`);
    expect(response.headers.get("content-type")).toBe("application/json");
    const exported = await response.json<Exported>();
    expect(exported.visitor).toMatchObject({ subject, name: word });
    const ids = exported.conversations.map(({ id }) => id);
    expect([ids.length, new Set(ids).size]).toEqual([conversations, conversations]);
    const all = exported.conversations.flatMap((one) => one.messages);
    expect([all.length, new Set(all.map(({ id }) => id)).size]).toEqual([messages, messages]);
    for (const one of all) expect(one.turn_ledger).toHaveLength(1);
    for (const one of exported.conversations) {
      const order = one.messages.map(({ seq }) => seq);
      expect(order).toEqual(order.toSorted((a, b) => a - b));
    }
  }
});

it("an export reads the database only as fast as its reader", async () => {
  const workspace = await createWorkspace();
  const { subject } = await storeManyMessages(workspace, 3, 2000);
  let batches = 0;
  const overrides = beforeBatches((nth) => {
    batches = nth;
  });
  const path = `/v1/visitors/${subject}/export`;
  const response = await call(workspace.secret, "GET", path, undefined, { overrides });
  const reader = response.body?.getReader();
  for (let piece = 0; piece < 5; piece++) await reader?.read();
  expect(batches).toBe(1);
  await reader?.cancel();
  expect(batches).toBe(1);
});

it("an export ends early when the database fails, and is then no JSON document", async () => {
  const workspace = await createWorkspace();
  const { subject } = await storeManyMessages(workspace, 3, 500);
  const overrides = beforeBatches((nth) => {
    if (nth === 3) throw new Error("D1_ERROR: Network connection lost.");
  });
  const path = `/v1/visitors/${subject}/export`;
  const response = await call(workspace.secret, "GET", path, undefined, { overrides });
  expect(response.status).toBe(200);
  await expect(response.text()).rejects.toThrow();
});

it("export and erasure cover every table that names a conversation, a message or a visitor", async () => {
  const { results } = await env.DB.prepare(
    `SELECT m.name AS name, p.name AS column FROM sqlite_schema m JOIN pragma_table_info(m.name) p
     WHERE m.type = 'table' AND m.name NOT LIKE '\\_cf%' ESCAPE '\\'`,
  ).all<{ name: string; column: string }>();
  const naming = (pattern: RegExp): Set<string> =>
    new Set(results.filter(({ column }) => pattern.test(column)).map(({ name }) => name));
  expect(naming(/^message_id$/)).toEqual(new Set(OF_MESSAGES));
  // `erasures` identifies persons by hashes only.
  const known = new Set<string>([...CONVERSATION_TABLES, "erasures"]);
  const all = naming(/^(?:message|conversation|visitor|session|user)_id$|^(?:subject|person)$/);
  expect([...all].filter((name) => !known.has(name))).toEqual([]);
});

it("an export that does not fit into one request comes in parts, which hold everything once and stay within the budget", async () => {
  const workspace = await createWorkspace();
  const { subject } = await storeManyMessages(workspace, 70, 17_000);
  const found = new Set<string>();
  let parts = 0;
  let messages = 0;
  for (let cursor: string | null = ""; cursor !== null; parts++) {
    const query: string = cursor === "" ? "" : `?cursor=${encodeURIComponent(cursor)}`;
    const response = await call(workspace.secret, "GET", `/v1/visitors/${subject}/export${query}`);
    const exported = await response.json<Exported & { next_cursor: string | null }>();
    const all = exported.conversations.flatMap((one) => one.messages);
    messages += all.length;
    for (const { id } of all) found.add(id);
    cursor = exported.next_cursor;
  }
  expect([messages, found.size]).toEqual([17_000, 17_000]);
  expect(parts).toBeGreaterThan(1);
  const forged = await call(workspace.secret, "GET", `/v1/visitors/${subject}/export?cursor=x.y`);
  expect(forged.status).toBe(400);
}, 90_000);
