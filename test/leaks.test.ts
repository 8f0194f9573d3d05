import { shippedRelease } from "../src/releases/release.ts";
import type { Leg, Query } from "../src/retrieval/candidates.ts";
import type { Reader } from "../src/retrieval/visibility.ts";
import type { Services } from "../src/runtime/services.ts";
import { createExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import type { ChatResult } from "../src/protocols/chat-schema.ts";
import type { Env } from "../src/env.ts";
import { chunkIdOf, firstGeneration } from "../src/generations/generation.ts";
import { hideDocument } from "../src/knowledge/accept/hide.ts";
import { read, retrieve } from "../src/retrieval/retrieve.ts";
import { createServices } from "../src/services.ts";
import { asVisitor, createIdentitySecret } from "./support/visitor.ts";
import {
  ask,
  call,
  createWorkspace,
  ingest,
  tokenOf,
  type Workspace,
} from "./support/workspace.ts";

/**
 * Two workspaces with documents for three audiences, for everybody and, because they are hidden or not valid, for nobody, all but equal: what one
 * reader may see is, for search and model, the best match for another who may not. Each document holds a canary that occurs nowhere else.
 */
const AUDIENCES = ["customers", "plan:pro", "internal"] as const;
const READERS: string[][] = [
  [],
  ["customers"],
  ["plan:pro"],
  ["internal"],
  ["customers", "plan:pro"],
  ["Internal", "internal ", "*", "%", "public", "[]"],
];
const QUESTION = "How long does the warranty of the garden pump last and what is the claim code?";
const LEGS: Leg[] = ["keywords", "vectors"];

interface Planted {
  workspace: string;
  audience: string[];
  externalId: string;
  canary: string;
  /** Hidden from everybody: its source may have taken it down, or it is not valid now. */
  isHidden: boolean;
}

let ours: Workspace;
let theirs: Workspace;
const planted: Planted[] = [];

function plant(workspace: Workspace, audience: string[], isHidden = false, validity = {}) {
  const canary = `CANARY${planted.length}X${crypto.randomUUID().slice(0, 8)}`;
  const externalId = `warranty-${canary.toLowerCase()}`;
  planted.push({ workspace: workspace.id, audience, externalId, canary, isHidden });
  const document = {
    title: `Warranty of the garden pump ${canary}`,
    content: `The warranty of the garden pump lasts ${planted.length + 11} months. The claim code of the warranty is ${canary}.`,
    url: `https://help.example.com/${canary}`,
    audience,
    ...validity,
  };
  return [externalId, document] as const;
}

beforeAll(async () => {
  [ours, theirs] = [await createWorkspace(), await createWorkspace()];
  for (const workspace of [ours, theirs]) {
    const documents = [[], ...AUDIENCES.map((audience) => [audience])].map((audience) =>
      plant(workspace, audience),
    );
    const hiddenOne = plant(workspace, [], true);
    const others = [{ valid_until: "2020-12-31" }, { valid_from: "2999-01-01" }].map((validity) =>
      plant(workspace, [], true, validity),
    );
    await ingest(workspace, Object.fromEntries([...documents, ...others, hiddenOne]));
    await hide(workspace, hiddenOne[0]);
  }
}, 60_000);

async function hide(workspace: Workspace, externalId: string): Promise<void> {
  const by = { actor: "test", requestId: "" };
  const { id } = workspace;
  expect(
    await hideDocument(env.DB, id, externalId, "Unchecked.", Date.now(), undefined, by),
  ).toEqual(expect.any(Number));
}

/** The canaries that a reader may not see. */
function hidden({ workspaceId, audience }: Reader): Planted[] {
  return planted.filter(
    (document) =>
      document.workspace !== workspaceId ||
      document.isHidden ||
      (document.audience.length > 0 && !document.audience.some((name) => audience.includes(name))),
  );
}

function visible(reader: Reader): Planted[] {
  const forbidden = new Set(hidden(reader));
  return planted.filter((document) => !forbidden.has(document));
}

/** The forbidden things that a text names. */
function leaksIn(text: string, reader: Reader): string[] {
  return hidden(reader)
    .filter(({ canary }) => text.toLowerCase().includes(canary.toLowerCase()))
    .map(({ canary }) => canary);
}

const readers = (): Reader[] =>
  [ours, theirs].flatMap(({ id }) =>
    READERS.map((audience) => ({ workspaceId: id, audience, now: Date.now() })),
  );

async function asQuery(services: Services, { workspaceId }: Reader): Promise<Query> {
  const generation = firstGeneration(workspaceId, services.config.embeddingModel);
  const embedder = services.embedderOf(generation.model);
  const [vector = null] = await embedder.embed([QUESTION], "query");
  const subQueries = [{ text: QUESTION, vector }];
  return { text: QUESTION, subQueries, corrections: new Map(), synonyms: new Map(), generation };
}

/** The documents behind the chunks that one leg alone offers, whatever is checked of them afterwards. */
async function offeredBy(leg: Leg, reader: Reader, overrides: Partial<Env>): Promise<string[]> {
  const services = createServices({ ...env, ...overrides }, createExecutionContext());
  const question = await asQuery(services, reader);
  const candidates = await retrieve(services, reader, question, shippedRelease.retrieval, [leg]);
  expect(candidates.failedLegs).toEqual([]);
  const { results } = await env.DB.prepare(
    `SELECT DISTINCT d.external_id AS id FROM chunks c JOIN documents d ON d.id = c.document_id
     WHERE c.id IN (SELECT value FROM json_each(?1))`,
  )
    .bind(
      JSON.stringify([
        ...candidates.keywords.matches.map(({ chunkId }) => chunkId),
        ...(candidates.vectors ?? []).map(({ id }) => chunkIdOf(id)),
      ]),
    )
    .all<{ id: string }>();
  return results.map(({ id }) => id);
}

/** What one leg alone gives a reader to read, after the check in D1. */
async function readBy(leg: Leg, reader: Reader, overrides: Partial<Env>): Promise<string> {
  const services = createServices({ ...env, ...overrides }, createExecutionContext());
  const question = await asQuery(services, reader);
  const candidates = await retrieve(services, reader, question, shippedRelease.retrieval, [leg]);
  return JSON.stringify(await read(services, reader, candidates, 50, shippedRelease.retrieval));
}

/**
 * Looks for what no reader may get, layer by layer, because each layer hides the holes of the one before. The keyword leg filters
 * by workspace and audience; the vector leg by workspace, since its index knows no audiences: what it gives to read is filtered by
 * audience in D1.
 * @returns where something was found
 */
async function probe(overrides: Partial<Env> = {}): Promise<string[]> {
  const leaks: string[] = [];
  for (const reader of readers()) {
    const forbidden = new Set(hidden(reader).map(({ externalId }) => externalId));
    const foreign = new Set(
      planted
        .filter(({ workspace }) => workspace !== reader.workspaceId)
        .map(({ externalId }) => externalId),
    );
    const byKeywords = await offeredBy("keywords", reader, overrides);
    const byVectors = await offeredBy("vectors", reader, overrides);
    if (byKeywords.some((id) => foreign.has(id))) leaks.push("keywords: workspace");
    if (byKeywords.some((id) => forbidden.has(id) && !foreign.has(id)))
      leaks.push("keywords: audience");
    if (byVectors.some((id) => foreign.has(id))) leaks.push("vectors: workspace");
    for (const leg of LEGS) {
      if (leaksIn(await readBy(leg, reader, overrides), reader).length > 0)
        leaks.push(`${leg}: text`);
    }
  }
  return [...new Set(leaks)].toSorted();
}

/** The database with one piece of SQL taken out of every statement that has it. */
function without(sql: string | RegExp, instead: string): Partial<Env> {
  const DB = new Proxy(env.DB, {
    get(target, property) {
      if (property === "prepare")
        return (statement: string) => target.prepare(statement.replaceAll(sql as string, instead));
      const value: unknown = Reflect.get(target, property, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  return { DB };
}

const VALIDITY_FILTER = /coalesce\(d\.(?:valid|served)_(?:since|before) [<>]=? [^,]+, 1\)/g;

const AUDIENCE_FILTER =
  /\(d\.(?:served_)?audience = '\[\]' OR EXISTS \([^)]*\([^)]*\)[^)]*\([^)]*\)[^)]*\)\)/g;

