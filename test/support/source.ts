import type { Services } from "../../src/runtime/services.ts";
import type { SourceWakeUp } from "../../src/runtime/messages.ts";
import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect } from "vitest";
import { createApp } from "../../src/app.ts";
import type { Env } from "../../src/env.ts";
import { createSafeFetch } from "../../src/http/safe-fetch.ts";
import { consumeSourceWakeUps } from "../../src/webhooks/consumer.ts";
import type { EventView, SourceView } from "../../src/webhooks/schema.ts";
import type { SourceType } from "../../src/webhooks/source-types.ts";
import { call, createWorkspace, type Workspace } from "./workspace.ts";
import { SILENT, SILENT_QUEUES, withServices } from "./pipeline.ts";
import { senders } from "./senders.ts";

const app = createApp();

export interface TestSource {
  workspace: Workspace;
  id: string;
  type: SourceType;
}

export async function register(
  type: SourceType,
  {
    workspace,
    ...body
  }: {
    workspace?: Workspace;
    name?: string;
    secrets?: string[];
    token?: string;
    options?: object;
  } = {},
): Promise<TestSource> {
  const owner = workspace ?? (await createWorkspace());
  const { secret, options, token } = senders[type];
  const response = await call(owner.secret, "POST", "/v1/sources", {
    type,
    secrets: [secret],
    ...(token === undefined ? {} : { token }),
    ...body,
    options: { ...options, ...body.options },
  });
  const created = await response.json<SourceView>();
  expect([response.status, created]).toEqual([201, expect.any(Object)]);
  return { workspace: owner, id: created.id, type };
}

export interface DeliveryOptions {
  secret?: string;
  at?: number;
  id?: string;
  topic?: string;
  /** Added to the sender's own headers, or replacing them. */
  headers?: Record<string, string>;
  overrides?: Partial<Env>;
}

let deliveries = 0;

/** Sends a body as the source's vendor would. */
export async function deliver(
  source: TestSource,
  body: object | string,
  {
    secret = senders[source.type].secret,
    at = Date.now(),
    id = `delivery-${++deliveries}`,
    headers = {},
    overrides,
    topic,
  }: DeliveryOptions = {},
): Promise<Response> {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const path = `/v1/webhooks/${source.id}`;
  const signed = await senders[source.type].sign({ body: text, path, secret, at, id, topic });
  return post(source.id, text, { ...signed, ...headers }, overrides);
}

/** Sends a request to a source's webhook. The queue delivers nothing: tests run the consumer themselves. */
export async function post(
  sourceId: string,
  body: string | ReadableStream,
  headers: Record<string, string>,
  overrides: Partial<Env> = {},
): Promise<Response> {
  const context = createExecutionContext();
  const request = new Request(`https://edgewise.test/v1/webhooks/${sourceId}`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body,
  });
  const response = await app.fetch(request, { ...env, ...SILENT, ...overrides }, context);
  await waitOnExecutionContext(context);
  return response;
}

/** Delivers a body, applies its event, and returns the source's latest event. */
export async function deliverAndApply(
  source: TestSource,
  body: object,
  network: Network = noNetwork,
  options: DeliveryOptions = {},
): Promise<EventView> {
  const response = await deliver(source, body, options);
  expect([response.status, await response.clone().text()]).toEqual([202, expect.any(String)]);
  await serve(source, network);
  return readLatest(source);
}

export type Network = (url: URL, request: Request) => Response | Promise<Response>;

export const noNetwork: Network = (url) => {
  throw new Error(`Nothing should be fetched, but ${url.href} was`);
};

/** What an invocation sent. */
export interface Sent {
  toWebhooks: { source_id: string; delaySeconds: number | undefined }[];
  /** Statements that it ran. */
  statements: number;
}

/**
 * Delivers a message to the consumer of the webhooks queue, with this network behind the safe fetcher. Of all sources only this one is
 * due, because the consumer serves whichever are.
 */
export async function serve(
  source: Pick<TestSource, "id">,
  network: Network = noNetwork,
  overrides: Partial<Services> = {},
): Promise<Sent> {
  await env.DB.prepare(`UPDATE sources SET next_at = NULL WHERE id <> ?1`).bind(source.id).run();
  return consumeWakeUp(source.id, { safeFetch: fetcherOf(network), ...overrides });
}

/** Delivers a message to the consumer of the webhooks queue, which serves whatever sources are due. */
export async function consumeWakeUp(
  sourceId: string,
  overrides: Partial<Services> = {},
  attempts = 1,
): Promise<Sent> {
  const sent: Sent = { toWebhooks: [], statements: 0 };
  const message = {
    id: "m",
    timestamp: new Date(),
    attempts,
    body: { source_id: sourceId },
    ack: () => {},
    retry: () => {},
  };
  const consume = async (services: Services): Promise<void> => {
    await consumeSourceWakeUps([message], services);
    sent.statements = services.calls.statements;
  };
  await withServices(consume, {
    ...SILENT_QUEUES,
    webhooksQueue: {
      send: async ({ source_id }: SourceWakeUp, options?: QueueSendOptions) =>
        void sent.toWebhooks.push({ source_id, delaySeconds: options?.delaySeconds }),
    } as unknown as Services["webhooksQueue"],
    ...overrides,
  });
  return sent;
}

export function fetcherOf(network: Network): Services["safeFetch"] {
  return createSafeFetch({
    fetch: async (url, init) => network(new URL(url), new Request(url, init)),
    resolve: async () => ["93.184.216.34"],
  });
}

export async function readEvents(source: TestSource, query = ""): Promise<EventView[]> {
  const response = await call(
    source.workspace.secret,
    "GET",
    `/v1/sources/${source.id}/events${query}`,
  );
  expect(response.status).toBe(200);
  return (await response.json<{ events: EventView[] }>()).events;
}

async function readLatest(source: TestSource): Promise<EventView> {
  const [latest] = await readEvents(source, "?limit=1");
  if (!latest) throw new Error("The source has no event");
  return latest;
}

export async function readSource(source: TestSource): Promise<SourceView> {
  const response = await call(source.workspace.secret, "GET", `/v1/sources/${source.id}`);
  expect(response.status).toBe(200);
  return response.json<SourceView>();
}

export interface StoredDocument {
  external_id: string;
  title: string;
  content: string;
  content_type: string;
  url: string | null;
  audience: string;
  language: string | null;
  status: string;
}

/** The workspace's documents, deleted ones included, as they are stored. */
export async function documentsOf({ workspace }: TestSource): Promise<StoredDocument[]> {
  const { results } = await env.DB.prepare(
    `SELECT external_id, title, content, content_type, url, audience, language, status FROM documents
     WHERE workspace_id = ?1 ORDER BY external_id`,
  )
    .bind(workspace.id)
    .all<StoredDocument>();
  return results;
}

/** The content of each document that is not deleted, by external id. */
export async function present(source: TestSource): Promise<Record<string, string>> {
  const rows = (await documentsOf(source)).filter(({ status }) => status !== "deleted");
  return Object.fromEntries(rows.map(({ external_id, content }) => [external_id, content]));
}
