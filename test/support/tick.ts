import { createExecutionContext, createScheduledController } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { vi } from "vitest";
import type { Env } from "../../src/env.ts";
import worker from "../../src/index.ts";

/** One cron tick, at a time that may lie ahead. */
export async function tick({
  later = 0,
  overrides = {},
}: { later?: number; overrides?: Partial<Env> } = {}): Promise<void> {
  const time = Date.now() + later;
  const clock = vi.spyOn(Date, "now").mockReturnValue(time);
  try {
    await worker.scheduled(
      createScheduledController({ scheduledTime: new Date(time), cron: "*/5 * * * *" }),
      { ...env, ...overrides },
      createExecutionContext(),
    );
  } finally {
    clock.mockRestore();
  }
}
