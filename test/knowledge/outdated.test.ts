import { env } from "cloudflare:workers";
import { strToU8, unzipSync, zipSync } from "fflate";
import { beforeEach, expect, it } from "vitest";
import { READER_VERSION } from "../../src/knowledge/formats/reader-version.ts";
import { sweep } from "../../src/knowledge/sweeper.ts";
import { createServices } from "../../src/services.ts";
import { BUDGET } from "../../src/runtime/plan-limits.ts";
import { DOCX, docx, PDF, pdf } from "../support/files.ts";
import { call, createWorkspace, type Workspace } from "../support/workspace.ts";
import { cheapAi } from "../support/cheap-ai.ts";
import {
  about,
  claim,
  deliver,
  deliverAlone,
  documentId,
  dropPendingWork,
  endDelays,
  foundBy,
  ingestPending,
  longArticle,
  read,
  remove,
  SILENT,
  store,
  storeMany,
  wake,
  withServices,
} from "../support/pipeline.ts";

beforeEach(async () => {
  await dropPendingWork();
  // Documents of earlier tests are none of this one's business.
  await env.DB.prepare(`UPDATE documents SET reader_version = ${READER_VERSION}`).run();
});

/** Ingests what is pending and leaves no work. */
async function ingestAll(): Promise<void> {
  await ingestPending();
  await dropPendingWork();
}

/** Makes the workspace's documents what an older reader has left. */
async function outdate(workspace: Workspace): Promise<void> {
  await env.DB.prepare(`UPDATE documents SET reader_version = 0 WHERE workspace_id = ?1`)
    .bind(workspace.id)
    .run();
}

/** Puts other words into one chunk and into the Markdown, as if an older reader had read them. */
async function misread(
  workspace: Workspace,
  id: string,
  right: string,
  wrong: string,
): Promise<void> {
  const document = await documentId(workspace, id);
  await env.DB.batch([
    env.DB.prepare(
      `UPDATE documents SET reader_version = 0, markdown = replace(markdown, ?2, ?3) WHERE id = ?1`,
    ).bind(document, right, wrong),
    env.DB.prepare(
      `UPDATE chunks SET text = replace(text, ?2, ?3), hash = 'old' WHERE document_id = ?1 AND instr(text, ?2)`,
    ).bind(document, right, wrong),
  ]);
}

const tick = (): Promise<{ outdated: number }> =>
  withServices((services) => sweep(services), {
    ingestQueue: SILENT.INGEST_QUEUE,
    embedQueue: SILENT.EMBED_QUEUE,
    ingestRetryQueue: SILENT.INGEST_RETRY_QUEUE,
  });

async function outdatedLeft(workspace: Workspace): Promise<number> {
  const response = await call(workspace.secret, "GET", "/v1/documents?limit=1");
  const { progress } = await response.json<{ progress: { outdated_documents: number } }>();
  return progress.outdated_documents;
}

async function preview(workspace: Workspace, id: string): Promise<string | null | undefined> {
  const response = await call(workspace.secret, "GET", `/v1/documents/${id}?include=markdown`);
  return (await response.json<{ markdown?: string | null }>()).markdown;
}

async function warningsOf(workspace: Workspace, id: string): Promise<object[]> {
  const response = await call(workspace.secret, "GET", `/v1/documents/${id}`);
  return (await response.json<{ warnings: object[] }>()).warnings;
}

async function chunkTexts(workspace: Workspace): Promise<string> {
  const { results } = await env.DB.prepare(
    `SELECT text FROM chunks WHERE workspace_id = ?1 ORDER BY document_id, ordinal`,
  )
    .bind(workspace.id)
    .all<{ text: string }>();
  return results.map(({ text }) => text).join("\n");
}

