import { z } from "@hono/zod-openapi";
import { readCursor, writeCursor } from "./cursor.ts";

export const pageQuery = z.object({
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z.string().max(1000).optional(),
});

/** The schema of a page: its list, under the list's own name, and the cursor of the next page. */
export function pageOf<T extends z.ZodRawShape>(list: T) {
  return z.object({ ...list, next_cursor: z.string().nullable() });
}

/** The workspace whose list is read. Its secret signs the cursor. */
interface CursorOwner {
  workspaceId: string;
  workspaceSecret: string;
}

/** A place in a list that is ordered by time, then id. A list without times leaves `at` at 0. */
export interface Position {
  at: number;
  id: string;
}

const writePosition = ({ at, id }: Position): string => `${at} ${id}`;

function readPosition(text: string): Position {
  const [at, id = ""] = text.split(" ");
  return { at: Number(at), id };
}

/**
 * One page of a list of a workspace, and the signed cursor of the next.
 * @param list names the list and its filter: a cursor is refused by every other list
 * @param read reads `limit` rows after a position
 * @param positionOf the place of a row, after which the next page begins
 */
export async function readPage<Row>(
  { workspaceId, workspaceSecret }: CursorOwner,
  list: string,
  { limit, cursor }: { limit: number; cursor?: string | undefined },
  read: (after: Position | undefined, limit: number) => Promise<Row[]>,
  positionOf: (row: Row) => Position,
): Promise<{ rows: Row[]; next_cursor: string | null }> {
  const name = `${list}:${workspaceId}`;
  const after =
    cursor === undefined
      ? undefined
      : readPosition(await readCursor(workspaceSecret, name, cursor));
  const found = await read(after, limit + 1);
  const rows = found.slice(0, limit);
  const last = rows.at(-1);
  const goesOn = found.length > limit && last !== undefined;
  const next_cursor = goesOn
    ? await writeCursor(workspaceSecret, name, writePosition(positionOf(last)))
    : null;
  return { rows, next_cursor };
}
