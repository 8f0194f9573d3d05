import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import type { Receipt } from "../../src/privacy/erase.ts";
import { asVisitor, createIdentitySecret, type IdentitySecret } from "../support/visitor.ts";
import {
  ask,
  call,
  CHAT_MODEL,
  createWorkspace,
  HELP_CENTRE,
  tokenOf,
  type Workspace,
} from "../support/workspace.ts";
import { expectProblem } from "../support/expect-problem.ts";
import { openAiStream } from "../support/chat-script.ts";
import { erase, NOTHING, pathOf, rowsOf } from "../support/erasure.ts";
import {
  canary,
  everyRow,
  vectorsOf,
  whereEachIsStored,
  whereStored,
} from "../support/stored-text.ts";

const GERMANY = "How long does delivery to Germany take?";

beforeEach(() => env.CONTROL.reset());

interface Person {
  workspace: Workspace;
  subject: string;
  /** Every text that must not be found once the person is erased. */
  canaries: string[];
  conversations: string[];
  turns: number;
}

async function settled(workspace: Workspace, turns: number): Promise<void> {
  await expect
    .poll(async () => {
      const row = await env.DB.prepare(
        `SELECT count(*) AS n FROM turn_ledger WHERE workspace_id = ?1`,
      )
        .bind(workspace.id)
        .first<{ n: number }>();
      return row?.n;
    })
    .toBe(turns);
}

/** Two conversations of a signed-in visitor: one answered by a model that repeats its input, one begun anonymously. */
async function plant(
  workspace: Workspace,
  secret: IdentitySecret,
  subject = canary(),
): Promise<Person> {
  const [name, mail, page, asked, answered, anonymous] = Array.from({ length: 6 }, canary);
  const who = await asVisitor(secret, { sub: subject, name, email: `${mail}@example.com` });
  await env.CONTROL.scriptChat(
    openAiStream([`Delivery to Germany takes 3 working days [1]. Goodbye, ${answered}.`]),
  );
  const first = await ask(
    workspace,
    { message: `${GERMANY} Kind regards, ${asked}`, metadata: { page } },
    { CHAT_MODEL },
    who,
  );
  expect(first).toMatchObject({ rung: "model", outcome: "answered" });
  await ask(workspace, { message: "And Canada?", conversation_id: first.conversation_id }, {}, who);
  const begun = await ask(workspace, `${GERMANY} ${anonymous}`);
  const claimed = { message: "Thanks", conversation_id: begun.conversation_id };
  await ask(workspace, claimed, {}, who);
  return {
    workspace,
    subject,
    conversations: [first.conversation_id, begun.conversation_id],
    canaries: [
      ...[name, mail, page, asked, answered, anonymous].map(String),
      first.conversation_id,
      begun.conversation_id,
      first.message_id,
    ],
    turns: 4,
  };
}