it("a document that an older reader has read is read anew on a tick: its text changes, only changed chunks are embedded, and its version stays", async () => {
  const workspace = await createWorkspace();
  await store(workspace, "guide", { title: "Guide", content: longArticle(["pumps", "lamps"]) });
  await ingestAll();
  const before = await read(workspace, "guide");
  await misread(
    workspace,
    "guide",
    "Paragraph 3 explains what a customer should know about lamps",
    "naught",
  );
  await dropPendingWork();
  expect(await preview(workspace, "guide")).toContain("naught");
  expect(await outdatedLeft(workspace)).toBe(1);
  expect(await tick()).toMatchObject({ outdated: 1 });
  // Served and found as before until it is read anew.
  expect(await read(workspace, "guide")).toMatchObject({ status: "live", vectors: "visible" });
  const { ai, calls } = cheapAi();
  await ingestPending({ bindings: { AI: ai } });
  expect(await preview(workspace, "guide")).not.toContain("naught");
  expect(await chunkTexts(workspace)).not.toContain("naught");
  expect(calls.flat()).toHaveLength(1);
  const { version, live_version, status, ...after } = await read(workspace, "guide");
  expect({ version, live_version, status }).toEqual({
    version: 1,
    live_version: 1,
    status: "live",
  });
  const { updated_at } = after as unknown as { updated_at: string };
  expect(updated_at).toBe((before as unknown as { updated_at: string }).updated_at);
  expect(await outdatedLeft(workspace)).toBe(0);
  expect(await tick()).toMatchObject({ outdated: 0 });
});

it("a file is read anew from what the converter answered, and is not converted again", async () => {
  const workspace = await createWorkspace();
  const headers = { "content-type": PDF };
  const bytes = pdf(["The pump is rinsed with water every month."]);
  await call(workspace.secret, "PUT", "/v1/documents/manual?title=Manual", bytes, {
    headers,
    overrides: SILENT,
  });
  await ingestAll();
  await misread(workspace, "manual", "water", "naught");
  await tick();
  const { ai } = cheapAi();
  await ingestPending({ bindings: { AI: ai } });
  expect(await preview(workspace, "manual")).toContain("rinsed with water");
});

it("a large office file that is read anew still warns of its headers, which the converter left out", async () => {
  const workspace = await createWorkspace();
  const bytes = zipSync({
    ...unzipSync(docx([{ text: "The pump is rinsed with water every month." }])),
    "word/media/image1.png": [new Uint8Array(1_100_000), { level: 0 }],
    "word/header1.xml": strToU8("<w:hdr><w:p><w:r><w:t>Price list</w:t></w:r></w:p></w:hdr>"),
  });
  await call(workspace.secret, "PUT", "/v1/documents/manual?title=Manual", bytes, {
    headers: { "content-type": DOCX },
    overrides: SILENT,
  });
  await ingestAll();
  const warnings = await warningsOf(workspace, "manual");
  expect(warnings).toMatchObject([{ kind: "left_out", excerpt: "Price list" }]);
  await misread(workspace, "manual", "water", "naught");
  await tick();
  await ingestAll();
  expect(await preview(workspace, "manual")).toContain("rinsed with water");
  expect(await warningsOf(workspace, "manual")).toEqual(warnings);
});

it("an upload that comes while its document is read anew is served, and the older reading changes nothing", async () => {
  const workspace = await createWorkspace();
  await store(workspace, "guide", about("kettle"));
  await ingestAll();
  await outdate(workspace);
  await tick();
  const works = await claim("a reader");
  expect(works).toMatchObject([{ version: 1, isOutdated: 1 }]);
  await store(workspace, "guide", about("barrow"));
  await ingestPending();
  expect(await read(workspace, "guide")).toMatchObject({ status: "live", live_version: 2 });
  expect(await chunkTexts(workspace)).toContain("barrow");
  expect(await outdatedLeft(workspace)).toBe(0);
});

it("a document that is deleted while it waits to be read anew stays deleted", async () => {
  const workspace = await createWorkspace();
  await store(workspace, "guide", about("kettle"));
  await ingestAll();
  await outdate(workspace);
  await tick();
  await remove(workspace, "guide");
  await ingestPending();
  expect(await chunkTexts(workspace)).toBe("");
});

