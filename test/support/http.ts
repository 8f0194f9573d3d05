import { DEMO_KEYS } from "../../local/config.ts";

export type Json = Record<string, unknown>;

/** A request to a running instance with one of the development keys. */
export async function request(
  url: string,
  method: string,
  path: string,
  body?: unknown,
  { key = DEMO_KEYS.secret, accept = "application/json", signal }: RequestOptions = {},
): Promise<Response> {
  return await fetch(`${url}${path}`, {
    method,
    headers: { authorization: `Bearer ${key}`, accept, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(signal ? { signal } : {}),
  });
}

interface RequestOptions {
  key?: string;
  accept?: string;
  signal?: AbortSignal;
}

export async function requestJson(...args: Parameters<typeof request>): Promise<Json> {
  const response = await request(...args);
  return JSON.parse(await response.text());
}