describe("an erased visitor", () => {
  it("an erased visitor is in no table, vector or export, and everybody else still is", async () => {
    const [ours, theirs] = [await createWorkspace(HELP_CENTRE), await createWorkspace(HELP_CENTRE)];
    const [secret, theirSecret] = [
      await createIdentitySecret(ours),
      await createIdentitySecret(theirs),
    ];
    const ada = await plant(ours, secret);
    const bob = await plant(ours, secret);
    const namesake = await plant(theirs, theirSecret, ada.subject);
    await settled(ours, 8);
    await settled(theirs, 4);
    const before = await whereEachIsStored([...bob.canaries, bob.subject, ...namesake.canaries]);
    for (const places of Object.values(before)) expect(places).not.toEqual([]);
    const places = new Set(Object.values(await whereEachIsStored(ada.canaries)).flat());
    expect([...places]).toEqual(
      expect.arrayContaining([
        "cached_answers.text",
        "conversations.metadata",
        "messages.text",
        "messages.standalone",
        "turn_ledger.message_id",
        "visitors.email",
        "visitors.name",
      ]),
    );
    const exported = await (await call(ours.secret, "GET", `${pathOf(ada.subject)}/export`)).text();
    await expectComplete(exported, ada);
    for (const other of [...bob.canaries, ...namesake.canaries])
      expect(exported).not.toContain(other);

    const receipt = await erase(ours, pathOf(ada.subject));
    expect(rowsOf(receipt)).toEqual({
      cached_answers: 1,
      turn_ledger: 4,
      handover_requested: 0,
      tool_calls: 0,
      messages: 8,
      visitors: 1,
      conversations: 2,
    });
    expect(receipt.complete).toBe(true);
    const days = receipt.remains.map(({ store, until }) => [
      store,
      (Date.parse(until ?? "") - Date.parse(receipt.completed_at ?? "")) / 86_400_000,
    ]);
    expect(days).toEqual([
      ["d1_time_travel", 30],
      ["workers_logs", 7],
    ]);

    for (const [text, where] of Object.entries(await whereEachIsStored(ada.canaries)))
      expect([text, where]).toEqual([text, []]);
    expect(await whereStored(ada.subject)).toEqual(["visitors.subject"]);
    const vectors = await vectorsOf(ours.id);
    expect(vectors).toContain('"matches":[{');
    for (const text of ada.canaries) expect(vectors).not.toContain(text);
    const gone = await call(ours.secret, "GET", `${pathOf(ada.subject)}/export`);
    await expectProblem(gone, 404, "not_found");
    for (const id of ada.conversations) {
      const read = await call(ours.secret, "GET", `/v1/conversations/${id}`);
      expect(read.status).toBe(404);
    }
    expect(await whereEachIsStored([...bob.canaries, bob.subject, ...namesake.canaries])).toEqual(
      before,
    );
    expect(await whereStored(namesake.subject)).toEqual(["visitors.subject"]);

    // Daily counters name nobody, so they stay.
    const usage = await env.DB.prepare(`SELECT turns FROM daily_usage WHERE workspace_id = ?1`)
      .bind(ours.id)
      .first<{ turns: number }>();
    expect(usage?.turns).toBe(8);
  });

  it("an erased visitor is named in no log, and in the audit log only by a hash that differs between workspaces", async () => {
    const [ours, theirs] = [await createWorkspace(), await createWorkspace()];
    const subject = canary();
    await erase(ours, pathOf(subject));
    await erase(theirs, pathOf(subject));
    expect(await whereStored(subject)).toEqual([]);
    const entries = async (workspace: Workspace) => {
      const response = await call(workspace.secret, "GET", "/v1/audit?action=visitor.erase");
      return (await response.json<{ entries: { object_id: string; actor: string }[] }>()).entries;
    };
    const [mine, others] = [await entries(ours), await entries(theirs)];
    expect([mine.length, others.length]).toEqual([1, 1]);
    expect(mine[0]?.object_id).toMatch(/^[\w-]{43}$/);
    expect(mine[0]?.object_id).not.toBe(others[0]?.object_id);
  });

  it("the receipt is the same for an erased visitor, one of another workspace and one who never existed", async () => {
    const [ours, theirs] = [await createWorkspace(), await createWorkspace(HELP_CENTRE)];
    const stranger = await plant(theirs, await createIdentitySecret(theirs));
    const paths = [
      pathOf(stranger.subject),
      pathOf("nobody"),
      `/v1/conversations/${stranger.conversations[0]}`,
      "/v1/conversations/cv_00",
    ];
    const receipts: Receipt[] = [];
    for (const path of paths) receipts.push(await erase(ours, path));
    for (const receipt of receipts) {
      expect(rowsOf(receipt)).toEqual(NOTHING);
      expect(Object.keys(receipt)).toEqual(Object.keys(receipts[0] ?? {}));
    }
    for (const path of [pathOf(stranger.subject), pathOf("nobody")])
      await expectProblem(await call(ours.secret, "GET", `${path}/export`), 404, "not_found");
    for (const places of Object.values(await whereEachIsStored(stranger.canaries)))
      expect(places).not.toEqual([]);
  });

  it("an erased visitor may come back as a new visitor", async () => {
    const workspace = await createWorkspace();
    const secret = await createIdentitySecret(workspace);
    const subject = canary();
    const named = await asVisitor(secret, { sub: subject, name: "Ada", email: "ada@example.com" });
    await ask(workspace, "Hello", {}, named);
    await erase(workspace, pathOf(subject));
    const { conversation_id } = await ask(
      workspace,
      "Hello again",
      {},
      await asVisitor(secret, { sub: subject }),
    );
    const path = `${pathOf(subject)}/export`;
    const { visitor, conversations } = await (
      await call(workspace.secret, "GET", path)
    ).json<{ visitor: object; conversations: { id: string }[] }>();
    expect(visitor).toMatchObject({ subject, name: null, email: null });
    expect(conversations.map(({ id }) => id)).toEqual([conversation_id]);
    expect(rowsOf(await erase(workspace, pathOf(subject)))).toMatchObject({ conversations: 1 });
  });
});

