import { WorkerEntrypoint } from "cloudflare:workers";
import type { PlatformEnv } from "./env.ts";
import * as faults from "./faults.ts";
import { INDEXES } from "./vectorize/vectorize.ts";

/** The tests' handle on the platform. Bound as `CONTROL` in tests only: the application never sees it. */
export class Control extends WorkerEntrypoint<PlatformEnv> {
  failNext(plan: faults.FaultPlan): void {
    faults.failNext(plan);
  }

  /** What the next text generation answers, byte for byte; no model is asked. */
  scriptChat(script: faults.ChatScript): void {
    faults.scriptChat(script);
  }

  /** The latest text generation calls, oldest first, with all that the model was given. */
  chats(): faults.RecordedChat[] {
    return faults.recordedChats();
  }

  stats(): typeof faults.stats {
    return { ...faults.stats };
  }

  setVectorizeDelay(ms: number): void {
    faults.overrideVectorizeDelay(ms);
  }

  /** Makes every accepted mutation visible now. */
  async settleVectorize(): Promise<void> {
    for (const { store } of Object.values(INDEXES)) await this.env.STORE.getByName(store).settle();
  }

  /** Forgets plans, scripts, counts and the delay; stored vectors stay. */
  reset(): void {
    faults.resetFaults();
  }
}