it("a document that cannot be read anew keeps its text, says why and is not tried again", async () => {
  const workspace = await createWorkspace();
  await store(workspace, "guide", about("kettle"));
  await ingestAll();
  await env.DB.prepare(
    `UPDATE documents SET content = '![](a.png)', reader_version = 0 WHERE workspace_id = ?1`,
  )
    .bind(workspace.id)
    .run();
  await tick();
  await ingestPending();
  await endDelays();
  await wake("embed");
  const document = await read(workspace, "guide");
  expect(document).toMatchObject({ status: "live", live_version: 1 });
  expect(document.error).toContain("no text");
  expect(await foundBy("keywords", workspace, "kettle")).toEqual(["guide"]);
  expect(await tick()).toMatchObject({ outdated: 0 });
});

it("a document whose reading kills its invocation keeps its text", async () => {
  const workspace = await createWorkspace();
  const { documentId: id } = await store(workspace, "guide", about("kettle"));
  await ingestAll();
  await outdate(workspace);
  await tick();
  await claim("m0");
  await deliver("test-ingest", [{ stage: "serve" }], { attempts: 2 });
  await deliverAlone([id], { attempts: 4 });
  const document = await read(workspace, "guide");
  expect(document).toMatchObject({ status: "live", live_version: 1 });
  expect(document.error).toContain("limits on time or memory");
  expect(await tick()).toMatchObject({ outdated: 0 });
});

it("2,000 documents are read anew over several ticks, within the budget of each invocation, and without a call of the embedding model", async () => {
  const [large, small] = await Promise.all([createWorkspace(), createWorkspace()]);
  await storeMany(large, 2000, (n) => about(`thing${n}`));
  await store(small, "kettle", about("kettle"));
  const { ai, calls } = cheapAi();
  const bindings = { AI: ai };
  for (let round = 0; round < 4; round++) await ingestPending({ bindings });
  expect(calls.flat()).toHaveLength(2001);
  await dropPendingWork();
  await Promise.all([outdate(large), outdate(small)]);
  let ticks = 0;
  for (; (await outdatedLeft(large)) > 0 && ticks < 10; ticks++) {
    await tick();
    if (ticks === 0) {
      const { results } = await env.DB.prepare(
        `SELECT lane, count(*) AS n FROM outbox GROUP BY lane`,
      ).all();
      expect(results).toHaveLength(2);
    }
    const used = { statements: 0 };
    await wake("serve", { bindings: { ...bindings, DB: counted(used) } });
    expect(used.statements).toBeLessThan(BUDGET.statements);
    await wake("embed", { bindings });
    await endDelays();
    await env.CONTROL.settleVectorize();
    await wake("confirm");
    if (ticks === 0) expect(await outdatedLeft(small)).toBe(0);
  }
  expect(ticks).toBeGreaterThan(3);
  expect(ticks).toBeLessThan(9);
  expect(calls.flat()).toHaveLength(2001);
}, 60_000);

/** The database, which counts the statements of its batches and single runs. */
function counted(used: { statements: number }): D1Database {
  return new Proxy(env.DB, {
    get: (db, name) => {
      if (name === "batch")
        return (statements: D1PreparedStatement[]) => {
          used.statements += statements.length;
          return db.batch(statements);
        };
      const value: unknown = Reflect.get(db, name);
      return typeof value === "function" ? value.bind(db) : value;
    },
  });
}

it("new uploads are served before documents that are read anew, in the same workspace, too", async () => {
  const workspace = await createWorkspace();
  await storeMany(workspace, 300, (n) => about(`thing${n}`));
  const { ai } = cheapAi();
  await ingestPending({ bindings: { AI: ai } });
  await dropPendingWork();
  await outdate(workspace);
  await tick();
  await store(workspace, "fresh", about("kettle"));
  expect((await claim("first")).map(({ version, isOutdated }) => [version, isOutdated])).toEqual([
    [1, 0],
  ]);
  expect((await claim("second")).every(({ isOutdated }) => isOutdated === 1)).toBe(true);
});

