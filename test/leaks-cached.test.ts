import { MAX_CACHED_AGE_MS } from "../src/privacy/retention.ts";
import { env } from "cloudflare:workers";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { cachedAnswerStatement, type CacheKey } from "../src/conversations/cached-answers.ts";
import type { ChatResult } from "../src/protocols/chat-schema.ts";
import { asVisitor, createIdentitySecret } from "./support/visitor.ts";
import {
  ask,
  call,
  CHAT_MODEL,
  createWorkspace,
  ingest,
  type Workspace,
} from "./support/workspace.ts";
import { openAiStream } from "./support/chat-script.ts";

/**
 * Two workspaces whose documents have the same ids, versions and, but for a canary, the same words: whatever is kept for one
 * reader fits every other one as far as anything but the key of the cache can tell.
 */
const QUESTION = "What is the claim code of the garden pump's warranty?";
const READERS = [[], ["customers"], ["plan:pro"], ["customers", "plan:pro"], ["internal"]];
const OWNER = ["plan:pro"];
/** The shipped release, and another one. */
const OVERLAYS = [{}, { sentences: { farewell: "Bye!" } }];

interface Tenant extends Workspace {
  canary: string;
  identity: { kid: string; secret: string };
}

let ours: Tenant;
let theirs: Tenant;

const documents = (canary: string) => ({
  open: {
    title: "Care of the garden pump",
    content: "Rinse the garden pump every month. The warranty needs no registration.",
  },
  pro: {
    title: "Claim code of the garden pump's warranty",
    content: `The claim code of the garden pump's warranty is ${canary}.`,
    audience: OWNER,
  },
});

async function createTenant(): Promise<Tenant> {
  const workspace = await createWorkspace();
  const canary = `CANARY${crypto.randomUUID().slice(0, 8)}`;
  await ingest(workspace, documents(canary));
  return { ...workspace, canary, identity: await createIdentitySecret(workspace) };
}

async function askAs(tenant: Tenant, audience: string[], overrides = {}): Promise<ChatResult> {
  const headers = await asVisitor(tenant.identity, {
    sub: `reader of ${audience.join()}`,
    audience,
  });
  return ask(tenant, QUESTION, { CHAT_MODEL, ...overrides }, headers);
}

async function budget(tenant: Tenant, neurons: number | null): Promise<void> {
  const body = { neuron_budget_per_day: neurons };
  expect((await call(tenant.secret, "PATCH", "/v1/settings", body)).status).toBe(200);
}

/** A model's answer of a visitor with the `plan:pro` is kept; from then on no model is asked. */
async function keep(tenant: Tenant): Promise<void> {
  await env.DB.prepare(`DELETE FROM cached_answers`).run();
  await budget(tenant, null);
  const { sources } = await askAs(tenant, OWNER, { CHAT_MODEL: "extractive" });
  const n = sources.find(({ external_id }) => external_id === "pro")?.n;
  const said = `The claim code of the garden pump's warranty is ${tenant.canary} [${n}].`;
  await env.CONTROL.scriptChat(openAiStream([said]));
  expect(await askAs(tenant, OWNER)).toMatchObject({ rung: "model", text: said });
  await budget(tenant, 0);
}

beforeAll(async () => {
  [ours, theirs] = [await createTenant(), await createTenant()];
  await budget(theirs, 0);
}, 60_000);
beforeEach(async () => {
  await env.CONTROL.reset();
  await keep(ours);
});

describe("a kept answer", () => {
  it("is served to the reader for whom it was made, and to nobody else", async () => {
    expect(await askAs(ours, OWNER)).toMatchObject({ rung: "cached" });
    for (const tenant of [ours, theirs]) {
      for (const audience of READERS) {
        for (const overlay of OVERLAYS) {
          const isOwner =
            tenant === ours && audience.join() === OWNER.join() && overlay === OVERLAYS[0];
          if (isOwner) continue;
          const turn = await askAs(tenant, audience, { RELEASE_OVERLAY: JSON.stringify(overlay) });
          expect([audience, overlay, turn.rung]).not.toContain("cached");
          const maySee = tenant === ours && audience.includes("plan:pro");
          if (!maySee) expect(JSON.stringify(turn)).not.toContain(ours.canary);
        }
      }
    }
  });

  it.each<[what: string, change: () => Promise<unknown>]>([
    ["deleted", () => call(ours.secret, "DELETE", "/v1/documents/pro")],
    [
      "restricted to others",
      () =>
        ingest(ours, { pro: { ...documents(ours.canary).pro, audience: ["internal"] } as never }),
    ],
    ["changed", () => ingest(ours, { pro: documents("ANOTHER-CODE").pro })],
  ])("is not served once its source is %s", async (_, change) => {
    await change();
    const turn = await askAs(ours, OWNER);
    expect(turn.rung).not.toBe("cached");
    expect(JSON.stringify(turn)).not.toContain(ours.canary);
    await ingest(ours, { pro: documents(ours.canary).pro });
  });
});

