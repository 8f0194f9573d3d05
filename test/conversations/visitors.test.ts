import { env } from "cloudflare:workers";
import fc from "fast-check";
import { beforeAll, expect, it } from "vitest";
import type { ChatResult } from "../../src/protocols/chat-schema.ts";
import { ask, call, createWorkspace, tokenOf, type Workspace } from "../support/workspace.ts";
import { readTurn } from "../support/ui-client.ts";
import {
  asVisitor,
  createIdentitySecret,
  visitorToken,
  type IdentitySecret,
} from "../support/visitor.ts";

let workspace: Workspace;
let secret: IdentitySecret;
beforeAll(async () => {
  workspace = await createWorkspace();
  secret = await createIdentitySecret(workspace);
});

type Headers = Record<string, string>;

/** Statuses of reading a conversation and of continuing it, which are one and the same right. */
async function opens(id: string, headers: Headers, key = workspace.publishable): Promise<number[]> {
  const read = await call(key, "GET", `/v1/conversations/${id}`, undefined, { headers });
  const chat = await call(
    key,
    "POST",
    "/v1/chat",
    { message: "Hello", conversation_id: id },
    { headers: { accept: "application/json", ...headers } },
  );
  return [read.status, chat.status];
}

function claim(id: string, headers: Headers, key = workspace.publishable): Promise<Response> {
  return call(key, "POST", `/v1/conversations/${id}/claim`, {}, { headers });
}

async function list(headers: Headers, query = "", key = workspace.publishable) {
  const response = await call(key, "GET", `/v1/conversations${query}`, undefined, { headers });
  expect(response.status).toBe(200);
  return response.json<{ conversations: { id: string }[]; next_cursor: string | null }>();
}

it("an anonymous conversation opens to its token and to secret keys alone", async () => {
  const [first, second] = [await ask(workspace, "Hello"), await ask(workspace, "Hello")];
  const { conversation_id: id, conversation_token } = first;
  expect(conversation_token).toMatch(/^ct_[\w-]{43}$/);
  const token = { "x-conversation-token": conversation_token ?? "" };
  const other = await createWorkspace();
  const refused: [what: string, headers: Headers, key?: string][] = [
    ["nothing", {}],
    ["another conversation's token", tokenOf(second.conversation_id)],
    ["the id as token", { "x-conversation-token": id }],
    ["a visitor who has no token", await asVisitor(secret, { sub: "u1" })],
    ["another workspace's key", token, other.publishable],
    ["another workspace's secret key", token, other.secret],
  ];
  for (const [what, headers, key] of refused)
    expect([what, ...(await opens(id, headers, key))]).toEqual([what, 404, 404]);
  expect(await opens(id, token)).toEqual([200, 200]);
  expect(await opens(id, {}, workspace.secret)).toEqual([200, 200]);

  // The same in the body of either shape, and of the stream's first part.
  const streamed = await readTurn(
    await call(workspace.publishable, "POST", "/v1/chat", { message: "Hello" }),
  );
  const metadata = streamed.message.metadata as {
    conversation_id: string;
    conversation_token: string;
  };
  expect(metadata).toEqual({
    conversation_id: streamed.outcome.conversation_id,
    conversation_token: streamed.outcome.conversation_token,
    language: "en",
    direction: "ltr",
    author: "assistant",
    disclosure: "I'm an AI assistant.",
  });
  const bodies = [
    { message: "Hello", ...metadata },
    {
      messages: [
        { role: "assistant", metadata },
        { role: "user", parts: [{ type: "text", text: "Hello" }] },
      ],
    },
  ];
  for (const body of bodies) {
    const response = await call(workspace.publishable, "POST", "/v1/chat", body, {
      headers: { accept: "application/json" },
    });
    const turn = await response.json<ChatResult>();
    expect(turn.conversation_id).toBe(metadata.conversation_id);
    expect(turn.conversation_token).toBe(metadata.conversation_token);
  }
});

it("a conversation token with one changed bit is refused", async () => {
  const { conversation_id: id, conversation_token } = await ask(workspace, "Hello");
  const bytes = new TextEncoder().encode(conversation_token ?? "");
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 0, max: bytes.length - 1 }),
      fc.integer({ min: 0, max: 6 }),
      async (at, bit) => {
        const changed = String.fromCharCode(...bytes.with(at, (bytes[at] ?? 0) ^ (1 << bit)));
        // What HTTP cannot carry, or trims, is no change of the token.
        fc.pre(/^[!-~]+$/.test(changed));
        const headers = { "x-conversation-token": changed };
        const response = await call(
          workspace.publishable,
          "GET",
          `/v1/conversations/${id}`,
          undefined,
          { headers },
        );
        expect(response.status).toBe(404);
      },
    ),
    { numRuns: 60, examples: Array.from({ length: 7 }, (_, bit) => [bytes.length - 1, bit]) },
  );
});

