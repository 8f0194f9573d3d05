import type { Caller } from "../auth/keys.ts";
import { sign } from "../crypto/signing.ts";

/** Whose data is erased: a visitor whom JWTs name, or the person who wrote in a conversation. */
export type Subject = { visitor: string } | { conversation: string };

type Workspace = Pick<Caller, "workspaceId" | "workspaceSecret">;

/**
 * The name of a person in the table of erasures and in the audit log. Without the workspace's secret nobody can tell whom it
 * names, or test a guess.
 */
export function personOf(
  { workspaceId, workspaceSecret }: Workspace,
  subject: Subject,
): Promise<string> {
  const [kind, id] =
    "visitor" in subject ? ["visitor", subject.visitor] : ["conversation", subject.conversation];
  return sign(workspaceSecret, "erasure", `${workspaceId}\n${kind}\n${id}`);
}

/**
 * SQL condition: the person has not been erased since a request began. Each statement that writes a visitor's data contains it,
 * because a turn that was running during the erasure would restore the data. Numbers are compared, not times: clocks differ.
 * @param since SQL of {@link Caller.erasures}
 */
export function notErasedSql(workspace: string, person: string, since: string): string {
  return `NOT EXISTS (SELECT 1 FROM erasures
    WHERE workspace_id = ${workspace} AND person = ${person} AND number > ${since})`;
}

/** The statement that begins an erasure. One that was interrupted goes on and keeps its counts. */
export function beginStatement(
  db: D1Database,
  workspaceId: string,
  person: string,
  now: number,
): D1PreparedStatement {
  return db
    .prepare(
      `INSERT INTO erasures (workspace_id, person, number, begun_at)
       SELECT ?1, ?2, coalesce(max(number), 0) + 1, ?3 FROM erasures WHERE workspace_id = ?1
       ON CONFLICT (workspace_id, person) DO UPDATE SET number = excluded.number,
         begun_at = CASE WHEN completed_at IS NULL THEN begun_at ELSE excluded.begun_at END,
         removed = CASE WHEN completed_at IS NULL THEN removed ELSE '{}' END,
         completed_at = NULL`,
    )
    .bind(workspaceId, person, now);
}

/** The statement that counts the rows which the statement before it in the batch has deleted from a table. */
export function countStatement(
  db: D1Database,
  workspaceId: string,
  person: string,
  table: string,
): D1PreparedStatement {
  return db
    .prepare(
      `UPDATE erasures SET removed = json_set(removed, '$.' || ?3, coalesce(removed ->> ?3, 0) + changes())
       WHERE workspace_id = ?1 AND person = ?2`,
    )
    .bind(workspaceId, person, table);
}

export interface ErasureRow {
  removed: string;
  begun_at: number;
  completed_at: number | null;
}

/** The statement that notes when an erasure was completed, null if it was not, and returns its {@link ErasureRow}. */
export function reportStatement(
  db: D1Database,
  workspaceId: string,
  person: string,
  completedAt: number | null,
): D1PreparedStatement {
  return db
    .prepare(
      `UPDATE erasures SET completed_at = ?3 WHERE workspace_id = ?1 AND person = ?2
       RETURNING removed, begun_at, completed_at`,
    )
    .bind(workspaceId, person, completedAt);
}