/** Which readers the statement alone gives the kept answer, though it was not made for them. */
async function wronglyFound(without?: string): Promise<string[]> {
  const db = {
    prepare: (sql: string) =>
      env.DB.prepare(without ? sql.replace(without, `(${without} OR 1)`) : sql),
  } as D1Database;
  const found: string[] = [];
  const { release } = await askAs(ours, OWNER);
  for (const tenant of [ours, theirs]) {
    for (const audience of READERS) {
      for (const of of [release, "next"]) {
        for (const days of [0, MAX_CACHED_AGE_MS + 60_000]) {
          const isOwner =
            tenant === ours && audience.join() === OWNER.join() && of === release && days === 0;
          if (isOwner) continue;
          const names = { company_name: null, assistant_name: null };
          const asked = { language: "en" as const, names, question: QUESTION, embedded: null };
          const key = { workspaceId: tenant.id, audience, release: of, ...asked };
          const row = await (await cachedAnswerStatement(db, key, Date.now() + days)).first();
          if (!row) continue;
          const wrong = [
            tenant === ours ? "" : "workspace",
            audience.join() === OWNER.join() ? "" : "audience",
            of === release ? "" : "release",
            days === 0 ? "" : "age",
          ];
          found.push(wrong.filter(Boolean).join("+"));
        }
      }
    }
  }
  return [...new Set(found)];
}

describe("the cache's key", () => {
  it("separates workspaces, audiences, releases and questions", async () => {
    expect(await wronglyFound()).toEqual([]);
  });

  it("separates languages, names of the workspace and questions", async () => {
    const { release } = await askAs(ours, OWNER);
    const names = { company_name: null, assistant_name: null };
    const asked = { language: "en" as const, names, question: QUESTION, embedded: null };
    const key = { workspaceId: ours.id, audience: OWNER, release, ...asked };
    const isFound = async (other: Partial<CacheKey>): Promise<boolean> =>
      (await (await cachedAnswerStatement(env.DB, { ...key, ...other }, Date.now())).first()) !==
      null;
    expect(await isFound({})).toBe(true);
    expect(await isFound({ language: "de" })).toBe(false);
    expect(await isFound({ language: null })).toBe(false);
    expect(await isFound({ names: { ...names, assistant_name: "Fern" } })).toBe(false);
    expect(await isFound({ question: `When ${QUESTION}` })).toBe(false);
  });

  it("finds one row, however many are kept", async () => {
    const explaining = {
      prepare: (sql: string) => env.DB.prepare(`EXPLAIN QUERY PLAN ${sql}`),
    } as D1Database;
    const names = { company_name: null, assistant_name: null };
    const asked = { language: null, names, question: QUESTION, embedded: null };
    const key = { workspaceId: ours.id, audience: [], release: "any", ...asked };
    const { results } = await (
      await cachedAnswerStatement(explaining, key, Date.now())
    ).all<{ detail: string }>();
    const tables = results.filter(({ detail }) => / (?:c|d) /.test(detail));
    expect(tables.map(({ detail }) => detail)).toEqual([
      expect.stringMatching(/^SEARCH c .*question_hash=\?/),
      expect.stringMatching(/^SEARCH d .*external_id=\?/),
    ]);
  });

  it.each([
    ["workspace", "workspace_id = ?1"],
    ["audience", "audience = ?2"],
    ["release", "release = ?3"],
    ["age", "created_at > ?5"],
  ])("is needed: without its %s the tests find a leak", async (column, sql) => {
    expect(await wronglyFound(sql)).toEqual([column]);
  });
});
