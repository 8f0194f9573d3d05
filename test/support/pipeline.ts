import type { Services } from "../../src/runtime/services.ts";
import type { DocumentWakeUp, StageWakeUp } from "../../src/runtime/messages.ts";
import {
  createExecutionContext,
  createMessageBatch,
  getQueueResult,
  waitOnExecutionContext,
  type QueueResult,
} from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, vi } from "vitest";
import type { Env } from "../../src/env.ts";
import worker from "../../src/index.ts";
import { claimSlice, type Stage } from "../../src/knowledge/ingest/outbox.ts";
import { claimVersions, type DocumentWork } from "../../src/knowledge/ingest/pending-work.ts";
import { createServices } from "../../src/services.ts";
import { call, type Workspace } from "./workspace.ts";

const silentQueue = { send: async () => {}, sendBatch: async () => {} } as unknown;

/** Drops every wake-up, so that a test runs the consumer itself, when and as often as it likes. */
export const SILENT = {
  INGEST_QUEUE: silentQueue as Env["INGEST_QUEUE"],
  EMBED_QUEUE: silentQueue as Env["EMBED_QUEUE"],
  INGEST_RETRY_QUEUE: silentQueue as Env["INGEST_RETRY_QUEUE"],
  WEBHOOKS_QUEUE: silentQueue as Env["WEBHOOKS_QUEUE"],
};

/** The same for what a test runs with services of its own. */
export const SILENT_QUEUES: Pick<Services, "embedQueue" | "ingestQueue" | "ingestRetryQueue"> = {
  ingestQueue: SILENT.INGEST_QUEUE,
  embedQueue: SILENT.EMBED_QUEUE,
  ingestRetryQueue: SILENT.INGEST_RETRY_QUEUE,
};

/** A message that was sent, with its delay in seconds. */
export interface Sent<Body> {
  body: Body;
  delay: number | undefined;
}

/** A queue that delivers nothing and keeps what it is sent. */
export function recordedQueue<Body>(): { queue: Queue<Body>; sent: Sent<Body>[] } {
  const sent: Sent<Body>[] = [];
  const queue = {
    send: async (body: Body, options?: QueueSendOptions) =>
      void sent.push({ body, delay: options?.delaySeconds }),
    sendBatch: async (messages: Iterable<{ body: Body }>, options?: QueueSendBatchOptions) => {
      for (const { body } of messages) sent.push({ body, delay: options?.delaySeconds });
    },
  } as unknown as Queue<Body>;
  return { queue, sent };
}

export interface DocumentView {
  external_id: string;
  title: string;
  status: string;
  version: number;
  live_version: number;
  error: string | null;
  chunks: number;
  embedded_chunks: number;
  content: string;
}

export interface SearchView {
  results: {
    external_id: string;
    title: string;
    text: string;
    heading_path: string[];
    score: number;
    legs?: Record<Leg, { rank: number; score: number } | null>;
  }[];
  answerability: number;
  standalone: string;
  variants: string[];
  failed_legs: Leg[];
}

export type Leg = "keywords" | "vectors";

/** Stores a document without waking the consumer. */
export async function store(
  workspace: Workspace,
  id: string,
  document: object,
): Promise<{ version: number; status: string; unchanged: boolean; documentId: number }> {
  const path = `/v1/documents/${encodeURIComponent(id)}`;
  const response = await call(workspace.secret, "PUT", path, document, { overrides: SILENT });
  expect([response.status, await response.clone().text()]).toEqual([202, expect.any(String)]);
  const accepted = await response.json<{ version: number; status: string; unchanged: boolean }>();
  return { ...accepted, documentId: await documentId(workspace, id) };
}

export const about = (topic: string): object => ({
  title: `About ${topic}`,
  content: `The ${topic} stands in the garden beside the shed.`,
});

/** Stores a short document about each topic, under its name. */
export async function storeAll(workspace: Workspace, topics: string[]): Promise<number[]> {
  const ids: number[] = [];
  for (const topic of topics) ids.push((await store(workspace, topic, about(topic))).documentId);
  return ids;
}

/** Stores documents `d0`, `d1` … by one import. */
export async function storeMany(
  workspace: Workspace,
  count: number,
  document: (n: number) => object,
): Promise<void> {
  const lines = Array.from({ length: count }, (_, n) =>
    JSON.stringify({ external_id: `d${n}`, ...document(n) }),
  );
  const body = new TextEncoder().encode(lines.join("\n"));
  const response = await call(workspace.secret, "POST", "/v1/documents/import", body, {
    headers: { "content-type": "application/x-ndjson" },
    overrides: SILENT,
  });
  expect(await response.json()).toMatchObject({ created: count, complete: true });
}

