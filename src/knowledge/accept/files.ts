import { sha256Hex } from "../../crypto/hash.ts";
import { concatenate } from "../../http/body.ts";

/** D1 takes values of up to 2 MB. */
const PART_BYTES = 1_000_000;
const PREFIX = "sha256:";
/** A file that no document names after this time is an orphan: its upload ended between storing file and document. */
const UNNAMED_MS = 15 * 60_000;

/**
 * Stores a file in one transaction. The same file again is stored once.
 * @returns the name by which a document refers to it in its `content`
 */
export async function storeFile(
  db: D1Database,
  workspaceId: string,
  bytes: Uint8Array<ArrayBuffer>,
  now: number,
): Promise<string> {
  const hash = await sha256Hex(bytes);
  const parts = Array.from({ length: Math.ceil(bytes.length / PART_BYTES) }, (_, part) =>
    bytes.slice(part * PART_BYTES, (part + 1) * PART_BYTES),
  );
  await db.batch(
    parts.map((part, index) =>
      db
        .prepare(
          `INSERT INTO source_files (workspace_id, hash, part, bytes, stored_at) VALUES (?1, ?2, ?3, ?4, ?5)
           ON CONFLICT (workspace_id, hash, part) DO UPDATE SET stored_at = excluded.stored_at`,
        )
        .bind(workspaceId, hash, index, part, now),
    ),
  );
  return PREFIX + hash;
}

/** SQL: how many bytes the file of documents `d` has; null where its content is text. */
export function fileLength(d: string): string {
  return `(SELECT sum(length(f.bytes)) FROM source_files f WHERE f.workspace_id = ${d}.workspace_id
    AND substr(${d}.content, 1, ${PREFIX.length}) = '${PREFIX}' AND f.hash = substr(${d}.content, ${PREFIX.length + 1}))`;
}

export interface StoredFile {
  bytes: Uint8Array<ArrayBuffer>;
  /** What the converter answered before. */
  conversion: string | null;
}

/**
 * Reads part by part, because D1 returns bytes as a list of numbers and a Worker has 128 MB.
 * @param isWhole the bytes are wanted whole even where the file was converted before; else only its first part is read then
 */
export async function readFile(
  db: D1Database,
  workspaceId: string,
  content: string,
  isWhole: boolean,
): Promise<StoredFile> {
  const parts: Uint8Array[] = [];
  let conversion: string | null = null;
  for (;;) {
    const row: { bytes: number[]; conversion: string | null } | null = await db
      .prepare(
        `SELECT bytes, conversion FROM source_files WHERE workspace_id = ?1 AND hash = ?2 AND part = ?3`,
      )
      .bind(workspaceId, content.slice(PREFIX.length), parts.length)
      .first();
    if (!row) break;
    conversion ??= row.conversion;
    parts.push(Uint8Array.from(row.bytes));
    if ((conversion !== null && !isWhole) || row.bytes.length < PART_BYTES) break;
  }
  return { bytes: concatenate(parts), conversion };
}

/** Stores what the converter answered, so that no file is converted twice. */
export async function storeConversion(
  db: D1Database,
  workspaceId: string,
  content: string,
  conversion: string,
): Promise<void> {
  await db
    .prepare(
      `UPDATE source_files SET conversion = ?3 WHERE workspace_id = ?1 AND hash = ?2 AND part = 0`,
    )
    .bind(workspaceId, content.slice(PREFIX.length), conversion)
    .run();
}

/** Deletes the files of documents that were deleted or replaced. */
export async function deleteOrphanedFiles(db: D1Database, now: number): Promise<void> {
  await db
    .prepare(
      `DELETE FROM source_files WHERE stored_at <= ?1 AND NOT EXISTS (
         SELECT 1 FROM documents d WHERE d.workspace_id = source_files.workspace_id
           AND substr(d.content, 1, 7) = 'sha256:' AND d.content = 'sha256:' || source_files.hash)`,
    )
    .bind(now - UNNAMED_MS)
    .run();
}
