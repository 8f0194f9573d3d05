import { env } from "cloudflare:workers";
import fc from "fast-check";
import { expect, it } from "vitest";
import { deleteDocument, putDocument } from "../../src/knowledge/accept/documents.ts";
import { importDocuments } from "../../src/knowledge/accept/import.ts";
import type { ImportResult } from "../../src/knowledge/accept/schema.ts";
import { createServices } from "../../src/services.ts";
import { PLAN } from "../../src/runtime/plan-limits.ts";
import { SILENT_QUEUES } from "../support/pipeline.ts";
import { call, createWorkspace, type Workspace } from "../support/workspace.ts";

const NOW = Date.UTC(2026, 10, 28, 12);
const ACTOR = { actor: "key_test", requestId: "request" };
const at = (minute: number): string => new Date(NOW + minute * 60_000).toISOString();

interface Event {
  external_id: string;
  text: string;
  updated_at?: string | undefined;
}

const toDocument = ({ external_id, text, updated_at }: Event) => ({
  external_id,
  title: `About ${external_id}`,
  content: text,
  content_type: "text/plain",
  audience: [],
  metadata: {},
  ...(updated_at && { updated_at }),
});

async function importAll(
  workspace: Workspace,
  events: Event[],
): Promise<{ result: ImportResult; statements: number }> {
  const services = { ...createServices(env, { waitUntil: () => {} }), ...SILENT_QUEUES };
  const lines = events.map((event) => JSON.stringify(toDocument(event))).join("\n");
  const body = new Response(lines).body as ReadableStream<Uint8Array>;
  const fixed = { ...services, now: () => NOW };
  const result = await importDocuments(fixed, workspace.id, body, ACTOR);
  return { result, statements: services.calls.statements };
}

/** Puts the events one after the other and counts as an import does. */
async function putAll(workspace: Workspace, events: Event[]): Promise<Partial<ImportResult>> {
  const counts = { created: 0, changed: 0, unchanged: 0, stale: 0 };
  for (const event of events) {
    const { external_id, ...input } = toDocument(event);
    const { stale, unchanged, version } = await putDocument(
      env.DB,
      workspace.id,
      external_id,
      input,
      NOW,
      ACTOR,
    );
    counts[stale ? "stale" : unchanged ? "unchanged" : version === 1 ? "created" : "changed"] += 1;
  }
  return { ...counts, accepted: events.length };
}

/** All that an import leaves behind in a workspace. */
async function stored(workspace: Workspace): Promise<unknown> {
  const all = async (sql: string): Promise<unknown[]> =>
    (await env.DB.prepare(sql).bind(workspace.id).all()).results;
  return {
    documents: await all(
      `SELECT external_id, title, content, content_hash, version, status, stages, source_instant, source_updated_at, error,
         created_at, updated_at FROM documents WHERE workspace_id = ?1 ORDER BY external_id`,
    ),
    audit: await all(
      `SELECT actor, action, object_id, detail, request_id, created_at FROM audit_log
       WHERE workspace_id = ?1 ORDER BY object_id, id`,
    ),
    usage: await all(`SELECT day, documents FROM daily_usage WHERE workspace_id = ?1`),
    outbox: await all(
      `SELECT external_id, o.created_at FROM outbox o JOIN documents d ON d.id = o.document_id
       WHERE d.workspace_id = ?1 ORDER BY external_id`,
    ),
  };
}

/** The state in which an import finds a document, besides one that is absent. */
async function prepare(workspace: Workspace, before: Before[]): Promise<void> {
  for (const { external_id, minute, state } of before) {
    const earlier = NOW - 5000;
    const { external_id: _id, ...input } = toDocument({
      external_id,
      text: "one",
      updated_at: minute === null ? undefined : at(minute),
    });
    await putDocument(env.DB, workspace.id, external_id, input, earlier);
    if (state === "deleted") await deleteDocument(env.DB, workspace.id, external_id, earlier);
    else
      await env.DB.prepare(
        `UPDATE documents SET status = ?3 WHERE workspace_id = ?1 AND external_id = ?2`,
      )
        .bind(workspace.id, external_id, state)
        .run();
  }
  await env.DB.prepare(`DELETE FROM outbox`).run();
}

interface Before {
  external_id: string;
  minute: number | null;
  state: string;
}

