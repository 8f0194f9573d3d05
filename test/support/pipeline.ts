import type { Services } from "../../src/runtime/services.ts";
import type { DocumentWakeUp, IngestMessage } from "../../src/runtime/messages.ts";
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
import { consumeDocuments } from "../../src/knowledge/ingest/queue.ts";
import { createServices } from "../../src/services.ts";
import { call, type Workspace } from "./workspace.ts";

/** Swallows every wake-up, so that a test runs the consumer itself, when and as often as it likes. */
export const SILENT = {
  INGEST_QUEUE: {
    send: async () => {},
    sendBatch: async () => {},
  } as unknown as Env["INGEST_QUEUE"],
};

/** The same for what a test runs with services of its own. */
export const SILENT_QUEUES: Pick<Services, "ingestQueue" | "ingestRetryQueue"> = {
  ingestQueue: SILENT.INGEST_QUEUE,
  ingestRetryQueue: SILENT.INGEST_QUEUE as Queue<DocumentWakeUp>,
};

/** A wake-up that went to the retry queue. */
export interface Moved {
  id: number;
  delay: number | undefined;
}

/** A retry queue that delivers nothing and keeps what it is sent. */
export function recordedRetries(): { queue: Queue<DocumentWakeUp>; moved: Moved[] } {
  const moved: Moved[] = [];
  const queue = {
    sendBatch: async (
      messages: Iterable<{ body: DocumentWakeUp }>,
      options?: QueueSendBatchOptions,
    ) => {
      for (const { body } of messages) {
        moved.push({ id: body.document_id, delay: options?.delaySeconds });
      }
    },
  } as unknown as Queue<DocumentWakeUp>;
  return { queue, moved };
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

/** Waits for the deployed queue and consumer. */
export async function live(
  workspace: Workspace,
  id: string,
  version: number,
): Promise<DocumentView> {
  return vi.waitFor(
    async () => {
      const document = await read(workspace, id);
      expect(document).toMatchObject({ status: "live", version, live_version: version });
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

/** The documents that one leg alone finds, best first, once all accepted vectors are visible. */
export async function foundBy(leg: Leg, workspace: Workspace, query: string): Promise<string[]> {
  await env.CONTROL.settleVectorize();
  const { results, failed_legs } = await search(workspace, query, [leg]);
  expect(failed_legs).toEqual([]);
  return [...new Set(results.map((result) => result.external_id))];
}

/** Delivers one batch of messages to a queue's consumer. `moved`: what it sent to the retry queue. */
export async function deliver(
  documentIds: number[],
  { queue = "test-ingest", attempts = 1, sentAt = new Date(), bindings: own = {} as object } = {},
): Promise<QueueResult & { delays: (number | undefined)[]; moved: Moved[] }> {
  const context = createExecutionContext();
  const batch = createMessageBatch<IngestMessage>(
    queue,
    documentIds.map((document_id, index) => ({
      id: `m${index}`,
      timestamp: sentAt,
      attempts,
      body: { document_id },
    })),
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
  const ackAll = (): void => batch.ackAll();
  const retries = recordedRetries();
  const bindings = { ...env, INGEST_RETRY_QUEUE: retries.queue, ...own };
  await worker.queue({ ...batch, queue, messages, ackAll } as typeof batch, bindings, context);
  return { ...(await getQueueResult(batch, context)), delays, moved: retries.moved };
}

/**
 * Hands a batch to the ingest queue's handler, with services of the test's own.
 * @returns the documents that were acknowledged, and those that the queue delivers again
 */
export async function consume(
  messages: { id: number; attempts: number }[],
  services: Services,
): Promise<{ acked: number[]; retried: number[] }> {
  const result = { acked: [] as number[], retried: [] as number[] };
  const batch = messages.map(({ id, attempts }) => ({
    id: `m${id}`,
    timestamp: new Date(),
    attempts,
    body: { document_id: id },
    ack: () => void result.acked.push(id),
    retry: () => void result.retried.push(id),
  }));
  await consumeDocuments(batch as unknown as Message<DocumentWakeUp>[], services);
  return result;
}

/** Services whose vectors cost nothing, and the number of texts in each call of the model. */
export function countedCalls(): { services: Services; calls: number[] } {
  const services = createServices(env, { waitUntil: () => {} });
  const calls: number[] = [];
  const embedderOf = (model: string) => ({
    ...services.embedderOf(model),
    embed: async (texts: string[]) => {
      calls.push(texts.length);
      return texts.map((_, index) =>
        Array.from({ length: 384 }, (__, axis) => (axis === index % 384 ? 1 : 0)),
      );
    },
  });
  return { services: { ...services, embedderOf }, calls };
}

function copyOf({ id, timestamp, attempts, body }: Message<IngestMessage>) {
  return { id, timestamp, attempts, body };
}

/** Runs something with services of its own, at a time of its own, and waits for what it left running. */
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

/** Documents with pending work. */
export async function pendingWork(workspace: Workspace): Promise<number[]> {
  return column(
    `SELECT o.document_id AS value FROM outbox o JOIN documents d ON d.id = o.document_id
     WHERE d.workspace_id = ?1 ORDER BY 1`,
    workspace.id,
  );
}

/** Ids of vectors that wait to be collected. */
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

/** Ids of those of the vectors that Vectorize holds. */
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

/** An article of one section a topic, each long enough for several chunks. */
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