it("documents are not read anew while uploads wait to be embedded, because they would wait for their vectors, too", async () => {
  const workspace = await createWorkspace();
  await store(workspace, "guide", about("kettle"));
  await ingestAll();
  await outdate(workspace);
  await tick();
  await store(workspace, "fresh", about("barrow"));
  await wake("serve");
  expect(await outdatedLeft(workspace)).toBe(1);
  await wake("embed");
  await wake("serve");
  expect(await outdatedLeft(workspace)).toBe(0);
});

it("documents that wait to be read anew are not counted as pending", async () => {
  const workspace = await createWorkspace();
  await store(workspace, "guide", about("kettle"));
  await ingestAll();
  await outdate(workspace);
  await tick();
  const response = await call(workspace.secret, "GET", "/v1/documents");
  const { progress } = await response.json<{ progress: object }>();
  expect(progress).toMatchObject({ pending_documents: 0, outdated_documents: 1, chunks_total: 1 });
});

it("an upload is not taken for a document that is read anew, whatever its source is called", async () => {
  const workspace = await createWorkspace();
  for (const source of ["~outdated", "x/~outdated", "/~outdated", "~~outdated"]) {
    const body = { ...about("kettle"), metadata: { source } };
    await call(workspace.secret, "PUT", `/v1/documents/${encodeURIComponent(source)}`, body);
  }
  const response = await call(workspace.secret, "GET", "/v1/documents");
  const { progress } = await response.json<{ progress: object }>();
  expect(progress).toMatchObject({ pending_documents: 4, outdated_documents: 0 });
});

it("a workspace that has used half of its neurons of the day is not read anew", async () => {
  const workspace = await createWorkspace();
  await store(workspace, "guide", about("kettle"));
  await ingestAll();
  await outdate(workspace);
  const services = createServices(env, { waitUntil: () => {} });
  const day = new Date(services.now()).toISOString().slice(0, 10);
  await env.DB.batch([
    env.DB.prepare(
      `INSERT OR REPLACE INTO workspace_settings (workspace_id, settings, updated_at) VALUES (?1, '{"neurons_per_day":100}', 0)`,
    ).bind(workspace.id),
    env.DB.prepare(
      `INSERT INTO daily_usage (workspace_id, day, neurons) VALUES (?1, ?2, 50)
       ON CONFLICT (workspace_id, day) DO UPDATE SET neurons = 50`,
    ).bind(workspace.id, day),
  ]);
  expect(await tick()).toMatchObject({ outdated: 0 });
  await env.DB.prepare(`UPDATE daily_usage SET neurons = 49 WHERE workspace_id = ?1`)
    .bind(workspace.id)
    .run();
  expect(await tick()).toMatchObject({ outdated: 1 });
});

it("a document whose chunks were stored before they were marked is read anew without an embedding, and then has its marks", async () => {
  const workspace = await createWorkspace();
  await store(workspace, "guide", {
    title: "Guide",
    content: "Turn **the pump** [off](/off), then wait for a while.",
  });
  await ingestAll();
  const marks = async (): Promise<unknown> =>
    env.DB.prepare(`SELECT marks FROM chunks WHERE workspace_id = ?1`)
      .bind(workspace.id)
      .first("marks");
  const stored = await marks();
  expect(stored).toBe('[[5,8,"b"],[14,3,"a","/off"]]');
  await env.DB.prepare(`UPDATE chunks SET marks = NULL WHERE workspace_id = ?1`)
    .bind(workspace.id)
    .run();
  await outdate(workspace);
  await dropPendingWork();
  expect(await tick()).toMatchObject({ outdated: 1 });
  const { ai, calls } = cheapAi();
  await ingestPending({ bindings: { AI: ai } });
  expect(await marks()).toBe(stored);
  expect(calls.flat()).toEqual([]);
});
