import { DurableObject } from "cloudflare:workers";
import type { PlatformEnv } from "../env.ts";
import { loadMiniLm } from "./minilm.ts";

interface Job {
  text: string;
  resolve: (vector: Float32Array) => void;
  reject: (reason: unknown) => void;
}

/** A wait of a millisecond that takes longer found other work. */
const IDLE_MS = 3;
const MAX_WAITS = 50;

/**
 * Inference blocks the thread of all Workers. Between two texts, requests, the database and the queues go on until they have nothing to do,
 * as they would beside a service that embeds elsewhere.
 */
async function othersHaveRun(): Promise<void> {
  for (let waits = 0; waits < MAX_WAITS; waits++) {
    const before = Date.now();
    await scheduler.wait(1);
    if (Date.now() - before < IDLE_MS) return;
  }
}

/**
 * One queue for the one CPU. A call with a single text is a visitor's question, so it goes before all batches of passages. It
 * is a Durable Object so that its callers share one I/O context: a caller that disconnects then does not cancel a promise
 * that others wait for.
 */
export class EmbeddingQueue extends DurableObject<PlatformEnv> {
  #urgent: Job[] = [];
  #bulk: Job[] = [];
  #running = false;

  async embed(texts: string[]): Promise<Float32Array[]> {
    const line = texts.length === 1 ? this.#urgent : this.#bulk;
    const vectors = texts.map(
      (text) =>
        new Promise<Float32Array>((resolve, reject) => line.push({ text, resolve, reject })),
    );
    if (!this.#running) this.ctx.waitUntil(this.#drain());
    return Promise.all(vectors);
  }

  async #drain(): Promise<void> {
    this.#running = true;
    for (let job = this.#next(); job; job = this.#next()) {
      try {
        const embedText = await loadMiniLm(this.env.MODEL);
        job.resolve(embedText(job.text));
      } catch (error) {
        job.reject(error);
      }
      await othersHaveRun();
    }
    this.#running = false;
  }

  #next(): Job | undefined {
    return this.#urgent.shift() ?? this.#bulk.shift();
  }
}