export async function remove(workspace: Workspace, id: string): Promise<void> {
  const path = `/v1/documents/${encodeURIComponent(id)}`;
  const response = await call(workspace.secret, "DELETE", path, undefined, { overrides: SILENT });
  expect(response.status).toBe(200);
}

export async function read(workspace: Workspace, id: string): Promise<DocumentView> {
  const response = await call(workspace.secret, "GET", `/v1/documents/${encodeURIComponent(id)}`);
  expect(response.status).toBe(200);
  return response.json<DocumentView>();
}

/** Waits until the queue's consumer has made this version live. */
export async function live(
  workspace: Workspace,
  id: string,
  version: number,
): Promise<DocumentView> {
  return vi.waitFor(
    async () => {
      const document = await read(workspace, id);
      const stages = { vectors_at: expect.any(String) };
      expect(document).toMatchObject({ status: "live", version, live_version: version, stages });
      return document;
    },
    { timeout: 10_000 },
  );
}

export async function search(
  workspace: Workspace,
  query: string,
  legs: Leg[] = ["keywords", "vectors"],
): Promise<SearchView> {
  const response = await call(workspace.secret, "POST", "/v1/search", {
    query,
    legs,
    explain: true,
    limit: 50,
  });
  expect(response.status).toBe(200);
  return response.json<SearchView>();
}

/** The documents that one leg finds, best first, after all accepted vectors have become visible. */
export async function foundBy(leg: Leg, workspace: Workspace, query: string): Promise<string[]> {
  await env.CONTROL.settleVectorize();
  const { results, failed_legs } = await search(workspace, query, [leg]);
  expect(failed_legs).toEqual([]);
  return [...new Set(results.map((result) => result.external_id))];
}

interface DeliveryOptions {
  attempts?: number;
  sentAt?: Date;
  bindings?: object;
}

/** How a delivery ended, and what its consumer sent. */
export type Delivered = QueueResult & {
  delays: (number | undefined)[];
  /** Documents that were sent to the retry queue. */
  moved: number[];
  wakeUps: Sent<StageWakeUp>[];
};

/** Delivers one batch of messages to a queue's consumer. */
export async function deliver(
  queue: string,
  bodies: object[],
  { attempts = 1, sentAt = new Date(), bindings: own = {} }: DeliveryOptions = {},
): Promise<Delivered> {
  const context = createExecutionContext();
  const batch = createMessageBatch<object>(
    queue,
    bodies.map((body, index) => ({ id: `m${index}`, timestamp: sentAt, attempts, body })),
  );
  // The result names the messages to be retried, but not when.
  const delays: (number | undefined)[] = [];
  const messages = batch.messages.map((message) => ({
    ...copyOf(message),
    ack: () => message.ack(),
    retry: (options?: QueueRetryOptions) => {
      delays.push(options?.delaySeconds);
      message.retry(options);
    },
  }));
  const retries = recordedQueue<DocumentWakeUp>();
  const stages = recordedQueue<StageWakeUp>();
  const bindings = {
    ...env,
    INGEST_QUEUE: stages.queue,
    EMBED_QUEUE: stages.queue,
    INGEST_RETRY_QUEUE: retries.queue,
    ...own,
  } as unknown as Env;
  const ackAll = (): void => batch.ackAll();
  await worker.queue({ ...batch, queue, messages, ackAll } as typeof batch, bindings, context);
  const result = await getQueueResult(batch, context);
  const moved = retries.sent.map(({ body }) => body.document_id);
  return { ...result, delays, moved, wakeUps: stages.sent };
}

/** Wakes a stage, whose consumer works on everything that is due. */
export function wake(stage: Stage, options?: DeliveryOptions): Promise<Delivered> {
  return deliver(stage === "serve" ? "test-ingest" : "test-embed", [{ stage }], options);
}

/** Serves and embeds everything that is pending. Whether its vectors are visible is not looked at. */
export async function ingestPending(options?: DeliveryOptions): Promise<Delivered> {
  await wake("serve", options);
  return wake("embed", options);
}

const toMessage = (document_id: number): DocumentWakeUp => ({ document_id });

/** Delivers documents to the retry queue's consumer. */
export function deliverAlone(ids: number[], options?: DeliveryOptions): Promise<Delivered> {
  return deliver("test-ingest-retry", ids.map(toMessage), options);
}

/** Delivers documents to the consumer of the retry queue's dead-letter queue. */
export function deliverDead(ids: number[], options?: DeliveryOptions): Promise<Delivered> {
  return deliver("test-ingest-retry-dlq", ids.map(toMessage), options);
}

