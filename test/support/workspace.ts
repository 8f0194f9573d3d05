import { sha256Hex } from "../../src/crypto/hash.ts";
import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, vi } from "vitest";
import { createApp } from "../../src/app.ts";
import type { ChatResult } from "../../src/protocols/chat-schema.ts";
import type { ConversationView } from "../../src/conversations/schema.ts";
import type { Env } from "../../src/env.ts";
import { confirmVectors } from "../../src/knowledge/ingest/confirm-vectors.ts";
import { claimSlice } from "../../src/knowledge/ingest/outbox.ts";
import { createServices } from "../../src/services.ts";

const app = createApp();

export interface Document {
  title: string;
  content: string;
  url?: string;
  content_type?: string;
  metadata?: object;
}

export interface Workspace {
  id: string;
  publishable: string;
  secret: string;
}

/** A workspace of its own, so that no test can see what another one stored. */
export async function createWorkspace(
  documents: Record<string, Document> = {},
): Promise<Workspace> {
  const name = crypto.randomUUID().replaceAll("-", "");
  const workspace = { id: `ws_${name}`, publishable: `pk_${name}`, secret: `sk_${name}` };
  await env.DB.prepare(
    `INSERT INTO workspaces (id, name, secret, created_at) VALUES (?1, 'Test', 'secret', 0)`,
  )
    .bind(workspace.id)
    .run();
  await addKey(workspace, workspace.publishable, "publishable", ["chat"]);
  await addKey(workspace, workspace.secret, "secret", ["chat", "documents", "insight", "admin"]);
  await ingest(workspace, documents);
  return workspace;
}

export async function addKey(
  workspace: Workspace,
  key: string,
  kind: "publishable" | "secret",
  scopes: string[],
): Promise<void> {
  await env.DB.prepare(
    `INSERT INTO api_keys (id, workspace_id, kind, hash, scopes, created_at) VALUES (?1, ?2, ?3, ?4, ?5, 0)`,
  )
    .bind(crypto.randomUUID(), workspace.id, kind, await sha256Hex(key), JSON.stringify(scopes))
    .run();
}

/** Uploads documents through the API and waits until both legs find them. */
export async function ingest(
  workspace: Workspace,
  documents: Record<string, Document>,
): Promise<void> {
  for (const [id, document] of Object.entries(documents)) {
    const response = await call(workspace.secret, "PUT", `/v1/documents/${id}`, document);
    expect(response.status).toBe(202);
  }
  for (const id of Object.keys(documents)) {
    await vi.waitFor(
      async () => {
        const response = await call(workspace.secret, "GET", `/v1/documents/${id}`);
        const stages = { vectors_at: expect.any(String) };
        expect(await response.json()).toMatchObject({ status: "live", stages });
      },
      { timeout: 30_000 },
    );
  }
  await showVectors();
}

/** Has the index show all vectors that it has accepted, and the application see them. */
export async function showVectors(): Promise<void> {
  await env.CONTROL.settleVectorize();
  await env.DB.prepare(`UPDATE outbox SET due_at = 0 WHERE stage = 'confirm'`).run();
  const services = createServices(env, createExecutionContext());
  for (let documents = 1; documents > 0;) {
    const claim = claimSlice(services.db, "confirm", "test", services.now());
    ({ documents } = await confirmVectors(services, claim, "test"));
  }
}

/** One request to the application, whose configuration and bindings `overrides` can replace. */
export async function call(
  key: string,
  method: string,
  path: string,
  body?: unknown,
  { overrides = {}, headers = {}, context = createExecutionContext() }: CallOptions = {},
): Promise<Response> {
  const request = new Request(`https://edgewise.test${path}`, {
    method,
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json", ...headers },
    ...(body === undefined ? {} : { body: encode(body) }),
  });
  const response = await app.fetch(request, { ...env, ...overrides }, context);
  if (!response.headers.get("content-type")?.startsWith("text/event-stream"))
    await waitOnExecutionContext(context);
  return response;
}

/** Asks a question whose answer streams. The response is at its beginning, and the turn runs on. */
export async function startTurn(
  workspace: Workspace,
  message: string,
  overrides: Partial<Env>,
): Promise<{ body: ReadableStream<Uint8Array>; context: ExecutionContext }> {
  const context = createExecutionContext();
  const options = { overrides, context };
  const response = await call(workspace.publishable, "POST", "/v1/chat", { message }, options);
  expect(response.status).toBe(200);
  return { body: response.body as ReadableStream<Uint8Array>, context };
}

