import { env } from "cloudflare:workers";
import fc from "fast-check";
import { expect, it } from "vitest";
import { deleteDocument, putDocument } from "../../src/knowledge/accept/documents.ts";
import { call, createWorkspace, type Workspace } from "../support/workspace.ts";
import { ingestPending, pendingWork, read, SILENT } from "../support/pipeline.ts";

const at = (minute: number): string => new Date(Date.UTC(2026, 0, 1, 12, minute)).toISOString();
const saying = (text: string, updated_at?: string): object => ({
  title: "Opening hours",
  content: `We open at ${text}.`,
  ...(updated_at && { updated_at }),
});

async function put(workspace: Workspace, document: object): Promise<Record<string, unknown>> {
  const path = "/v1/documents/hours";
  const response = await call(workspace.secret, "PUT", path, document, { overrides: SILENT });
  expect(response.status).toBe(202);
  return response.json();
}

function remove(workspace: Workspace, updated_at?: string): Promise<Response> {
  const query = updated_at ? `?updated_at=${encodeURIComponent(updated_at)}` : "";
  const path = `/v1/documents/hours${query}`;
  return call(workspace.secret, "DELETE", path, undefined, { overrides: SILENT });
}

const content = async (workspace: Workspace): Promise<string> =>
  (await read(workspace, "hours")).content;

it("out-of-order updates are ignored, and timestamps are compared as instants, not as texts", async () => {
  const workspace = await createWorkspace();
  expect(await put(workspace, saying("ten", "2026-01-01T12:10:00Z"))).toMatchObject({
    version: 1,
    stale: false,
  });
  // This is 12:05 in UTC, although its text sorts later.
  expect(await put(workspace, saying("five", "2026-01-01T14:05:00+02:00"))).toMatchObject({
    version: 1,
    unchanged: true,
    stale: true,
  });
  expect(await content(workspace)).toContain("ten");
  // This is 12:20 in UTC, although its text sorts earlier.
  expect(await put(workspace, saying("twenty", "2026-01-01T07:20:00-05:00"))).toMatchObject({
    version: 2,
    unchanged: false,
    stale: false,
  });
  expect(await read(workspace, "hours")).toMatchObject({
    source_updated_at: "2026-01-01T07:20:00-05:00",
  });

  // Events with the same instant or without a timestamp count in the order of arrival.
  expect(await put(workspace, saying("noon", at(20)))).toMatchObject({ version: 3, stale: false });
  expect(await put(workspace, saying("one"))).toMatchObject({ version: 4, stale: false });
  expect(await put(workspace, saying("five", at(5)))).toMatchObject({ version: 4, stale: true });
  expect(await content(workspace)).toContain("one");
});

it("an update with the same content still advances the document's source time", async () => {
  const workspace = await createWorkspace();
  await put(workspace, saying("ten", at(1)));
  expect(await put(workspace, saying("ten", at(3)))).toMatchObject({
    version: 1,
    unchanged: true,
    stale: false,
  });
  expect(await put(workspace, saying("nine", at(2)))).toMatchObject({ version: 1, stale: true });
  expect(await content(workspace)).toContain("ten");
});

it("an update from before a deletion is ignored, and one from after it restores the document", async () => {
  const workspace = await createWorkspace();
  await put(workspace, saying("ten", at(10)));
  const stale = await remove(workspace, at(9));
  expect([stale.status, await stale.json()]).toEqual([
    200,
    { external_id: "hours", version: 1, status: "pending", stale: true },
  ]);
  expect(await content(workspace)).toContain("ten");

  expect(await (await remove(workspace, at(12))).json()).toMatchObject({
    status: "deleted",
    version: 2,
    stale: false,
  });
  expect(await put(workspace, saying("eleven", at(11)))).toMatchObject({
    status: "deleted",
    stale: true,
  });
  expect(await put(workspace, saying("thirteen", at(13)))).toMatchObject({
    status: "pending",
    version: 3,
    stale: false,
  });

  // A deletion without a timestamp counts on arrival, and the document keeps its source time.
  expect((await remove(workspace)).status).toBe(200);
  expect(await put(workspace, saying("eleven", at(11)))).toMatchObject({ stale: true });
  expect((await remove(workspace)).status).toBe(404);
});

it("a deletion that arrives before its document is remembered", async () => {
  const workspace = await createWorkspace();
  expect(await (await remove(workspace, at(5))).json()).toEqual({
    external_id: "hours",
    version: 1,
    status: "deleted",
    stale: false,
  });
  expect(await put(workspace, saying("four", at(4)))).toMatchObject({
    status: "deleted",
    stale: true,
  });
  expect((await call(workspace.secret, "GET", "/v1/documents/hours")).status).toBe(404);
  await ingestPending();
  expect(await pendingWork(workspace)).toEqual([]);
  expect(await put(workspace, saying("six", at(6)))).toMatchObject({ status: "pending" });
  // A tombstone belongs to one workspace only.
  expect(await put(await createWorkspace(), saying("four", at(4)))).toMatchObject({ stale: false });
});

it("a source whose clock is years ahead does not block later updates", async () => {
  const workspace = await createWorkspace();
  await put(workspace, saying("ten", "2999-01-01T00:00:00Z"));
  expect(await put(workspace, saying("nine", new Date().toISOString()))).toMatchObject({
    stale: true,
  });
  const inTwoDays = Date.now() + 48 * 3600_000;
  const update = { ...DEFAULTS, content: "nine", updated_at: new Date(inTwoDays).toISOString() };
  const accepted = await putDocument(env.DB, workspace.id, "hours", update, inTwoDays);
  expect(accepted).toMatchObject({ stale: false, version: 2 });
});

it("an invalid timestamp is refused", async () => {
  const workspace = await createWorkspace();
  for (const time of ["yesterday", "2026-13-01T00:00:00Z", "2026-01-01"]) {
    expect((await remove(workspace, time)).status).toBe(422);
  }
});

const DEFAULTS = { title: "Hours", content_type: "text/plain", audience: [], metadata: {} };

it("the newest event decides the final state, in whatever order and however often events arrive", async () => {
  const workspace = await createWorkspace();
  const event = fc.record({ minute: fc.nat(59), deletes: fc.boolean() });
  let run = 0;
  await fc.assert(
    fc.asyncProperty(
      fc
        .uniqueArray(event, { minLength: 1, maxLength: 6, selector: ({ minute }) => minute })
        .chain((events) =>
          fc.tuple(
            fc.constant(events),
            fc.shuffledSubarray([...events, ...events], {
              minLength: events.length * 2,
              maxLength: events.length * 2,
            }),
          ),
        ),
      async ([events, deliveries]) => {
        const id = `p${run++}`;
        let now = Date.now();
        for (const { minute, deletes } of deliveries) {
          now += 1;
          if (deletes) await deleteDocument(env.DB, workspace.id, id, now, at(minute));
          else {
            const input = { ...DEFAULTS, content: `At ${minute}`, updated_at: at(minute) };
            await putDocument(env.DB, workspace.id, id, input, now);
          }
        }
        const newest = events.toSorted((a, b) => b.minute - a.minute)[0];
        const row = await env.DB.prepare(
          `SELECT status, content FROM documents WHERE workspace_id = ?1 AND external_id = ?2`,
        )
          .bind(workspace.id, id)
          .first();
        expect(row).toEqual(
          newest?.deletes
            ? { status: "deleted", content: "" }
            : { status: "pending", content: `At ${newest?.minute}` },
        );
      },
    ),
    { numRuns: 40 },
  );
});
