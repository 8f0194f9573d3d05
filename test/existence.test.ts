import { createExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeAll, expect, it } from "vitest";
import { asVisitor, createIdentitySecret } from "./support/visitor.ts";
import {
  ask,
  call,
  createWorkspace,
  HELP_CENTRE,
  tokenOf,
  type Workspace,
} from "./support/workspace.ts";
import { deliver, register } from "./support/source.ts";
import { hideDocument } from "../src/knowledge/accept/hide.ts";

/**
 * What a caller may learn from how an answer is made: another workspace's object has to be answered by the same statements, in the
 * same round trips, with the same words, as one that never was. Counted, not timed, so that it holds on any machine.
 */
interface Seen {
  status: number;
  body: unknown;
  headers: [string, string][];
  work: string[];
}

let ours: Workspace;
let theirs: Workspace;
/** By the name of a route: its path for an id, an id of ours that never was, and one that the other workspace has. */
const routes: Record<
  string,
  {
    method?: string;
    path: (id: string) => string;
    missing: string;
    foreign: string;
    headers?: Record<string, string>;
    body?: (id: string) => object;
  }
> = {};

beforeAll(async () => {
  [ours, theirs] = [await createWorkspace(), await createWorkspace(HELP_CENTRE)];
  const source = await register("ghost", { workspace: theirs });
  await deliver(source, { post: { current: { id: "1", title: "T", html: "<p>Text.</p>" } } });
  const by = { actor: "test", requestId: "" };
  await hideDocument(env.DB, theirs.id, "returns", "Unchecked.", Date.now(), undefined, by);
  const anonymous = await ask(theirs, "How long does delivery to Germany take?");
  const secret = await createIdentitySecret(theirs);
  const visitor = await asVisitor(secret, { sub: "v1" });
  const ourVisitor = await asVisitor(await createIdentitySecret(ours), { sub: "v1" });
  const named = await ask(theirs, "How long does delivery to Germany take?", {}, visitor);
  const { keys } = await (
    await call(theirs.secret, "GET", "/v1/keys")
  ).json<{ keys: { id: string }[] }>();
  const never = `cv_${"0".repeat(32)}`;
  const conversation = (id: string): string => `/v1/conversations/${id}`;
  const document = (id: string): string => `/v1/documents/${id}`;
  Object.assign(routes, {
    "a document": { path: document, missing: "nothing", foreign: "shipping" },
    "a hidden document": { path: document, missing: "nothing", foreign: "returns" },
    "a document's retry": {
      method: "POST",
      path: (id: string) => `${document(id)}/retry`,
      missing: "nothing",
      foreign: "shipping",
    },
    "a document's deletion": {
      method: "DELETE",
      path: document,
      missing: "nothing",
      foreign: "shipping",
    },
    "a conversation": { path: conversation, missing: never, foreign: anonymous.conversation_id },
    "a conversation with its token": {
      path: conversation,
      missing: never,
      foreign: anonymous.conversation_id,
      headers: tokenOf(anonymous.conversation_id),
    },
    "a visitor's conversation": {
      path: conversation,
      missing: never,
      foreign: named.conversation_id,
    },
    "a conversation's claim": {
      method: "POST",
      path: (id: string) => `${conversation(id)}/claim`,
      missing: never,
      foreign: anonymous.conversation_id,
      headers: { ...tokenOf(anonymous.conversation_id), ...ourVisitor },
    },
    "a turn in a conversation": {
      method: "POST",
      path: () => "/v1/chat",
      missing: never,
      foreign: anonymous.conversation_id,
      headers: tokenOf(anonymous.conversation_id),
      body: (conversation_id: string) => ({ message: "Hello", conversation_id }),
    },
    "a source": { path: (id: string) => `/v1/sources/${id}`, missing: "src_0", foreign: source.id },
    "a source's events": {
      path: (id: string) => `/v1/sources/${id}/events`,
      missing: "src_0",
      foreign: source.id,
    },
    "a key": {
      method: "DELETE",
      path: (id: string) => `/v1/keys/${id}`,
      missing: "key_0",
      foreign: keys[0]?.id ?? "",
    },
    "an identity secret": {
      method: "DELETE",
      path: (id: string) => `/v1/identity-secrets/${id}`,
      missing: "ids_0",
      foreign: secret.kid,
    },
    "a generation": {
      method: "DELETE",
      path: (id: string) => `/v1/generations/${id}`,
      missing: "7",
      foreign: "1",
    },
  });
}, 60_000);

