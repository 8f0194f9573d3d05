import { DurableObject } from "cloudflare:workers";
import type { PlatformEnv } from "../env.ts";
import { loadMiniLm } from "./minilm.ts";

interface Job {
  text: string;
  resolve: (vector: Float32Array) => void;
  reject: (reason: unknown) => void;
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
      // Inference blocks the thread, so other calls can join the queue only between two texts.
      await scheduler.wait(0);
    }
    this.#running = false;
  }

  #next(): Job | undefined {
    return this.#urgent.shift() ?? this.#bulk.shift();
  }
}
