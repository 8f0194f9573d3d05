import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, inject } from "vitest";
import { createApp } from "../../src/app.ts";
import type { Env } from "../../src/env.ts";
import { createSafeFetch } from "../../src/http/safe-fetch.ts";
import type { ChatResult } from "../../src/protocols/chat-schema.ts";
import { createServices } from "../../src/services.ts";
import type { ShopCall, ShopFault } from "./shop-backend.ts";
import { call, tokenOf, type Workspace } from "./workspace.ts";

const PUBLIC = "93.184.216.34";

/** The application, whose calls to other hosts reach the tests' shop: only the resolver and the transport are injected. */
const app = createApp((bindings, context) => ({
  ...createServices(bindings, context),
  safeFetch: createSafeFetch({
    resolve: async () => [PUBLIC],
    fetch: (url, init) => {
      const { host, pathname, search } = new URL(url);
      const headers = { ...(init.headers as Record<string, string>), "x-shop-host": host };
      return fetch(`${inject("shop")}${pathname}${search}`, { ...init, headers });
    },
  }),
}));

export interface Shop {
  host: string;
  /** Stores an item of the playbook. */
  put: (path: string, body: object) => Promise<Record<string, unknown>>;
  fault: (fault: ShopFault) => Promise<void>;
  calls: () => Promise<ShopCall[]>;
  say: (message: string, options?: Saying) => Promise<ChatResult>;
}

export interface Saying {
  conversation?: ChatResult | undefined;
  confirm?: string | undefined;
  /** A visitor's JWT. */
  visitor?: string | undefined;
  overrides?: Partial<Env>;
}

export const SIGNING = "a-signing-secret-of-the-shop-0123456789";

/** A shop that the workspace may call, with these orders. */
export async function openShop(
  workspace: Workspace,
  orders: Record<string, object>,
): Promise<Shop> {
  const host = `s${crypto.randomUUID().replaceAll("-", "")}.shop.example`;
  const control = (path: string, body?: object): Promise<Response> =>
    fetch(`${inject("shop")}${path}`, {
      method: body ? "POST" : "GET",
      headers: { "x-shop-host": host },
      ...(body && { body: JSON.stringify(body) }),
    });
  await control("/_setup", { secret: SIGNING, orders });
  const settings = await call(workspace.secret, "PATCH", "/v1/settings", { tool_hosts: [host] });
  expect(settings.status).toBe(200);
  const tokens = new Map<string, string>();
  return {
    host,
    async put(path, body) {
      const response = await call(workspace.secret, "PUT", path, body);
      const stored = await response.json<Record<string, unknown>>();
      expect(response.status, JSON.stringify(stored)).toBe(200);
      return stored;
    },
    fault: async (fault) => void (await control("/_setup", { faults: [fault] })),
    calls: async () => await (await control("/_calls")).json<ShopCall[]>(),
    async say(message, { conversation, confirm, visitor, overrides = {} } = {}) {
      const context = createExecutionContext();
      const id = conversation?.conversation_id;
      const token = tokens.get(id ?? "");
      const request = new Request("https://edgewise.test/v1/chat", {
        method: "POST",
        headers: {
          authorization: `Bearer ${workspace.publishable}`,
          "content-type": "application/json",
          accept: "application/json",
          ...tokenOf(id),
          ...(token && { "x-conversation-token": token }),
          ...(visitor && { "x-visitor-token": visitor }),
        },
        body: JSON.stringify({
          message,
          ...(id && { conversation_id: id }),
          ...(confirm && { confirm }),
        }),
      });
      const response = await app.fetch(request, { ...env, ...overrides }, context);
      const result = await response.json<ChatResult>();
      await waitOnExecutionContext(context);
      expect(response.status, JSON.stringify(result)).toBe(200);
      if (result.conversation_token) tokens.set(result.conversation_id, result.conversation_token);
      return result;
    },
  };
}
