import { redactAll } from "../privacy/redact.ts";
import type { Services } from "../runtime/services.ts";
import { vectorStatement } from "./change-playbook.ts";
import { encodeVectors } from "../text/vectors.ts";
import { allOf, textsOf, type Contents, type Kind } from "./items.ts";

/** Items that one cron tick embeds. */
const ITEMS = 20;
const STEP = { statements: 1, subrequests: 2 };

interface Row {
  workspace_id: string;
  kind: Kind;
  hash: string;
  content: string;
  model: string;
}

/**
 * Embeds the items of live playbooks that have no vectors in the model of their workspace's live index: after a change of that model, or
 * where the model could not be reached. Runs on every cron tick, as far as the invocation's budget goes.
 * @returns how many items were embedded
 */
export async function sweepPlaybooks({
  db,
  config,
  calls,
  embedderOf,
}: Pick<Services, "db" | "config" | "calls" | "embedderOf">): Promise<{ items: number }> {
  // Random order: an item that keeps failing must not block the others.
  const { results } = await db
    .prepare(
      `SELECT p.workspace_id, i.value ->> 'kind' AS kind, c.hash, c.content, coalesce(g.model, ?1) AS model
       FROM releases r
       JOIN playbooks p ON p.workspace_id = r.workspace_id AND p.name = r.playbook
       LEFT JOIN index_generations g ON g.workspace_id = r.workspace_id AND g.state = 'live'
       CROSS JOIN json_each(p.items) AS i
       CROSS JOIN playbook_items c ON c.workspace_id = p.workspace_id AND c.hash = i.value ->> 'hash'
       WHERE r.playbook IS NOT NULL
         AND r.number = (SELECT max(l.number) FROM releases l WHERE l.workspace_id = r.workspace_id)
         AND NOT EXISTS (SELECT 1 FROM playbook_vectors v WHERE v.workspace_id = p.workspace_id AND v.hash = c.hash
           AND v.model = coalesce(g.model, ?1))
         AND (i.value ->> 'kind' = 'answer' OR json_array_length(c.content, '$.when.topics') > 0
           OR json_array_length(c.content, '$.when.unlike') > 0)
       ORDER BY random() LIMIT ${ITEMS}`,
    )
    .bind(config.embeddingModel)
    .all<Row>();
  let items = 0;
  const failed: unknown[] = [];
  for (const { workspace_id, kind, hash, content, model } of results) {
    if (!calls.hasRoomFor(STEP)) break;
    const texts = redactAll(allOf(textsOf(kind, JSON.parse(content) as Contents[Kind])));
    try {
      const vectors = await embedderOf(model).embed(texts, "query");
      const encoded = encodeVectors(vectors);
      await vectorStatement(db, workspace_id, hash, { model, encoded }).run();
      items += 1;
    } catch (error) {
      failed.push(error);
    }
  }
  if (failed.length > 0) throw new AggregateError(failed, "Items of playbooks were not embedded");
  return { items };
}