/** The vector index without its namespaces. */
const WITHOUT_NAMESPACE: Partial<Env> = {
  VECTORIZE: {
    // The local index demands a namespace only of those who name one: here all of them are searched, one after the other.
    query: async (vector: number[], options: VectorizeQueryOptions) => {
      const all = await Promise.all(
        [ours, theirs].map(({ id }) => env.VECTORIZE.query(vector, { ...options, namespace: id })),
      );
      const matches = all.flatMap((one) => one.matches).toSorted((a, b) => b.score - a.score);
      return { matches, count: matches.length };
    },
  } as unknown as Vectorize,
};

describe("the layers of retrieval", () => {
  it(
    "give every reader all of their own documents and nobody else's",
    { timeout: 60_000 },
    async () => {
      expect(await probe()).toEqual([]);
      for (const reader of readers()) {
        for (const leg of LEGS) {
          const read = await readBy(leg, reader, {});
          for (const { canary } of visible(reader)) expect(read).toContain(canary);
        }
      }
    },
  );

  // The suite is worth something only if it fails when a filter is gone.
  it(
    "leak, as these tests detect, without the keyword leg's workspace filter",
    { timeout: 60_000 },
    async () => {
      const DB = (without(/WHERE c\.workspace_id = \?3/g, "").DB ?? env.DB) as D1Database;
      // The workspace is a term of the index, too: without it the postings of all are walked.
      const unscoped = new Proxy(DB, {
        get(target, property) {
          if (property !== "prepare") return Reflect.get(target, property, target);
          return (sql: string) => {
            const statement = target.prepare(sql);
            const { bind } = statement;
            return Object.assign(statement, {
              bind: (...values: unknown[]) =>
                bind.apply(
                  statement,
                  values.map((value) =>
                    typeof value === "string"
                      ? value.replace(/workspace : "\w+" AND /g, "")
                      : value,
                  ),
                ),
            });
          };
        },
      });
      expect(await probe({ DB: unscoped })).toContain("keywords: workspace");
    },
  );

  it(
    "leak, as these tests detect, without the keyword leg's audience filter",
    { timeout: 60_000 },
    async () => {
      expect(await probe(without(AUDIENCE_FILTER, "($& OR 1)"))).toEqual(
        expect.arrayContaining(["keywords: audience", "keywords: text"]),
      );
    },
  );

  it(
    "leak, as these tests detect, without the filter of hidden documents",
    { timeout: 60_000 },
    async () => {
      expect(await probe(without(/d\.live_version >= d\.shown_from AND/g, ""))).toEqual([
        "keywords: audience",
        "keywords: text",
        "vectors: text",
      ]);
    },
  );

  it(
    "leak, as these tests detect, without the filter of documents that are not valid",
    { timeout: 60_000 },
    async () => {
      expect(await probe(without(VALIDITY_FILTER, "($& OR 1)"))).toEqual([
        "keywords: audience",
        "keywords: text",
        "vectors: text",
      ]);
    },
  );

  it(
    "leak, as these tests detect, without the vector leg's workspace filter",
    { timeout: 60_000 },
    async () => {
      // The check in D1 still stands: the leg alone is caught.
      expect(await probe(WITHOUT_NAMESPACE)).toEqual(["vectors: workspace"]);
    },
  );

  it(
    "leak, as these tests detect, without the vector leg's audience filter",
    { timeout: 60_000 },
    async () => {
      // Only the statement that reads the passages loses it.
      const readsOnly = new Proxy(env.DB, {
        get(target, property) {
          if (property === "prepare")
            return (sql: string) =>
              target.prepare(
                sql.includes("AS wanted") ? sql.replace(AUDIENCE_FILTER, "($& OR 1)") : sql,
              );
          const value: unknown = Reflect.get(target, property, target);
          return typeof value === "function" ? value.bind(target) : value;
        },
      });
      expect(await probe({ DB: readsOnly })).toEqual(["vectors: text"]);
    },
  );

  it(
    "leak, as these tests detect, without the workspace check when passages are read",
    { timeout: 60_000 },
    async () => {
      const unchecked = without(/c\.workspace_id = \?2 AND d\.workspace_id = \?2 AND/g, "");
      expect(await probe({ ...unchecked, ...WITHOUT_NAMESPACE })).toContain("vectors: text");
    },
  );
});