it("a visitor's conversation follows the visitor, and opens to nobody else", async () => {
  const ada = await asVisitor(secret, { sub: "ada", name: "Ada", email: "ada@example.com" });
  const bob = await asVisitor(secret, { sub: "bob" });
  const turn = await ask(workspace, "Hello", {}, ada);
  expect(turn.conversation_token).toBeNull();
  const id = turn.conversation_id;
  // A token as the conversation would have if it were anonymous is worth nothing here.
  const anonymous = await ask(workspace, "Hello");
  for (const headers of [{}, bob, tokenOf(anonymous.conversation_id)])
    expect(await opens(id, headers)).toEqual([404, 404]);
  // On another device only the JWT is there, and it is a new one.
  const elsewhere = await asVisitor(secret, { sub: "ada" });
  expect(await opens(id, elsewhere)).toEqual([200, 200]);
  expect((await list(elsewhere)).conversations.map((one) => one.id)).toEqual([id]);
  expect((await list(bob)).conversations).toEqual([]);
  expect(await opens(id, {}, workspace.secret)).toEqual([200, 200]);
  // A server that acts for Bob sees what Bob sees.
  expect(await opens(id, bob, workspace.secret)).toEqual([404, 404]);

  const { results } = await env.DB.prepare(
    `SELECT subject, name, email FROM visitors WHERE workspace_id = ?1 ORDER BY subject`,
  )
    .bind(workspace.id)
    .all();
  // The later token named nobody; what the earlier one said is kept. Bob never wrote, so nothing is kept of him.
  expect(results).toEqual([{ subject: "ada", name: "Ada", email: "ada@example.com" }]);
});

it("an anonymous conversation becomes the visitor's on sign-in, and its token opens it no longer", async () => {
  for (const by of ["asking", "claiming"]) {
    const { conversation_id: id } = await ask(workspace, "Hello");
    const token = tokenOf(id);
    const visitor = await asVisitor(secret, { sub: `carol ${by}` });
    if (by === "asking") {
      const turn = await ask(workspace, { message: "Thanks", conversation_id: id }, {}, visitor);
      expect(turn.conversation_token).toBeNull();
    } else {
      const headers = { ...token, ...visitor };
      expect((await claim(id, headers)).status).toBe(200);
    }
    expect((await list(visitor)).conversations.map((one) => one.id)).toEqual([id]);
    expect(await opens(id, visitor)).toEqual([200, 200]);
    // Whoever else has seen the token, or planted the conversation in her browser, is out.
    expect(await opens(id, token)).toEqual([404, 404]);
    const thief = await asVisitor(secret, { sub: "thief" });
    expect(await opens(id, { ...token, ...thief })).toEqual([404, 404]);
  }
});

it("two visitors who hold one token cannot both have its conversation", async () => {
  for (let round = 0; round < 5; round++) {
    const { conversation_id: id } = await ask(workspace, "Hello");
    const visitors = await Promise.all(
      ["dan", "eve"].map((sub) => asVisitor(secret, { sub: `${sub}${round}` })),
    );
    const statuses = await Promise.all(
      visitors.map(async (visitor) => {
        const body = { message: "Mine", conversation_id: id };
        const headers = { accept: "application/json", ...tokenOf(id), ...visitor };
        return (await call(workspace.publishable, "POST", "/v1/chat", body, { headers })).status;
      }),
    );
    expect(statuses.toSorted()).toEqual([200, 404]);
    const lists = await Promise.all(visitors.map((visitor) => list(visitor)));
    expect(lists.map(({ conversations }) => conversations.length).toSorted()).toEqual([0, 1]);
    const { n } = (await env.DB.prepare(
      `SELECT count(*) AS n FROM messages WHERE conversation_id = ?1 AND text = 'Mine'`,
    )
      .bind(id)
      .first<{ n: number }>()) ?? { n: -1 };
    expect(n).toBe(1);
  }
});

it("reading a conversation claims it for nobody, with a JWT neither", async () => {
  const { conversation_id: id } = await ask(workspace, "Hello");
  const iris = await asVisitor(secret, { sub: "iris" });
  const headers = { ...tokenOf(id), ...iris };
  for (const key of [workspace.publishable, workspace.secret]) {
    const read = await call(key, "GET", `/v1/conversations/${id}`, undefined, { headers });
    expect(read.status).toBe(200);
  }
  expect((await list(iris)).conversations).toEqual([]);
  const known = await env.DB.prepare(`SELECT id FROM visitors WHERE subject = 'iris'`).all();
  expect(known.results).toEqual([]);
  expect(await opens(id, tokenOf(id))).toEqual([200, 200]);
});

