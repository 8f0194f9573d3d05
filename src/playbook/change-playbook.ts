import { auditStatement, type Actor } from "../audit/log.ts";
import { sha256Hex } from "../crypto/hash.ts";
import { Problem } from "../http/problem.ts";
import { canonicalJson } from "../releases/release.ts";
import { batchByName } from "../runtime/named-batch.ts";
import type { Services } from "../runtime/services.ts";
import { encodeVectors } from "../text/vectors.ts";
import { allOf, KINDS, textsOf, type Contents, type Kind } from "./items.ts";

/** An item as a playbook lists it. */
export interface Entry {
  kind: Kind;
  id: string;
  hash: string;
}

/** A new or changed item, with what is stored of it. */
export interface NewItem extends Entry {
  content: string;
  /** Of its wordings, by the model; undefined where the model could not be reached. A cron tick makes them then. */
  vectors: { model: string; encoded: string } | undefined;
}

/** The most items of a kind. Chosen: a turn compares a message with all of their wordings. */
const MAX_ITEMS = 500;
/** How often a change is retried after a concurrent change. */
const ATTEMPTS = 5;

type Deps = Pick<Services, "db" | "now">;

interface Live {
  number: number;
  overlay: string;
  exemplars: string | null;
  items: string | null;
}

/**
 * Replaces or removes an item: a new release with the changed playbook is live with the next question. The same content again changes
 * nothing.
 * @param item its new content; null removes it
 * @returns whether there was an item of this id
 * @throws Problem `limit_reached` where there are too many items
 */
export async function changePlaybook(
  deps: Deps,
  workspaceId: string,
  { kind, id, item }: { kind: Kind; id: string; item: NewItem | null },
  by: Actor,
): Promise<{ existed: boolean }> {
  for (let attempt = 1; ; attempt++) {
    const live = await readLive(deps.db, workspaceId);
    const entries = JSON.parse(live.items ?? "[]") as Entry[];
    const old = entries.find((one) => one.kind === kind && one.id === id);
    if (old?.hash === item?.hash) return { existed: old !== undefined };
    const next = sorted([
      ...entries.filter((one) => one !== old),
      ...(item ? [{ kind, id, hash: item.hash }] : []),
    ]);
    if (item && !old) requireRoom(next, kind);
    try {
      await publish(deps, workspaceId, { live, next, item, kind, id }, by);
      return { existed: old !== undefined };
    } catch (error) {
      // Another change took the number.
      if (attempt === ATTEMPTS || !String(error).includes("UNIQUE constraint")) throw error;
    }
  }
}

function readLive(db: D1Database, workspaceId: string): Promise<Live> {
  return db
    .prepare(
      `SELECT r.number, r.overlay, r.exemplars, p.items FROM releases r
       LEFT JOIN playbooks p ON p.workspace_id = r.workspace_id AND p.name = r.playbook
       WHERE r.workspace_id = ?1 ORDER BY r.number DESC LIMIT 1`,
    )
    .bind(workspaceId)
    .first<Live>()
    .then((row) => row ?? { number: 0, overlay: "{}", exemplars: null, items: null });
}

/** By kind, then id: equal items make equal playbooks, in whatever order they came. */
function sorted(entries: Entry[]): Entry[] {
  const place = ({ kind, id }: Entry): string => `${KINDS.indexOf(kind)} ${id}`;
  return entries.toSorted((left, right) => (place(left) < place(right) ? -1 : 1));
}

function requireRoom(entries: Entry[], kind: Kind): void {
  if (entries.filter((one) => one.kind === kind).length > MAX_ITEMS)
    throw new Problem("limit_reached", `A workspace has at most ${MAX_ITEMS} of these.`);
}

/** The statements are one transaction: a release never names a playbook that is not stored. */
async function publish(
  { db, now }: Deps,
  workspaceId: string,
  {
    live,
    next,
    item,
    kind,
    id,
  }: { live: Live; next: Entry[]; item: NewItem | null } & Omit<Entry, "hash">,
  by: Actor,
): Promise<void> {
  const at = now();
  const items = JSON.stringify(next);
  const name = next.length > 0 ? `pb_${(await sha256Hex(items)).slice(0, 24)}` : null;
  await batchByName(db, {
    item: item ? itemStatements(db, workspaceId, item, at) : [],
    playbook:
      name === null
        ? []
        : db
            .prepare(
              `INSERT INTO playbooks (workspace_id, name, items, created_at) VALUES (?1, ?2, ?3, ?4)
               ON CONFLICT (workspace_id, name) DO NOTHING`,
            )
            .bind(workspaceId, name, items, at),
    // The number that follows the one that was read: of two changes at the same time one fails, and is made again.
    release: db
      .prepare(
        `INSERT INTO releases (workspace_id, number, overlay, created_by, created_at, exemplars, playbook)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)`,
      )
      .bind(workspaceId, live.number + 1, live.overlay, by.actor, at, live.exemplars, name),
    audit: auditStatement(db, {
      ...by,
      workspaceId,
      action: `${kind}.${item ? "put" : "delete"}`,
      objectId: id,
      at,
    }),
  });
}

function itemStatements(
  db: D1Database,
  workspaceId: string,
  { hash, content, vectors }: NewItem,
  at: number,
): D1PreparedStatement[] {
  const stored = db
    .prepare(
      `INSERT INTO playbook_items (workspace_id, hash, content, created_at) VALUES (?1, ?2, ?3, ?4)
       ON CONFLICT (workspace_id, hash) DO UPDATE SET created_at = excluded.created_at`,
    )
    .bind(workspaceId, hash, content, at);
  return vectors ? [stored, vectorStatement(db, workspaceId, hash, vectors)] : [stored];
}

/** The statement that stores the vectors of an item's texts. */
export function vectorStatement(
  db: D1Database,
  workspaceId: string,
  hash: string,
  { model, encoded }: { model: string; encoded: string },
): D1PreparedStatement {
  return db
    .prepare(
      `INSERT INTO playbook_vectors (workspace_id, hash, model, vectors) VALUES (?1, ?2, ?3, ?4)
       ON CONFLICT (workspace_id, hash, model) DO NOTHING`,
    )
    .bind(workspaceId, hash, model, encoded);
}

/**
 * An item as it is stored, with vectors of its texts.
 * @param vectors of its texts in their order (items.ts), by the model
 */
export async function toNewItem<K extends Kind>(
  { kind, id, content }: { kind: K; id: string; content: Contents[K] },
  embedded: { model: string; vectors: number[][] } | undefined,
): Promise<NewItem> {
  const json = canonicalJson(content);
  const hash = (await sha256Hex(json)).slice(0, 24);
  const hasTexts = allOf(textsOf(kind, content)).length > 0;
  const vectors =
    embedded && hasTexts
      ? { model: embedded.model, encoded: encodeVectors(embedded.vectors) }
      : undefined;
  return { kind, id, hash, content: json, vectors };
}
