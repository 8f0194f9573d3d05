import { expect } from "vitest";
import type { Receipt } from "../../src/privacy/erase.ts";
import { call, type Workspace } from "./workspace.ts";

export const pathOf = (subject: string): string => `/v1/visitors/${encodeURIComponent(subject)}`;

/** Requests an erasure and expects that this one request completes it. */
export async function erase(workspace: Workspace, path: string): Promise<Receipt> {
  const response = await call(workspace.secret, "DELETE", path);
  expect(response.status).toBe(200);
  return response.json<Receipt>();
}

export const rowsOf = ({ removed }: Receipt): Record<string, number> =>
  Object.fromEntries(removed.map(({ table, rows }) => [table, rows]));

export const NOTHING = {
  cached_answers: 0,
  turn_ledger: 0,
  handover_requested: 0,
  tool_calls: 0,
  messages: 0,
  visitors: 0,
  conversations: 0,
};
