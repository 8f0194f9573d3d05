import { shippedRelease } from "../../../src/releases/release.ts";
import { describe, expect, it } from "vitest";
import { openDatabase } from "../../../eval/in-process/database.ts";
import { searchKeywords, type KeywordResult } from "../../../src/retrieval/keywords.ts";

const { fields: FIELDS } = shippedRelease.retrieval;

const WORKSPACE = "ws_local_demo";
const TEXTS = ["pump care filter", "pump filter filter", "pump care and much that is not asked"];

/** The audiences of a document's newest version and of its served version (null: unknown), and their validity. */
interface Audiences {
  newest: string[];
  served: string[] | null;
  /** The first instant of the validity, and the first one after it; null: no bound. */
  valid?: Bounds;
  servedValid?: Bounds;
}
type Bounds = [since: number | null, before: number | null];

const NOW = 1000;

const OPEN: Audiences = { newest: [], served: [] };
const STAFF: Audiences = { newest: ["staff"], served: ["staff"] };
const CLOSED: Audiences = { newest: ["staff"], served: [] };
const OPENED: Audiences = { newest: [], served: ["staff"] };
const MOVED: Audiences = { newest: ["partners"], served: ["staff"] };
const UNKNOWN: Audiences = { newest: [], served: null };

const EXPIRED: Audiences = { ...OPEN, valid: [null, NOW], servedValid: [null, NOW] };
const EXTENDED: Audiences = { ...OPEN, valid: [null, NOW + 9], servedValid: [null, NOW] };
const COMING: Audiences = { ...OPEN, valid: [NOW + 1, null], servedValid: [NOW + 1, null] };
const POSTPONED: Audiences = { ...OPEN, valid: [NOW + 1, null] };
const VALID: Audiences = { ...OPEN, valid: [NOW, NOW + 1], servedValid: [NOW, NOW + 1] };
const FORMER: Audiences = { ...STAFF, valid: [null, 500], servedValid: [null, 500] };

const READERS = [[], ["staff"], ["partners"], ["staff", "partners"], ["customers"]];

const many = (audiences: Audiences, count = 20): Audiences[] =>
  Array.from({ length: count }, () => audiences);

/** A database in which each document has one chunk. The texts are used in turn, and document n has chunk n. */
async function databaseOf(documents: Audiences[], workspace = WORKSPACE): Promise<D1Database> {
  const db = await openDatabase();
  await add(db, documents, workspace);
  return db;
}

async function add(db: D1Database, documents: Audiences[], workspace: string): Promise<void> {
  for (const [at, one] of documents.entries()) {
    const { newest, served, valid = [null, null], servedValid = [null, null] } = one;
    const text = TEXTS[at % TEXTS.length] ?? "";
    const row = await db
      .prepare(
        `INSERT INTO documents (workspace_id, external_id, title, content_type, content, content_hash, version, live_version, status,
           audience, served_audience, valid_since, valid_before, served_since, served_before, created_at, updated_at)
         VALUES (?1, ?2, 'T', 'text/markdown', '', '', 1, 1, 'live', ?3, ?4, ?5, ?6, ?7, ?8, 0, 0) RETURNING id`,
      )
      .bind(
        workspace,
        `${at}`,
        JSON.stringify(newest),
        served && JSON.stringify(served),
        ...valid,
        ...servedValid,
      )
      .first<{ id: number }>();
    const chunk = await db
      .prepare(
        `INSERT INTO chunks (workspace_id, document_id, ordinal, heading_path, text, hash)
         VALUES (?1, ?2, 0, '[]', ?3, '') RETURNING id`,
      )
      .bind(workspace, row?.id, text)
      .first<{ id: number }>();
    await db
      .prepare(
        `INSERT INTO chunk_terms (rowid, workspace, title, headings, body) VALUES (?1, ?2, 'T', '', ?3)`,
      )
      .bind(chunk?.id, workspace.replaceAll("_", ""), text)
      .run();
  }
}

function search(
  db: D1Database,
  audience: string[],
  limit = 1000,
  since = NOW,
): Promise<KeywordResult> {
  const words = ["pump", "care", "filter"];
  const view = { workspaceId: WORKSPACE, audience, now: NOW, since };
  const none = new Map<string, never>();
  const terms = {
    words,
    phrases: [],
    forms: none,
    written: none,
    repeats: none,
    equivalents: none,
  };
  return searchKeywords(db, view, terms, FIELDS, limit, { slot: 1 });
}