describe("the routes", () => {
  it(
    "show a visitor the documents of the audiences that the JWT names, and of nobody else",
    { timeout: 60_000 },
    async () => {
      for (const workspace of [ours, theirs]) {
        const secret = await createIdentitySecret(workspace);
        for (const audience of READERS) {
          const reader = { workspaceId: workspace.id, audience, now: Date.now() };
          const headers = await asVisitor(secret, {
            sub: `reader of ${audience.join()}`,
            audience,
          });
          const turn = await ask(workspace, QUESTION, {}, headers);
          expect(leaksIn(JSON.stringify(turn), reader)).toEqual([]);
          expect(turn.sources.length).toBeGreaterThan(0);
          // The follow-up, the history and the list know no more.
          const followUp = await ask(
            workspace,
            { message: "And what is its code?", conversation_id: turn.conversation_id },
            {},
            headers,
          );
          const read = await call(
            workspace.publishable,
            "GET",
            `/v1/conversations/${turn.conversation_id}`,
            undefined,
            { headers },
          );
          const listed = await call(workspace.publishable, "GET", "/v1/conversations", undefined, {
            headers,
          });
          for (const text of [JSON.stringify(followUp), await read.text(), await listed.text()])
            expect(leaksIn(text, reader)).toEqual([]);
          // The stream carries sources of its own.
          const stream = await call(
            workspace.publishable,
            "POST",
            "/v1/chat",
            { message: QUESTION },
            { headers },
          );
          expect(leaksIn(await stream.text(), reader)).toEqual([]);
          const search = await call(workspace.secret, "POST", "/v1/search", {
            query: QUESTION,
            limit: 50,
            explain: true,
            audience,
          });
          const found = await search.text();
          expect(leaksIn(found, reader)).toEqual([]);
          for (const { canary } of visible(reader)) expect(found).toContain(canary);
        }
      }
    },
  );

  it("show no trace of another workspace under any id of it", async () => {
    const turn = await ask(theirs, QUESTION);
    const { keys } = await (
      await call(theirs.secret, "GET", "/v1/keys")
    ).json<{ keys: { id: string }[] }>();
    const { kid } = await createIdentitySecret(theirs);
    const document = planted.find(({ workspace }) => workspace === theirs.id);
    const foreign: [method: string, of: (id: string) => string, id: string, body?: object][] = [
      ["GET", (id) => `/v1/documents/${id}`, document?.externalId ?? ""],
      ["DELETE", (id) => `/v1/documents/${id}`, document?.externalId ?? ""],
      ["GET", (id) => `/v1/conversations/${id}`, turn.conversation_id],
      ["PATCH", (id) => `/v1/keys/${id}`, keys[0]?.id ?? "", { label: "mine" }],
      ["POST", (id) => `/v1/keys/${id}/rotate`, keys[0]?.id ?? "", {}],
      ["DELETE", (id) => `/v1/keys/${id}`, keys[0]?.id ?? ""],
      ["DELETE", (id) => `/v1/identity-secrets/${id}`, kid],
    ];
    const headers = tokenOf(turn.conversation_id);
    for (const [method, path, id, body] of foreign) {
      const answers = await Promise.all(
        [id, "nothing-has-this-id"].map(async (any) => {
          const response = await call(ours.secret, method, path(any), body, { headers });
          const { request_id: _id, ...problem } = await response.json<Record<string, unknown>>();
          return { status: response.status, problem, headers: shape(response.headers) };
        }),
      );
      expect(answers[0]).toEqual(answers[1]);
      expect(answers[0]?.status).toBe(404);
    }
    // Nothing of it happened, and nothing of it stands in our log.
    expect((await call(theirs.secret, "GET", `/v1/documents/${document?.externalId}`)).status).toBe(
      200,
    );
    const log = await (await call(ours.secret, "GET", "/v1/audit")).text();
    for (const [, , id] of foreign) expect(log).not.toContain(id);
    // Lists, filters and cursors of the other one.
    for (const path of [
      "/v1/documents",
      "/v1/keys",
      "/v1/identity-secrets",
      "/v1/conversations",
      "/v1/audit",
    ]) {
      const list = await (await call(ours.secret, "GET", path)).text();
      const canaries = planted.filter(({ workspace }) => workspace === theirs.id);
      for (const { canary } of canaries) expect(list).not.toContain(canary);
      for (const [, , id] of foreign) expect(list).not.toContain(id);
      const { next_cursor } = await (
        await call(theirs.secret, "GET", `${path}?limit=1`)
      ).json<{ next_cursor?: string | null }>();
      if (!next_cursor) continue;
      const stolen = await call(ours.secret, "GET", `${path}?limit=1&cursor=${next_cursor}`);
      expect(stolen.status).toBe(400);
    }
  });

  it("answer with a confidence that restricted and hidden documents do not move", async () => {
    const workspace = await createWorkspace();
    const secret = await createIdentitySecret(workspace);
    await ingest(workspace, {
      open: { title: "Opening hours", content: "The shop is open from nine to five on weekdays." },
    });
    const questions = [
      "When does the Zeusproject open?",
      "When is the shop open?",
      "What is Zeusproject?",
    ];
    const answers = async (headers: Record<string, string> = {}) =>
      Promise.all(
        questions.map(async (question) => {
          const { outcome, confidence, text } = await ask(workspace, question, {}, headers);
          return { outcome, confidence, text };
        }),
      );
    const before = await answers();
    await ingest(workspace, {
      secret: {
        title: "Zeusproject",
        content: "The Zeusproject is our plan to open at night. The Zeusproject is secret.",
        audience: ["internal"],
      } as object as { title: string; content: string },
    });
    expect(await answers()).toEqual(before);
    await ingest(workspace, {
      gone: {
        title: "Zeusproject",
        content: "The Zeusproject was announced too early. It opens the shop at night.",
      },
    });
    expect(await answers()).not.toEqual(before);
    await hide(workspace, "gone");
    expect(await answers()).toEqual(before);
    const inside = await answers(await asVisitor(secret, { sub: "x", audience: ["internal"] }));
    expect(inside).not.toEqual(before);
  });

  it("do not let documents for others crowd out those for the reader", async () => {
    const workspace = await createWorkspace();
    const crowd = Object.fromEntries(
      Array.from({ length: 14 }, (_, n) => [
        `internal-${n}`,
        {
          title: "Warranty of the garden pump",
          content: `The warranty of the garden pump lasts ${n} months.`,
          audience: ["internal"],
        },
      ]),
    );
    await ingest(workspace, crowd as Record<string, { title: string; content: string }>);
    await ingest(workspace, {
      open: { title: "Guarantees", content: "Pumps of gardens have a warranty for two years." },
    });
    for (const legs of [["vectors"], ["keywords"], LEGS]) {
      const response = await call(workspace.secret, "POST", "/v1/search", {
        query: "How long does the warranty of the garden pump last?",
        legs,
        limit: 5,
      });
      const { results } = await response.json<{ results: { external_id: string }[] }>();
      expect(results.map((one) => one.external_id)).toEqual(["open"]);
    }
    const turn: ChatResult = await ask(
      workspace,
      "How long does the warranty of the garden pump last?",
    );
    expect(JSON.stringify(turn)).not.toContain("internal-");
  });
});

/** Everything of a response's headers that is not new each time. */
function shape(headers: Headers): [string, string][] {
  return [...headers].filter(([name]) => name !== "x-request-id");
}
