import { DurableObject } from "cloudflare:workers";
import type { PlatformEnv } from "../env.ts";
import { loadMiniLm } from "./minilm.ts";

interface Job {
  text: string;
  resolve: (vector: Float32Array) => void;
  reject: (reason: unknown) => void;
}

/**
 * One line for the one CPU. A call with a single text is a visitor's question and goes before what is left of any batch
 * of passages. A Durable Object, because its callers share one I/O context: a caller that disconnects cannot take the
 * promise that others wait for with it.
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
      // Inference holds the thread; only between two texts can the next call get in line.
      await scheduler.wait(0);
    }
    this.#running = false;
  }

  #next(): Job | undefined {
    return this.#urgent.shift() ?? this.#bulk.shift();
  }
}
