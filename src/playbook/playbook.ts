import type { WorkspaceParameter } from "../runtime/workspace-parameter.ts";
import { decodeVectors } from "../text/vectors.ts";
import { allOf, textsOf, type Contents, type Kind } from "./items.ts";
import type { Wordings } from "./match.ts";

/** An item as a turn uses it. */
export interface PlaybookItem<K extends Kind = Kind> {
  kind: K;
  id: string;
  /** Of its content. */
  hash: string;
  content: Contents[K];
  wordings: Wordings;
}

/** What the owner of a workspace wants said and done. It belongs to a release, which names it by its hash. */
export interface Playbook {
  answers: PlaybookItem<"answer">[];
  guidance: PlaybookItem<"guidance">[];
  tools: PlaybookItem<"tool">[];
  procedures: PlaybookItem<"procedure">[];
}

export const NO_PLAYBOOK: Playbook = { answers: [], guidance: [], tools: [], procedures: [] };

/** The most characters of playbooks that an isolate remembers, twice. */
const MAX_REMEMBERED_CHARACTERS = 4_000_000;
/** By workspace, name and model; those whose vectors are complete. */
let remembered = new Map<string, Playbook>();
let rememberedCharacters = 0;
/** What was remembered before: a turn that began then still counts on it. */
let before = new Map<string, Playbook>();

export interface ItemRow {
  name: string;
  model: string;
  kind: Kind;
  id: string;
  hash: string;
  content: string;
  created_at: number;
  vectors: string | null;
}

/** SQL: the name of the workspace's playbook. */
export function playbookNameSql(workspace: string): string {
  return `(SELECT r.playbook FROM releases r WHERE r.workspace_id = ${workspace} ORDER BY r.number DESC LIMIT 1)`;
}

/**
 * The statement that reads the items of a workspace's playbook, with their vectors in the model of its live index, unless this isolate
 * remembers them; a turn batches it with its other reads.
 */
export function playbookStatement(
  db: D1Database,
  workspace: WorkspaceParameter,
  embeddingModel: string,
  known: Iterable<string> = remembered.keys(),
): D1PreparedStatement {
  return db
    .prepare(
      `SELECT p.name, m.model, i.value ->> 'kind' AS kind, i.value ->> 'id' AS id, c.hash, c.content, c.created_at, v.vectors
       FROM playbooks p
       CROSS JOIN (SELECT coalesce((SELECT g.model FROM index_generations g WHERE g.workspace_id = ${workspace.sql}
           AND g.state = 'live'), ?2) AS model) AS m
       CROSS JOIN json_each(p.items) AS i
       CROSS JOIN playbook_items c ON c.workspace_id = p.workspace_id AND c.hash = i.value ->> 'hash'
       LEFT JOIN playbook_vectors v ON v.workspace_id = p.workspace_id AND v.hash = c.hash AND v.model = m.model
       WHERE p.workspace_id = ${workspace.sql} AND p.name = ${playbookNameSql(workspace.sql)}
         AND NOT EXISTS (SELECT 1 FROM json_each(?3) WHERE value = p.workspace_id || ' ' || p.name || ' ' || m.model)
       ORDER BY i.key`,
    )
    .bind(workspace.value, embeddingModel, JSON.stringify([...known]));
}

/**
 * The playbook of a release.
 * @param name null where it has none
 * @param rows of {@link playbookStatement}
 */
export function toPlaybook(
  { workspaceId, name, model }: { workspaceId: string; name: string | null; model: string },
  rows: unknown[],
): Playbook {
  if (name === null) return NO_PLAYBOOK;
  const key = `${workspaceId} ${name} ${model}`;
  const known = remembered.get(key) ?? before.get(key);
  if (known) return known;
  const read = (rows as ItemRow[]).filter((row) => row.name === name && row.model === model);
  const items = read.map(toItem);
  const playbook = {
    answers: items.filter(isOf("answer")),
    guidance: items.filter(isOf("guidance")),
    tools: items.filter(isOf("tool")),
    procedures: items.filter(isOf("procedure")),
  };
  // What has no vectors yet is read again until a cron tick has made them.
  if (items.length > 0 && items.every(({ wordings }) => wordings.vectors !== null))
    remember(key, playbook, read);
  return playbook;
}

/** All items of a workspace as they are stored, in the order of the playbook. */
export async function readItems(
  db: D1Database,
  workspaceId: string,
  embeddingModel: string,
): Promise<ItemRow[]> {
  const scope = { sql: "?1", value: workspaceId };
  const { results } = await playbookStatement(db, scope, embeddingModel, []).all<ItemRow>();
  return results;
}

function remember(key: string, playbook: Playbook, rows: ItemRow[]): void {
  const size = rows.reduce((sum, row) => sum + row.content.length + (row.vectors?.length ?? 0), 0);
  if (rememberedCharacters + size > MAX_REMEMBERED_CHARACTERS) {
    before = remembered;
    remembered = new Map();
    rememberedCharacters = 0;
  }
  remembered.set(key, playbook);
  rememberedCharacters += size;
}

export function toItem({ kind, id, hash, content, vectors }: ItemRow): PlaybookItem {
  const parsed = JSON.parse(content) as Contents[Kind];
  const texts = textsOf(kind, parsed);
  const count = allOf(texts).length;
  return {
    kind,
    id,
    hash,
    content: parsed,
    wordings: { ...texts, vectors: split(vectors, count) },
  };
}

export function isOf<K extends Kind>(kind: K) {
  return (item: PlaybookItem): item is PlaybookItem<K> => item.kind === kind;
}

/** The vectors of so many texts; an item without any needs none. */
function split(encoded: string | null, count: number): Int8Array[] | null {
  if (count === 0) return [];
  if (encoded === null) return null;
  const numbers = decodeVectors(encoded);
  const length = numbers.length / count;
  return Array.from({ length: count }, (_, at) => numbers.subarray(at * length, (at + 1) * length));
}
