import { WorkerEntrypoint } from "cloudflare:workers";
import type { PlatformEnv } from "./env.ts";
import * as faults from "./faults.ts";
import { INDEXES } from "./vectorize/vectorize.ts";

/** Lets tests control the platform. It is bound as `CONTROL` in tests only, so the application never has it. */
export class Control extends WorkerEntrypoint<PlatformEnv> {
  failNext(plan: faults.FaultPlan): void {
    faults.failNext(plan);
  }

  /** Scripts the next text generation byte for byte; no model is called. */
  scriptChat(script: faults.ChatScript): void {
    faults.scriptChat(script);
  }

  /** The latest text generation calls with their complete inputs, oldest first. */
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

  /** Clears planned faults, scripts, counts and the delay. Stored vectors stay. */
  reset(): void {
    faults.resetFaults();
  }
}