/** Plans no fault, and forgets the work that an earlier test has left. */
export async function dropPendingWork(): Promise<void> {
  await env.CONTROL.reset();
  await env.DB.prepare("DELETE FROM outbox").run();
}

/** A vector that costs no inference, along one axis. */
export function cheapVector(along = 0): number[] {
  return Array.from({ length: 384 }, (_, axis) => (axis === along ? 1 : 0));
}

/** Makes everything due that waits for another attempt. */
export async function endDelays(): Promise<void> {
  await env.DB.prepare(`UPDATE outbox SET due_at = 0 WHERE claimed_by IS NULL`).run();
}

/** Claims what is due as an invocation would that is then killed, and reads it. */
export async function claim(by = "a killed invocation"): Promise<DocumentWork[]> {
  const now = Date.now();
  const { works } = await claimVersions(env.DB, claimSlice(env.DB, "serve", by, now), by, now);
  return works;
}

/** Services with a fake embedder, and the number of texts in each of its calls. */
export function countedCalls(): { services: Services; calls: number[] } {
  const services = createServices(env, { waitUntil: () => {} });
  const calls: number[] = [];
  const embedderOf = (model: string) => ({
    ...services.embedderOf(model),
    embed: async (texts: string[]) => {
      calls.push(texts.length);
      return texts.map((_, index) => cheapVector(index % 384));
    },
  });
  return { services: { ...services, embedderOf }, calls };
}

function copyOf({ id, timestamp, attempts, body }: Message<object>) {
  return { id, timestamp, attempts, body };
}

/** Calls a function with new services, some of them overridden, and waits for the work that it passed to `waitUntil`. */
export async function withServices<T>(
  run: (services: Services) => Promise<T>,
  overrides: Partial<Services> = {},
): Promise<T> {
  const context = createExecutionContext();
  const result = await run({ ...createServices(env, context), ...overrides });
  await waitOnExecutionContext(context);
  return result;
}

export async function documentId(workspace: Workspace, externalId: string): Promise<number> {
  const row = await env.DB.prepare(
    `SELECT id FROM documents WHERE workspace_id = ?1 AND external_id = ?2`,
  )
    .bind(workspace.id, externalId)
    .first<{ id: number }>();
  return row?.id ?? -1;
}

export async function chunkIds(workspace: Workspace): Promise<number[]> {
  return column(`SELECT id AS value FROM chunks WHERE workspace_id = ?1 ORDER BY id`, workspace.id);
}

/** Documents that are not served yet or lack vectors. */
export async function pendingWork(workspace: Workspace): Promise<number[]> {
  return column(
    `SELECT o.document_id AS value FROM outbox o JOIN documents d ON d.id = o.document_id
     WHERE d.workspace_id = ?1 AND o.stage <> 'confirm' ORDER BY 1`,
    workspace.id,
  );
}

/** Ids of vectors that are still to be deleted. */
export async function garbage(workspace: Workspace): Promise<string[]> {
  return column(
    `SELECT g.vector_id AS value FROM vector_garbage g JOIN documents d ON d.id = g.document_id
     WHERE d.workspace_id = ?1 ORDER BY 1`,
    workspace.id,
  );
}

async function column<T>(sql: string, workspaceId: string): Promise<T[]> {
  const { results } = await env.DB.prepare(sql).bind(workspaceId).all<{ value: T }>();
  return results.map((row) => row.value);
}

/** Those of the ids for which Vectorize has a vector. */
export async function storedVectors(ids: string[]): Promise<string[]> {
  await env.CONTROL.settleVectorize();
  const wanted = [...new Set(ids)];
  const found: string[] = [];
  for (let start = 0; start < wanted.length; start += 20) {
    const vectors = await env.VECTORIZE.getByIds(wanted.slice(start, start + 20));
    found.push(...vectors.map((vector) => vector.id));
  }
  return found.toSorted();
}

/** An article with one section for each topic. Each section is long enough for several chunks. */
export function longArticle(sections: string[]): string {
  return sections
    .map(
      (topic) =>
        `## About ${topic}\n\n` +
        Array.from(
          { length: 4 },
          (_, index) =>
            `Paragraph ${index + 1} explains what a customer should know about ${topic} before calling, ` +
            `which tools belong to ${topic}, how long it takes, what it costs, who is allowed to do it, and where ` +
            `the spare parts for ${topic} are kept in the warehouse of the company until somebody orders them.`,
        ).join("\n\n"),
    )
    .join("\n\n");
}
