import { env } from "cloudflare:workers";
import { describe, expect, it, vi } from "vitest";
import type { Env } from "../../src/env.ts";
import { call, createWorkspace, type Workspace } from "../support/workspace.ts";
import { expectProblem } from "../support/expect-problem.ts";
import { beforeBatches } from "../support/batches.ts";
import { erase } from "../support/erasure.ts";
import { storeManyMessages, whereStored } from "../support/stored-text.ts";

/** A database whose nth batch and all later ones fail. */
const failingFromBatch = (nth: number): Partial<Env> =>
  beforeBatches((batch) => {
    if (batch >= nth) throw new Error("D1_ERROR: Network connection lost.");
  });

async function countMessages(workspace: Workspace): Promise<number> {
  const row = await env.DB.prepare(`SELECT count(*) AS n FROM messages WHERE workspace_id = ?1`)
    .bind(workspace.id)
    .first<{ n: number }>();
  return row?.n ?? -1;
}

describe("an erasure", () => {
  it("an interrupted erasure continues when it is requested again, and its receipt counts all of it", async () => {
    const error = vi.spyOn(console, "error").mockImplementation(() => {});
    const workspace = await createWorkspace();
    const { subject, word } = await storeManyMessages(workspace, 120, 1700);
    const path = `/v1/visitors/${subject}`;
    const left: number[] = [];
    for (const nth of [1, 2, 3, 4]) {
      const overrides = failingFromBatch(nth);
      const response = await call(workspace.secret, "DELETE", path, undefined, { overrides });
      await expectProblem(response, 500, "internal");
      left.push(await countMessages(workspace));
    }
    expect(left[1]).toBe(1700);
    expect(left[3]).toBeLessThan(left[2] ?? 0);
    expect(left[3]).toBeGreaterThan(0);
    const exported = await call(workspace.secret, "GET", `${path}/export`);
    expect((await exported.text()).split(`"text":"${word}"`)).toHaveLength((left[3] ?? 0) + 1);

    const receipt = await erase(workspace, path);
    expect(receipt.removed).toEqual([
      { store: "d1", table: "cached_answers", rows: 0 },
      { store: "d1", table: "turn_ledger", rows: 1700 },
      { store: "d1", table: "handover_requested", rows: 0 },
      { store: "d1", table: "tool_calls", rows: 0 },
      { store: "d1", table: "messages", rows: 1700 },
      { store: "d1", table: "visitors", rows: 1 },
      { store: "d1", table: "conversations", rows: 120 },
    ]);
    expect(await whereStored(word)).toEqual([]);
    const again = await erase(workspace, path);
    expect(again.removed.every(({ rows }) => rows === 0)).toBe(true);
    expect(error).toHaveBeenCalled();
    error.mockRestore();
  });

  it("an erasure that is requested twice at once is done once", async () => {
    const workspace = await createWorkspace();
    const { subject, word } = await storeManyMessages(workspace, 60, 1200);
    const receipts = await Promise.all(
      [1, 2, 3].map(() => erase(workspace, `/v1/visitors/${subject}`)),
    );
    expect(receipts.every(({ complete }) => complete)).toBe(true);
    const most = receipts.map(({ removed }) => removed.find(({ table }) => table === "messages"));
    expect(Math.max(...most.map((one) => one?.rows ?? -1))).toBe(1200);
    expect(await whereStored(word)).toEqual([]);
  });

  it("an erasure that is too large for one request says so, and continues", async () => {
    const workspace = await createWorkspace();
    const { subject } = await storeManyMessages(workspace, 2250, 2250);
    const path = `/v1/visitors/${subject}`;
    const first = await call(workspace.secret, "DELETE", path);
    expect(first.status).toBe(202);
    expect(await first.json()).toMatchObject({
      complete: false,
      completed_at: null,
      remains: [{ until: null }, { until: null }],
    });
    expect(await countMessages(workspace)).toBe(650);
    const receipt = await erase(workspace, path);
    expect(receipt.removed).toContainEqual({ store: "d1", table: "messages", rows: 2250 });
    expect(await countMessages(workspace)).toBe(0);
  });
});