/**
 * Every statement that is run, and every call of a model or an index.
 * @param afterwards statements that are held up until they are left to `waitUntil`: an answer that waits for one never comes
 */
async function look(
  key: string,
  { method = "GET", path, headers, body }: (typeof routes)[string],
  id: string,
  afterwards?: RegExp,
): Promise<Seen> {
  const work: string[] = [];
  const left = Promise.withResolvers<void>();
  const context = createExecutionContext();
  const { waitUntil } = context;
  context.waitUntil = (promise) => {
    left.resolve();
    waitUntil.call(context, promise);
  };
  const heldUp = (statement: D1PreparedStatement): D1PreparedStatement => {
    const { bind, run } = statement;
    return Object.assign(statement, {
      bind: (...values: unknown[]) => heldUp(bind.apply(statement, values)),
      run: async () => {
        await left.promise;
        return run.apply(statement);
      },
    });
  };
  const logged = <T extends object>(target: T, name: string): T =>
    new Proxy(target, {
      get(of, property) {
        const value: unknown = Reflect.get(of, property, of);
        if (property === "prepare")
          return (sql: string) => {
            work.push(sql);
            const statement = env.DB.prepare(sql);
            return afterwards?.test(sql) ? heldUp(statement) : statement;
          };
        if (property === "batch")
          return (statements: D1PreparedStatement[]) => {
            work.push(`batch of ${statements.length}`);
            return env.DB.batch(statements);
          };
        if (typeof value !== "function") return value;
        return (...given: unknown[]) => {
          work.push(`${name}.${String(property)}`);
          return (value as (...all: unknown[]) => unknown).apply(of, given);
        };
      },
    });
  const AI = {
    run: (model: string, input: object) => (
      work.push("ai"),
      env.AI.run(model as never, input as never)
    ),
  };
  const overrides = { DB: logged(env.DB, "db"), AI } as never;
  const options = { overrides, context, headers: { accept: "application/json", ...headers } };
  const response = await call(key, method, path(id), body?.(id), options);
  const { request_id: _, ...problem } = await response.json<Record<string, unknown>>();
  const shape = [...response.headers].filter(([name]) => name !== "x-request-id");
  return { status: response.status, body: problem, headers: shape, work };
}

it("the existence of another workspace's objects shows in no statement, round trip, header or word", async () => {
  // The first request of a day notes the key's use.
  await call(ours.secret, "GET", "/v1/documents");
  await ask(ours, "Hello");
  for (const [name, route] of Object.entries(routes)) {
    const missing = await look(ours.secret, route, route.missing);
    const foreign = await look(ours.secret, route, route.foreign);
    expect([name, missing.status]).toEqual([name, 404]);
    expect([name, foreign]).toEqual([name, missing]);
    expect(missing.work.length).toBeGreaterThan(0);
  }
});

it("these tests notice a route that does more work for an object that exists", async () => {
  // In its own workspace, where it may: the suite would see the difference.
  const route = routes["a source's events"] as (typeof routes)[string];
  const missing = await look(theirs.secret, route, route.missing);
  const own = await look(theirs.secret, route, route.foreign);
  expect(own.work).not.toEqual(missing.work);
});

it("the existence of a webhook source shows only to callers who can sign", async () => {
  const source = await register("ghost", { workspace: theirs, name: "another" });
  const delivery = {
    method: "POST",
    path: (of: string) => `/v1/webhooks/${of}`,
    missing: "src_0",
    foreign: source.id,
    body: () => ({ post: {} }),
    headers: { "x-ghost-signature": "sha256=00, t=1" },
  };
  // The owner's trace of a refusal, at most once a minute: no answer waits for it.
  const trace = /^UPDATE sources SET refused/;
  const missing = await look("", delivery, delivery.missing, trace);
  const first = await look("", delivery, source.id, trace);
  expect(missing.status).toBe(401);
  expect(first.work.filter((sql) => trace.test(sql))).toHaveLength(1);
  expect({ ...first, work: first.work.filter((sql) => !trace.test(sql)) }).toEqual(missing);
  expect(await look("", delivery, source.id, trace)).toEqual(missing);
});
