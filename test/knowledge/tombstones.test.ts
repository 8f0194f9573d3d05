import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import { ingestPending } from "../support/pipeline.ts";
import { tick } from "../support/tick.ts";
import { call, createWorkspace, showVectors, type Workspace } from "../support/workspace.ts";

const DAY = 86_400_000;
const SECRET = "A title that is gone";

const put = (workspace: Workspace, id: string, updated_at?: string): Promise<Response> =>
  call(workspace.secret, "PUT", `/v1/documents/${id}`, {
    title: SECRET,
    content: "Three days.",
    url: "https://help.example.com/a-url-that-is-gone",
    updated_at,
  });

async function remove({ secret }: Workspace, id: string, at = Date.now()): Promise<number> {
  const time = encodeURIComponent(new Date(at).toISOString());
  return (await call(secret, "DELETE", `/v1/documents/${id}?updated_at=${time}`)).status;
}

async function rows({ id }: Workspace): Promise<Record<string, unknown>[]> {
  const { results } = await env.DB.prepare(`SELECT * FROM documents WHERE workspace_id = ?1`)
    .bind(id)
    .all();
  return results;
}

/** Stores deleted documents, each a millisecond younger than the one before. */
async function storeTombstones(
  { id }: Workspace,
  name: string,
  count: number,
  at: number,
): Promise<void> {
  await env.DB.prepare(
    `INSERT INTO documents (workspace_id, external_id, title, content, content_type, content_hash, version, status,
       created_at, updated_at)
     WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?3)
     SELECT ?1, ?2 || '-' || i, '', '', 'text/plain', '', 1, 'deleted', ?4, ?4 + i FROM n`,
  )
    .bind(id, name, count, at)
    .run();
}

it("a deletion of a document that was never stored is in the audit log, and keeps an older version from being stored", async () => {
  const workspace = await createWorkspace();
  expect(await remove(workspace, "never")).toBe(200);
  const log = await call(workspace.secret, "GET", "/v1/audit?action=document.delete");
  expect(await log.json()).toMatchObject({ entries: [{ object_id: "never" }] });
  const late = await put(workspace, "never", new Date(Date.now() - DAY).toISOString());
  expect(await late.json()).toMatchObject({ stale: true });
  // A repeated deletion changes nothing, and is not recorded again.
  await remove(workspace, "never");
  const again = await call(workspace.secret, "GET", "/v1/audit?action=document.delete");
  expect((await again.json<{ entries: object[] }>()).entries).toHaveLength(1);
});

it("what remains of a deleted document holds nothing of it, and is gone after 30 days", async () => {
  const workspace = await createWorkspace();
  await put(workspace, "known", new Date(Date.now() - DAY).toISOString());
  await ingestPending();
  expect(JSON.stringify(await rows(workspace))).toContain(SECRET);
  expect(await remove(workspace, "known")).toBe(200);
  await remove(workspace, "never");
  const [known] = await rows(workspace);
  expect(known).toMatchObject({ status: "deleted", external_id: "known", title: "", url: null });
  expect(JSON.stringify(await rows(workspace))).not.toMatch(/that is gone|that-is-gone/);
  await ingestPending();
  await showVectors();
  await tick({ later: 29 * DAY });
  expect(await rows(workspace)).toHaveLength(2);
  await tick({ later: 31 * DAY });
  expect(await rows(workspace)).toEqual([]);
});

it("a deleted document whose work is not finished holds up no other one", async () => {
  const workspace = await createWorkspace();
  await remove(workspace, "first");
  await storeTombstones(workspace, "waiting", 700, 0);
  await env.DB.prepare(
    `INSERT INTO vector_garbage (vector_id, index_name, document_id, created_at)
     SELECT 'v' || id, 'VECTORIZE', id, ?2 FROM documents WHERE workspace_id = ?1 AND external_id LIKE 'waiting-%'`,
  )
    .bind(workspace.id, Date.now() + 1000 * DAY)
    .run();
  await env.DB.prepare(`DELETE FROM outbox`).run();
  await tick({ later: 31 * DAY });
  const left = (await rows(workspace)).map(({ external_id }) => external_id);
  expect(left).toHaveLength(700);
  expect(left).not.toContain("first");
});

it("a workspace remembers deletions of documents that were never stored up to a limit, and deletes stored ones beyond it", async () => {
  const workspace = await createWorkspace();
  await put(workspace, "stored");
  await storeTombstones(workspace, "gone", 10_000, Date.now());
  expect(await remove(workspace, "never")).toBe(404);
  expect(await remove(workspace, "stored")).toBe(200);
  expect(await rows(workspace)).toHaveLength(10_001);
  expect(await remove(await createWorkspace(), "never")).toBe(200);
});
