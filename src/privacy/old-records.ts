import { dayOf } from "../limits/quotas.ts";
import { changesByName } from "../runtime/named-batch.ts";
import type { Services } from "../runtime/services.ts";

/** How long the audit log, daily usage, completed erasures, replaced releases and what they named are kept: more than a year. */
export const KEEP_RECORDS_MS = 400 * 86_400_000;
/** The most rows of a table that one tick removes. */
const ROWS = 1000;

/**
 * Removes records that are too old from the tables that grow with every day or change. Runs on every cron tick. Each table's oldest rows
 * come first, in a step of fixed size, so that neither a row nor a table that fails holds up others.
 * @returns how many rows of each table were removed
 */
export async function sweepOldRecords({
  db,
  now,
  calls,
}: Pick<Services, "db" | "now" | "calls">): Promise<Record<string, number>> {
  const before = now() - KEEP_RECORDS_MS;
  const removed: Record<string, number> = {};
  const failed: unknown[] = [];
  for (const [table, statements] of Object.entries(removals(db, before))) {
    const count = Object.keys(statements).length;
    if (!calls.hasRoomFor({ statements: count, subrequests: 1 })) break;
    try {
      removed[table] = (await changesByName(db, statements)).removed ?? 0;
    } catch (error) {
      failed.push(error);
    }
  }
  if (failed.length > 0) throw new AggregateError(failed, "Old records of a table stayed");
  return removed;
}

type Removal = { removed: D1PreparedStatement } & Record<string, D1PreparedStatement>;

function removals(db: D1Database, before: number): Record<string, Removal> {
  const bound = (sql: string, value: number | string = before): D1PreparedStatement =>
    db.prepare(sql).bind(value);
  return {
    // A trigger keeps all entries but those that the first statement gives up.
    audit_log: {
      permitted: bound(`UPDATE audit_retention SET before = ?1`),
      removed: bound(
        `DELETE FROM audit_log WHERE id IN (
           SELECT id FROM audit_log WHERE created_at < ?1 ORDER BY created_at LIMIT ${ROWS})`,
      ),
    },
    daily_usage: {
      removed: bound(
        `DELETE FROM daily_usage WHERE rowid IN (
           SELECT rowid FROM daily_usage WHERE day < ?1 ORDER BY day LIMIT ${ROWS})`,
        dayOf(before),
      ),
    },
    // A workspace's highest number stays, so that no number is used twice: requests compare them.
    erasures: {
      removed: bound(
        `DELETE FROM erasures WHERE (workspace_id, person) IN (
           SELECT workspace_id, person FROM erasures e WHERE completed_at < ?1
             AND number < (SELECT max(number) FROM erasures n WHERE n.workspace_id = e.workspace_id)
           ORDER BY completed_at LIMIT ${ROWS})`,
      ),
    },
    // A release is replaced when the next one is made. The live one has none.
    releases: {
      removed: bound(
        `DELETE FROM releases WHERE rowid IN (
           SELECT rowid FROM releases r WHERE created_at < ?1 AND EXISTS (
             SELECT 1 FROM releases n WHERE n.workspace_id = r.workspace_id AND n.number > r.number AND n.created_at < ?1)
           ORDER BY created_at LIMIT ${ROWS})`,
      ),
    },
    playbooks: {
      removed: bound(
        `DELETE FROM playbooks WHERE rowid IN (
           SELECT rowid FROM playbooks p WHERE created_at < ?1
             AND NOT EXISTS (SELECT 1 FROM releases r WHERE r.workspace_id = p.workspace_id AND r.playbook = p.name)
           ORDER BY created_at LIMIT ${ROWS})`,
      ),
    },
    // What is put again gets the time of its latest PUT. The vectors go first, because they are found by the item.
    playbook_items: {
      vectors: bound(
        `DELETE FROM playbook_vectors WHERE (workspace_id, hash) IN (SELECT workspace_id, hash FROM (${UNUSED_ITEMS}))`,
      ),
      removed: bound(
        `DELETE FROM playbook_items WHERE (workspace_id, hash) IN (SELECT workspace_id, hash FROM (${UNUSED_ITEMS}))`,
      ),
    },
  };
}

/** Of each tick, because each item is looked for in the playbooks of its workspace. */
const ITEMS = 20;
const UNUSED_ITEMS = `SELECT c.workspace_id, c.hash FROM playbook_items c WHERE c.created_at < ?1
  AND NOT EXISTS (SELECT 1 FROM playbooks p, json_each(p.items) i
    WHERE p.workspace_id = c.workspace_id AND i.value ->> 'hash' = c.hash)
  ORDER BY c.created_at LIMIT ${ITEMS}`;
