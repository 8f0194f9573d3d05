import { DurableObject } from "cloudflare:workers";
import type { PlatformEnv } from "../env.ts";
import type { Query, StoredVector } from "./contract.ts";
import { MemoryIndex, type Entry } from "./memory-index.ts";

type MutationKind = "insert" | "upsert" | "delete";

// A mutation is stored as one row per vector, because a whole batch could exceed SQLite's limit of 2 MB per row.
const SCHEMA = `
  CREATE TABLE IF NOT EXISTS vectors (
    id TEXT PRIMARY KEY, namespace TEXT, data BLOB NOT NULL, metadata TEXT
  ) STRICT;
  CREATE TABLE IF NOT EXISTS pending (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, mutation TEXT NOT NULL, kind TEXT NOT NULL, visible_at INTEGER NOT NULL,
    id TEXT NOT NULL, namespace TEXT, data BLOB, metadata TEXT
  ) STRICT;
  CREATE TABLE IF NOT EXISTS processed (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1), mutation TEXT NOT NULL, at TEXT NOT NULL
  ) STRICT;
`;

type VectorRow = {
  id: string;
  namespace: string | null;
  data: ArrayBuffer;
  metadata: string | null;
};
type PendingRow = Omit<VectorRow, "data"> & {
  seq: number;
  mutation: string;
  kind: MutationKind;
  data: ArrayBuffer | null;
};

/**
 * The index, in memory for searching and in SQLite so that it survives a restart. A write waits in `pending` until it
 * is due. The next call that reads applies the due writes in order.
 */
export class VectorStore extends DurableObject<PlatformEnv> {
  readonly #sql: SqlStorage;
  readonly #index: MemoryIndex;

  constructor(ctx: DurableObjectState, env: PlatformEnv) {
    super(ctx, env);
    this.#sql = ctx.storage.sql;
    this.#sql.exec(SCHEMA);
    this.#index = new MemoryIndex(JSON.parse(env.METADATA_INDEXES));
    const rows = this.#sql.exec<VectorRow>("SELECT id, namespace, data, metadata FROM vectors");
    for (const row of rows) this.#index.put(toEntry(row));
  }

  write(
    kind: "insert" | "upsert",
    vectors: StoredVector[],
    delayMs: number,
  ): VectorizeAsyncMutation {
    return this.#enqueue(kind, vectors, delayMs);
  }

  delete(ids: string[], delayMs: number): VectorizeAsyncMutation {
    const rows = ids.map((id) => ({ id, namespace: null, values: null, metadata: null }));
    return this.#enqueue("delete", rows, delayMs);
  }

  query(vector: Float32Array, query: Query): VectorizeMatches {
    this.#apply(Date.now());
    return this.#index.search(vector, query);
  }

  queryById(id: string, query: Query): VectorizeMatches | null {
    this.#apply(Date.now());
    const entry = this.#index.get(id);
    return entry ? this.#index.search(entry.values, query) : null;
  }

  getByIds(ids: string[]): VectorizeVector[] {
    this.#apply(Date.now());
    return ids.flatMap((id) => {
      const entry = this.#index.get(id);
      if (!entry) return [];
      return [
        {
          id,
          values: Array.from(entry.values),
          ...(entry.namespace !== null && { namespace: entry.namespace }),
          ...(entry.metadata && { metadata: entry.metadata }),
        },
      ];
    });
  }

  describe(dimensions: number): object {
    this.#apply(Date.now());
    const [last] = this.#sql.exec<{ mutation: string; at: string }>(
      "SELECT mutation, at FROM processed",
    );
    return {
      dimensions,
      vectorCount: this.#index.size,
      processedUpToDatetime: last?.at ?? null,
      processedUpToMutation: last?.mutation ?? null,
    };
  }

  settle(): void {
    this.#apply(Number.MAX_SAFE_INTEGER);
  }

  #enqueue(
    kind: MutationKind,
    rows: (Omit<StoredVector, "values"> & { values: Float32Array | null })[],
    delayMs: number,
  ): VectorizeAsyncMutation {
    const mutationId = crypto.randomUUID();
    const visibleAt = Date.now() + delayMs;
    this.ctx.storage.transactionSync(() => {
      for (const { id, namespace, values, metadata } of rows) {
        this.#sql.exec(
          "INSERT INTO pending (mutation, kind, visible_at, id, namespace, data, metadata) VALUES (?, ?, ?, ?, ?, ?, ?)",
          mutationId,
          kind,
          visibleAt,
          id,
          namespace,
          values ? values.slice().buffer : null,
          metadata,
        );
      }
    });
    return { mutationId };
  }

  /** Mutations are applied in order of arrival, so one that is not due delays those after it. */
  #apply(now: number): void {
    const due = this.#sql
      .exec<PendingRow>(
        `SELECT seq, mutation, kind, id, namespace, data, metadata FROM pending
         WHERE seq < coalesce((SELECT min(seq) FROM pending WHERE visible_at > ?), ?) ORDER BY seq`,
        now,
        Number.MAX_SAFE_INTEGER,
      )
      .toArray();
    const last = due.at(-1);
    if (!last) return;
    this.ctx.storage.transactionSync(() => {
      for (const row of due) this.#applyOne(row);
      this.#sql.exec("DELETE FROM pending WHERE seq <= ?", last.seq);
      this.#sql.exec(
        "INSERT INTO processed (only_row, mutation, at) VALUES (1, ?, ?) ON CONFLICT DO UPDATE SET mutation = excluded.mutation, at = excluded.at",
        last.mutation,
        new Date().toISOString(),
      );
    });
  }

  #applyOne({ kind, id, namespace, data, metadata }: PendingRow): void {
    if (kind === "insert" && this.#index.get(id)) return;
    this.#index.remove(id);
    if (kind === "delete" || !data) {
      this.#sql.exec("DELETE FROM vectors WHERE id = ?", id);
      return;
    }
    this.#sql.exec(
      "INSERT OR REPLACE INTO vectors (id, namespace, data, metadata) VALUES (?, ?, ?, ?)",
      id,
      namespace,
      data,
      metadata,
    );
    this.#index.put(toEntry({ id, namespace, data, metadata }));
  }
}

function toEntry({ id, namespace, data, metadata }: VectorRow): Entry {
  return {
    id,
    namespace,
    values: new Float32Array(data),
    metadata: metadata ? JSON.parse(metadata) : null,
  };
}