function maySee(document: Audiences, reader: string[], since: number): boolean {
  const { newest, served, valid, servedValid } = document;
  for (const [from, before] of [valid, servedValid].filter((bounds) => bounds !== undefined))
    if ((from ?? 0) > NOW || (before ?? Infinity) <= since) return false;
  return [newest, served].every(
    (needed) =>
      needed !== null && (needed.length === 0 || needed.some((one) => reader.includes(one))),
  );
}

describe.each([
  ["open", many(OPEN)],
  ["open, but for one", [...many(OPEN), STAFF]],
  ["half for staff", [OPEN, STAFF, OPEN, STAFF, STAFF, OPEN, STAFF, OPEN]],
  ["for staff, but for one", [...many(STAFF), OPEN]],
  ["for staff", many(STAFF)],
  ["closed since they were ingested", many(CLOSED)],
  ["opened, but served as they were", many(OPENED)],
  ["moved to another audience", many(MOVED)],
  ["served to an unknown audience", many(UNKNOWN)],
  ["of every kind", [OPEN, STAFF, CLOSED, OPENED, MOVED, UNKNOWN, OPEN, OPEN, STAFF]],
  ["no longer valid, but for one", [...many(EXPIRED), OPEN]],
  ["not valid yet, but for one", [...many(COMING), VALID]],
  ["of all times", [OPEN, EXPIRED, EXTENDED, COMING, POSTPONED, VALID, FORMER, STAFF]],
])("documents %s", (_which, documents) => {
  it.each(
    READERS.flatMap((reader) =>
      [NOW, 400].map((since) => [reader.join(" and ") || "anonymous", since, reader]),
    ),
  )(
    "a reader who is %s and asks about the time %i finds and counts the documents that this reader may see, and no others",
    async (_who, since, reader) => {
      const everything = await search(await databaseOf(documents.map(() => OPEN)), []);
      const found = await search(
        await databaseOf(documents),
        reader as string[],
        1000,
        since as number,
      );
      const visible = documents.flatMap((one, at) =>
        maySee(one, reader as string[], since as number)
          ? [{ id: at + 1, text: TEXTS[at % TEXTS.length] }]
          : [],
      );
      const ids = new Set(visible.map(({ id }) => id));
      expect(found.matches).toEqual(everything.matches.filter(({ chunkId }) => ids.has(chunkId)));
      expect(found.matches).toHaveLength(visible.length);
      const holding = (word: string): number =>
        visible.filter(({ text }) => text?.includes(word)).length;
      expect([...found.chunkCounts]).toEqual(
        ["pump", "care", "filter"].map((word) => [word, holding(word)]),
      );
      expect(found.totalChunks).toBe(visible.length);
    },
  );
});

it("a keyword search fills its limit with visible matches, however many better ones are hidden", async () => {
  // Every second and third text is better for the question than the first one.
  const documents = Array.from({ length: 60 }, (_, at) => (at % 3 === 2 ? OPEN : STAFF));
  const db = await databaseOf(documents);
  const { matches } = await search(db, [], 5);
  expect(matches.map(({ chunkId }) => chunkId % 3)).toEqual([0, 0, 0, 0, 0]);
});

it("another workspace's hidden documents change no match and no count", async () => {
  const db = await databaseOf(many(OPEN, 6));
  const before = await search(db, []);
  await db
    .prepare(`INSERT INTO workspaces (id, name, secret, created_at) VALUES (?1, ?1, 'secret', 0)`)
    .bind("ws_other")
    .run();
  await add(db, many(STAFF), "ws_other");
  const { chunkCounts, totalChunks, matches } = await search(db, []);
  expect({ chunkCounts, totalChunks }).toEqual({ chunkCounts: before.chunkCounts, totalChunks: 6 });
  expect(matches.map(({ chunkId }) => chunkId)).toEqual(
    before.matches.map(({ chunkId }) => chunkId),
  );
});

it("a keyword search reads the hidden chunks once, from an index, and no document for a posting", async () => {
  const db = await databaseOf([OPEN, STAFF]);
  const plan: string[] = [];
  const explaining = {
    prepare: (sql: string) => ({
      bind: (...values: unknown[]) => ({
        all: async () => {
          const statement = db.prepare(`EXPLAIN QUERY PLAN ${sql}`).bind(...values);
          plan.push(...(await statement.all<{ detail: string }>()).results.map((r) => r.detail));
          return { results: [] };
        },
      }),
    }),
  } as unknown as D1Database;
  await search(explaining, []);
  expect(plan.filter((step) => step === "MATERIALIZE hidden")).toHaveLength(1);
  expect(plan.filter((step) => /\b(SEARCH|SCAN) (d|documents)\b/.test(step))).toEqual([
    "SEARCH d USING COVERING INDEX documents_for_some (workspace_id=?)",
  ]);
});