interface CallOptions {
  overrides?: Partial<Env>;
  headers?: Record<string, string>;
  /** The caller waits on it for the work that outlives a streamed response. For other responses `call` waits. */
  context?: ExecutionContext;
}

function encode(body: unknown): string | Uint8Array {
  return typeof body === "string" || body instanceof Uint8Array ? body : JSON.stringify(body);
}

/** Changes the release that answers in a workspace. */
export async function publish(workspace: Workspace, overlay: object): Promise<void> {
  const response = await call(workspace.secret, "PUT", "/v1/releases/live", overlay);
  expect(response.status).toBe(200);
}

/** The tokens of the conversations that `ask` has begun, as a page would keep them. */
const tokens = new Map<string, string>();

/** The header that opens a conversation which `ask` has begun. */
export function tokenOf(conversationId: string | undefined): Record<string, string> {
  const token = tokens.get(conversationId ?? "");
  return token ? { "x-conversation-token": token } : {};
}

/** One turn as an object, in the conversation of an earlier one or a new one. */
export async function ask(
  workspace: Workspace,
  body: string | { message: string; conversation_id?: string; metadata?: object },
  overrides: Partial<Env> = {},
  headers: Record<string, string> = {},
): Promise<ChatResult> {
  const question = typeof body === "string" ? { message: body } : body;
  const response = await call(workspace.publishable, "POST", "/v1/chat", question, {
    overrides,
    headers: { accept: "application/json", ...tokenOf(question.conversation_id), ...headers },
  });
  const result = await response.json<ChatResult>();
  expect(response.status, JSON.stringify(result)).toBe(200);
  if (result.conversation_token) tokens.set(result.conversation_id, result.conversation_token);
  return result;
}

/** Reads a conversation with the workspace's secret key. */
export async function readConversation(
  workspace: Workspace,
  id: string,
): Promise<ConversationView> {
  const response = await call(workspace.secret, "GET", `/v1/conversations/${id}`);
  expect(response.status).toBe(200);
  return await response.json<ConversationView>();
}

/** How many conversations and messages a workspace has stored. */
export async function countStored(workspace: Workspace): Promise<number> {
  const row = await env.DB.prepare(
    `SELECT (SELECT count(*) FROM conversations WHERE workspace_id = ?1)
       + (SELECT count(*) FROM messages WHERE workspace_id = ?1) AS stored`,
  )
    .bind(workspace.id)
    .first<{ stored: number }>();
  return row?.stored ?? -1;
}

/** Expects that each quote is verbatim in the stored text, and that the answer's markers are exactly those of the citations. */
export async function expectVerified(workspace: Workspace, result: ChatResult): Promise<void> {
  const markers = Array.from(result.text.matchAll(/\[(\d+)\]/g), ([, n]) => Number(n));
  expect(new Set(markers)).toEqual(new Set(result.citations.map(({ n }) => n)));
  for (const { external_id, quote, n } of result.citations) {
    expect(quote.length).toBeGreaterThan(10);
    const { results } = await env.DB.prepare(
      `SELECT c.text FROM chunks c JOIN documents d ON d.id = c.document_id
       WHERE d.workspace_id = ?1 AND d.external_id = ?2`,
    )
      .bind(workspace.id, external_id)
      .all<{ text: string }>();
    expect(results.some(({ text }) => text.includes(quote))).toBe(true);
    expect(result.sources.find((source) => source.n === n)?.external_id).toBe(external_id);
  }
}

export const HELP_CENTRE: Record<string, Document> = {
  shipping: {
    title: "Shipping times and costs",
    url: "https://help.example.com/shipping",
    content:
      "# Shipping\n\nStandard delivery to Germany takes 3 working days and costs 4.90 euros. " +
      "Parcels to Canada take 12 working days and cost 19 euros.\n\n" +
      "## Tracking\n\nYou receive a tracking link by email as soon as the parcel leaves our warehouse.",
  },
  returns: {
    title: "Returning an order",
    url: "https://help.example.com/returns",
    content:
      "# Returns\n\nYou can return unused items within 45 days of delivery for a full refund. " +
      "The refund reaches your bank account within 7 days after the warehouse has received the parcel.",
  },
  pump: {
    title: "Cleaning the pump",
    content:
      "# Cleaning the pump\n\n- Unplug the garden and lift out the reservoir\n- Rinse the pump under lukewarm water\n" +
      "- Soak the pump in vinegar for one hour to remove limescale",
  },
};

export const CHAT_MODEL = "@cf/zai-org/glm-4.7-flash";
export const SMALL_CHAT_MODEL = "@cf/google/gemma-4-26b-a4b-it";