/** Checks that the export holds every value of every row that names the person, their conversations or their messages. */
async function expectComplete(exported: string, person: Person): Promise<void> {
  for (const text of [...person.canaries, person.subject]) expect(exported).toContain(text);
  const document = JSON.parse(exported) as {
    conversations: { messages: { id: string }[] }[];
  };
  const messages = document.conversations.flatMap((one) => one.messages.map(({ id }) => id));
  expect(messages).toHaveLength(2 * person.turns);
  const names = [...person.canaries, ...person.conversations, ...messages];
  const rows = (await everyRow()).filter(({ row }) => {
    const text = JSON.stringify(row);
    return names.some((name) => text.includes(name));
  });
  expect(new Set(rows.map(({ table }) => table))).toEqual(
    new Set(["visitors", "conversations", "messages", "turn_ledger", "cached_answers"]),
  );
  for (const { table, row } of rows) {
    for (const [column, value] of Object.entries(row)) {
      if (value === null || column === "workspace_id") continue;
      expect([`${table}.${column}`, exported.includes(asExported(column, value))]).toEqual([
        `${table}.${column}`,
        true,
      ]);
    }
  }
}

function asExported(column: string, value: unknown): string {
  if (Array.isArray(value)) {
    return Uint8Array.from(value as number[]).toBase64({
      alphabet: "base64url",
      omitPadding: true,
    });
  }
  if (typeof value === "number")
    return column.endsWith("_at") ? new Date(value).toISOString() : String(value);
  if (
    ["metadata", "citations", "sources", "choices", "chosen", "usage", "timings_ms"].includes(
      column,
    )
  )
    return JSON.stringify(JSON.parse(String(value)));
  return JSON.stringify(value).slice(1, -1);
}

describe("an anonymous visitor", () => {
  it("an anonymous visitor is erased with the conversation that an administrator names, and nobody else is", async () => {
    const workspace = await createWorkspace(HELP_CENTRE);
    const words = [canary(), canary()];
    const turns = [];
    for (const word of words)
      turns.push(await ask(workspace, { message: `${GERMANY} ${word}`, metadata: { word } }));
    await settled(workspace, 2);
    const [gone, kept] = turns.map(({ conversation_id }) => conversation_id);
    const receipt = await erase(workspace, `/v1/conversations/${gone}`);
    expect(rowsOf(receipt)).toEqual({
      ...NOTHING,
      turn_ledger: 1,
      handover_requested: 0,
      tool_calls: 0,
      messages: 2,
      conversations: 1,
    });
    expect(await whereStored(words[0] ?? "")).toEqual([]);
    expect(await whereStored(gone ?? "")).toEqual([]);
    expect(await whereStored(words[1] ?? "")).not.toEqual([]);
    expect(await whereStored(kept ?? "")).not.toEqual([]);
    // The conversation's token no longer opens anything.
    const again = await call(
      workspace.publishable,
      "POST",
      "/v1/chat",
      { message: "Hello", conversation_id: gone },
      { headers: tokenOf(gone) },
    );
    await expectProblem(again, 404, "not_found");
    expect(rowsOf(await erase(workspace, `/v1/conversations/${gone}`))).toEqual(NOTHING);
  });

  it("a visitor's conversation is erased by its id, and the visitor is erased with the last one", async () => {
    const workspace = await createWorkspace();
    const secret = await createIdentitySecret(workspace);
    const [subject, name] = [canary(), canary()];
    const who = await asVisitor(secret, { sub: subject, name });
    const ids = [];
    for (const message of ["Hello", "Hello"])
      ids.push((await ask(workspace, message, {}, who)).conversation_id);
    expect(rowsOf(await erase(workspace, `/v1/conversations/${ids[0]}`))).toMatchObject({
      conversations: 1,
      visitors: 0,
    });
    expect(await whereStored(name)).toEqual(["visitors.name"]);
    expect(rowsOf(await erase(workspace, `/v1/conversations/${ids[1]}`))).toMatchObject({
      conversations: 1,
      visitors: 1,
    });
    expect(await whereStored(name)).toEqual([]);
  });
});