const ids = fc.constantFrom("a", "b", "c");
const minutes = fc.constantFrom(null, 1, 2, 3, 4);
const eventsOf = fc.array(
  fc.record({ external_id: ids, text: fc.constantFrom("one", "two", "three"), minute: minutes }),
  { minLength: 1, maxLength: 9 },
);
const befores = fc.uniqueArray(
  fc.record({
    external_id: ids,
    minute: minutes,
    state: fc.constantFrom("live", "pending", "failed", "deleted"),
  }),
  { selector: ({ external_id }) => external_id, maxLength: 3 },
);

it("an import that repeats ids leaves what putting its lines one after the other leaves", async () => {
  await fc.assert(
    fc.asyncProperty(befores, eventsOf, async (before, drawn) => {
      const events = drawn.map(({ minute, ...event }) => ({
        ...event,
        updated_at: minute === null ? undefined : at(minute),
      }));
      const [imported, put] = [await createWorkspace(), await createWorkspace()];
      await prepare(imported, before);
      await prepare(put, before);
      const { result } = await importAll(imported, events);
      expect(result).toMatchObject(await putAll(put, events));
      expect(await stored(imported)).toEqual(await stored(put));
    }),
    { numRuns: 30 },
  );
  await env.DB.prepare("DELETE FROM outbox").run();
}, 60_000);

const textOf = async (workspace: Workspace, id: string): Promise<unknown> =>
  env.DB.prepare(
    `SELECT content, version FROM documents WHERE workspace_id = ?1 AND external_id = ?2`,
  )
    .bind(workspace.id, id)
    .first();

it("an id on every line, or two ids in turn, costs no more statements than ids that differ", async () => {
  for (const idOf of [() => "same", (n: number) => `id${n % 2}`]) {
    const workspace = await createWorkspace();
    const lines = Array.from({ length: 3000 }, (_, n) => ({
      external_id: idOf(n),
      text: `Text ${n}`,
    }));
    const { result, statements } = await importAll(workspace, lines);
    const count = new Set(lines.map(({ external_id }) => external_id)).size;
    expect(result).toMatchObject({
      accepted: 3000,
      created: count,
      changed: 3000 - count,
      complete: true,
    });
    expect(statements).toBeLessThan(PLAN.statements / 10);
    expect(await textOf(workspace, idOf(2999))).toEqual({
      content: "Text 2999",
      version: 3000 / count,
    });
  }
  await env.DB.prepare("DELETE FROM outbox").run();
});

it("a quota that runs out among lines of one id keeps the last line that it allowed", async () => {
  const workspace = await createWorkspace();
  await call(workspace.secret, "PATCH", "/v1/settings", { documents_per_day: 5 });
  const line = (text: string, external_id = "a"): Event => ({ external_id, text });
  const events = ["1", "1", "1", "2", "3", "4", "4"].map((text) => line(text));
  // Lines that change nothing use nothing: the fifth change is that of line 8.
  const { result } = await importAll(workspace, [
    ...events,
    line("5"),
    line("6"),
    line("7", "b"),
    line("5"),
  ]);
  expect(result).toMatchObject({
    accepted: 8,
    created: 1,
    changed: 4,
    unchanged: 3,
    failed: 1,
    complete: false,
    resume_at_line: 9,
    errors: [{ line: 9, code: "quota_exceeded" }],
  });
  expect(await textOf(workspace, "a")).toEqual({ content: "5", version: 5 });
  expect(await textOf(workspace, "b")).toBeNull();
  const { usage, audit } = (await stored(workspace)) as {
    usage: unknown;
    audit: { action: string }[];
  };
  expect(usage).toEqual([{ day: "2026-11-28", documents: 5 }]);
  expect(audit.filter(({ action }) => action === "document.put")).toHaveLength(5);
  await env.DB.prepare("DELETE FROM outbox").run();
});

it("the same put twice within a millisecond counts once against the quota and in the audit log", async () => {
  const workspace = await createWorkspace();
  await putAll(workspace, [
    { external_id: "a", text: "one" },
    { external_id: "a", text: "one" },
  ]);
  const { usage, audit } = (await stored(workspace)) as { usage: unknown; audit: unknown[] };
  expect(usage).toEqual([{ day: "2026-11-28", documents: 1 }]);
  expect(audit).toHaveLength(1);
});