it("a conversation is claimed with its token and a JWT, and by nobody without both", async () => {
  const [mine, other] = [await ask(workspace, "Hello"), await ask(workspace, "Hello")];
  const id = mine.conversation_id;
  const jo = await asVisitor(secret, { sub: "jo", name: "Jo" });
  const kim = await asVisitor(secret, { sub: "kim" });
  const refused: [what: string, id: string, headers: Headers][] = [
    ["no token", id, jo],
    ["another conversation's token", id, { ...tokenOf(other.conversation_id), ...jo }],
    ["the id as token", id, { "x-conversation-token": id, ...jo }],
    ["no conversation of this id", `cv_${"0".repeat(32)}`, { ...tokenOf(id), ...jo }],
  ];
  for (const key of [workspace.publishable, workspace.secret])
    for (const [what, of, headers] of refused)
      expect([what, (await claim(of, headers, key)).status]).toEqual([what, 404]);
  // Without a JWT there is nobody to claim it for.
  expect((await claim(id, tokenOf(id))).status).toBe(401);
  expect((await claim(id, tokenOf(id), workspace.secret)).status).toBe(422);
  expect((await opens(id, tokenOf(id)))[0]).toBe(200);

  const claimed = await claim(id, { ...tokenOf(id), ...jo });
  expect([claimed.status, await claimed.json()]).toEqual([200, expect.objectContaining({ id })]);
  expect((await list(jo)).conversations.map((one) => one.id)).toEqual([id]);
  // Again, without the token: it is hers already. It is nobody else's any more, whoever holds the token.
  expect((await claim(id, jo)).status).toBe(200);
  expect((await claim(id, { ...tokenOf(id), ...kim })).status).toBe(404);
  const exported = await call(workspace.secret, "GET", "/v1/visitors/jo/export");
  expect(await exported.json()).toMatchObject({ visitor: { name: "Jo" }, conversations: [{ id }] });
  await call(workspace.secret, "DELETE", "/v1/visitors/jo");
  expect((await claim(id, { ...tokenOf(id), ...jo })).status).toBe(404);
});

it("of two visitors who claim one conversation at once, one has it", async () => {
  for (let round = 0; round < 5; round++) {
    const { conversation_id: id } = await ask(workspace, "Hello");
    const visitors = await Promise.all(
      ["lee", "max"].map((sub) => asVisitor(secret, { sub: `${sub}${round}` })),
    );
    const statuses = await Promise.all(
      visitors.map(async (visitor) => (await claim(id, { ...tokenOf(id), ...visitor })).status),
    );
    expect(statuses.toSorted()).toEqual([200, 404]);
    const lists = await Promise.all(visitors.map((visitor) => list(visitor)));
    expect(lists.map(({ conversations }) => conversations.length)).toEqual(
      statuses.map((status) => (status === 200 ? 1 : 0)),
    );
  }
});

it("conversations are listed in pages for their own visitor, whose cursor nobody else can use", async () => {
  const fay = await asVisitor(secret, { sub: "fay" });
  const ids: string[] = [];
  for (let n = 0; n < 5; n++) ids.unshift((await ask(workspace, "Hello", {}, fay)).conversation_id);
  const seen: string[] = [];
  let query = "?limit=2";
  for (;;) {
    const page = await list(fay, query);
    seen.push(...page.conversations.map((one) => one.id));
    if (page.next_cursor === null) break;
    query = `?limit=2&cursor=${page.next_cursor}`;
  }
  expect(seen.toSorted()).toEqual(ids.toSorted());
  const gus = await asVisitor(secret, { sub: "gus" });
  for (const [key, headers] of [
    [workspace.publishable, gus],
    [workspace.secret, {}],
  ] as const) {
    const stolen = await call(key, "GET", `/v1/conversations${query}`, undefined, { headers });
    expect(stolen.status).toBe(400);
  }
  const everybody = await list({}, "?limit=200", workspace.secret);
  expect(everybody.conversations.map((one) => one.id)).toEqual(expect.arrayContaining(ids));
});

it("a JWT of another workspace, or of a revoked secret, is refused", async () => {
  const other = await createWorkspace();
  const theirs = await asVisitor(await createIdentitySecret(other), { sub: "ada" });
  const rotated = await createIdentitySecret(workspace);
  const soon = { "x-visitor-token": await visitorToken(rotated, { sub: "ada" }) };
  expect((await list(soon)).conversations.length).toBeGreaterThan(0);
  await call(workspace.secret, "DELETE", `/v1/identity-secrets/${rotated.kid}`);
  for (const headers of [theirs, soon]) {
    for (const [method, path, body] of [
      ["POST", "/v1/chat", { message: "Hello" }],
      ["GET", "/v1/conversations", undefined],
      ["GET", "/v1/conversations/cv_1", undefined],
    ] as const) {
      const response = await call(workspace.publishable, method, path, body, { headers });
      expect(response.status).toBe(401);
      expect(await response.json()).toMatchObject({ code: "invalid_visitor_token" });
    }
  }
});
