import { readdirSync } from "node:fs";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";

/** Counts of what a stopped instance's folder holds. */
export interface StoredState {
  /** The text of every served document, by external id. */
  live: Map<string, string>;
  chunks: number;
  vectors: number;
  problems: Record<
    | "documents whose served version is not the last"
    | "documents with pending work"
    | "chunks without a document that is served"
    | "duplicate chunks"
    | "chunks without keywords"
    | "orphan keyword rows"
    | "chunks without a vector"
    | "orphan vectors",
    number
  >;
}

/** workerd may hold a lock for a moment after it was told to stop. */
const LOCKED_MS = 10_000;

/** Reads the files of a stopped instance: D1, and the local Vectorize including writes that it has accepted but not applied. */
export function readState(state: string): StoredState {
  const d1 = open(path.join(state, "v3/d1/miniflare-D1DatabaseObject"));
  const stores = path.join(state, "v3/do/edgewise-platform-VectorStore");
  const vectors = new Set(sqliteFiles(stores).flatMap((file) => vectorIds(file)));
  const count = (sql: string): number => Number(d1.prepare(sql).get()?.["n"] ?? -1);
  const chunkIds = d1
    .prepare("SELECT id FROM chunks")
    .all()
    .map((row) => `c${Number(row["id"])}`);
  const wanted = new Set(chunkIds);
  const live = d1
    .prepare("SELECT external_id, content FROM documents WHERE status = 'live'")
    .all()
    .map((row): [string, string] => [String(row["external_id"]), String(row["content"])]);
  const problems: StoredState["problems"] = {
    "documents whose served version is not the last": count(
      "SELECT count(*) AS n FROM documents WHERE status <> 'deleted' AND (status <> 'live' OR live_version <> version)",
    ),
    "documents with pending work": count("SELECT count(*) AS n FROM outbox"),
    "chunks without a document that is served": count(
      `SELECT count(*) AS n FROM chunks c LEFT JOIN documents d ON d.id = c.document_id AND d.status = 'live'
       WHERE d.id IS NULL`,
    ),
    "duplicate chunks": count(
      `SELECT coalesce(sum(copies - 1), 0) AS n FROM (
         SELECT count(*) AS copies FROM chunks GROUP BY document_id, ordinal
         UNION ALL SELECT count(*) FROM chunks GROUP BY document_id, text, heading_path)`,
    ),
    "chunks without keywords": count(
      "SELECT count(*) AS n FROM chunks WHERE id NOT IN (SELECT rowid FROM chunk_terms)",
    ),
    "orphan keyword rows": count(
      "SELECT count(*) AS n FROM chunk_terms WHERE rowid NOT IN (SELECT id FROM chunks)",
    ),
    "chunks without a vector": chunkIds.filter((id) => !vectors.has(id)).length,
    "orphan vectors": [...vectors].filter((id) => !wanted.has(id)).length,
  };
  d1.close();
  return { live: new Map(live), chunks: chunkIds.length, vectors: vectors.size, problems };
}

/** The ids in the index after all accepted writes are applied. */
function vectorIds(file: string): string[] {
  const store = new DatabaseSync(file, { timeout: LOCKED_MS });
  const held = new Set(
    store
      .prepare("SELECT id FROM vectors")
      .all()
      .map((row) => String(row["id"])),
  );
  for (const row of store.prepare("SELECT id, kind FROM pending ORDER BY seq").all()) {
    if (row["kind"] === "delete") held.delete(String(row["id"]));
    else held.add(String(row["id"]));
  }
  store.close();
  return [...held];
}

function open(folder: string): DatabaseSync {
  const [file] = sqliteFiles(folder);
  if (!file) throw new Error(`There is no database in ${folder}`);
  return new DatabaseSync(file, { timeout: LOCKED_MS });
}

function sqliteFiles(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith(".sqlite") && name !== "metadata.sqlite")
    .map((name) => path.join(folder, name));
}
