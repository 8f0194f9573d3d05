import { env } from "cloudflare:workers";
import { beforeEach, expect, it } from "vitest";
import { claimSlice } from "../../src/knowledge/ingest/outbox.ts";
import { retryAbandoned } from "../../src/knowledge/ingest/queue.ts";
import { createWorkspace } from "../support/workspace.ts";
import { cheapAi } from "../support/cheap-ai.ts";
import {
  about,
  claim,
  deliverAlone,
  endDelays,
  ingestPending,
  pendingWork,
  read,
  recordedQueue,
  store,
  storeMany,
  wake,
  dropPendingWork,
} from "../support/pipeline.ts";
import type { DocumentWakeUp } from "../../src/runtime/messages.ts";

beforeEach(dropPendingWork);

/** An AI binding that refuses texts that hold a word. */
function refusingAi(word: string): ReturnType<typeof cheapAi> {
  return cheapAi((texts) =>
    texts.some((text) => text.includes(word))
      ? "5006: Error: required properties are missing"
      : undefined,
  );
}

it("vectors whose look was killed are looked for again", async () => {
  const workspace = await createWorkspace();
  await store(workspace, "kettle", about("kettle"));
  await ingestPending();
  await env.CONTROL.settleVectorize();
  await endDelays();
  const now = Date.now();
  await claimSlice(env.DB, "confirm", "a killed invocation", now).run();
  const late = now + 4 * 60_000;
  const { queue, sent } = recordedQueue<DocumentWakeUp>();
  await retryAbandoned({ db: env.DB, ingestRetryQueue: queue, now: () => late });
  await deliverAlone(sent.map(({ body }) => body.document_id));
  await endDelays();
  await wake("confirm");
  expect(await read(workspace, "kettle")).toMatchObject({ vectors: "visible" });
});

it("vectors of a version before one that failed are not embedded again while the index does not show them yet", async () => {
  const workspace = await createWorkspace();
  await env.CONTROL.setVectorizeDelay(5 * 60_000);
  await store(workspace, "kettle", about("kettle"));
  await wake("serve");
  await store(workspace, "kettle", { title: "Kettle", content: "![](kettle.png)" });
  await wake("serve");
  const { ai, calls } = cheapAi();
  for (let round = 0; round < 3; round++) {
    await endDelays();
    await wake("embed", { bindings: { AI: ai } });
    await endDelays();
    await wake("confirm");
  }
  expect(calls.flat()).toHaveLength(1);
});

it("a served version whose text the embedding model refuses ends, also when the version after it has failed", async () => {
  const workspace = await createWorkspace();
  const { ai, calls } = refusingAi("kettle");
  const bindings = { AI: ai };
  await store(workspace, "kettle", about("kettle"));
  await wake("serve");
  await store(workspace, "kettle", { title: "Kettle", content: "![](kettle.png)" });
  await wake("serve");
  for (let round = 0; round < 3; round++) {
    await endDelays();
    await wake("embed", { bindings });
  }
  expect(await pendingWork(workspace)).toEqual([]);
  expect(calls.flat()).toHaveLength(1);
});

it("a document whose vectors could not be made does not say that they are visible", async () => {
  const workspace = await createWorkspace();
  await store(workspace, "kettle", about("kettle"));
  await ingestPending({ bindings: { AI: refusingAi("kettle").ai } });
  const view = await read(workspace, "kettle");
  expect(view).toMatchObject({ status: "failed", live_version: 1 });
  expect(view).not.toMatchObject({ vectors: "visible" });
});

it("a document that changes while it is retried alone is served without waiting for a claim to end", async () => {
  const workspace = await createWorkspace();
  const { documentId } = await store(workspace, "kettle", about("kettle"));
  const changed = { done: false };
  const DB = new Proxy(env.DB, {
    get(target, property) {
      const value: unknown = Reflect.get(target, property, target);
      if (property !== "batch") return typeof value === "function" ? value.bind(target) : value;
      return async (statements: D1PreparedStatement[]) => {
        const rows = await target.batch(statements);
        if (!changed.done) {
          changed.done = true;
          await store(workspace, "kettle", about("teapot"));
        }
        return rows;
      };
    },
  });
  await deliverAlone([documentId], { bindings: { DB } });
  expect((await claim()).map((work) => work.documentId)).toEqual([documentId]);
});

it("a workspace with a source for each document does not keep another's document waiting", async () => {
  const [large, small] = await Promise.all([createWorkspace(), createWorkspace()]);
  await storeMany(large, 1200, (n) => ({ ...about(`thing${n}`), metadata: { source: `s${n}` } }));
  await store(small, "kettle", about("kettle"));
  // The last lane of all.
  await env.DB.prepare(`UPDATE outbox SET lane = 'z' || lane WHERE lane = ?1`)
    .bind(`${small.id}/`)
    .run();
  expect((await claim()).map(({ workspaceId }) => workspaceId)).toContain(small.id);
});

it("an invocation ends when nothing that is due can be claimed", async () => {
  const workspace = await createWorkspace();
  await storeMany(workspace, 1001, (n) => ({ ...about(`t${n}`), metadata: { source: `s${n}` } }));
  await env.DB.prepare(`UPDATE outbox SET due_at = ?1`)
    .bind(Date.now() + 600_000)
    .run();
  const other = await createWorkspace();
  await store(other, "kettle", about("kettle"));
  await env.DB.prepare(`UPDATE outbox SET lane = 'z' || lane WHERE lane = ?1`)
    .bind(`${other.id}/`)
    .run();
  await wake("serve");
  expect(await read(other, "kettle")).toMatchObject({ status: "live" });
});

it("with more workspaces than a slice has room for, a new one does not wait for all documents of the others", async () => {
  const workspace = await createWorkspace();
  await storeMany(workspace, 1100, (n) => about(`thing${n}`));
  await env.DB.prepare(
    `UPDATE outbox SET lane = 'ws_' || (document_id % 110) || '/', due_at = due_at - 1000`,
  ).run();
  const late = await createWorkspace();
  await store(late, "kettle", about("kettle"));
  const slices: number[] = [];
  for (let slice = 1; slice <= 4; slice++) {
    const works = await claim(`slice ${slice}`);
    if (works.some(({ workspaceId }) => workspaceId === late.id)) slices.push(slice);
  }
  expect(slices).not.toEqual([]);
});
