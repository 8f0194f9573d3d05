import { WorkerEntrypoint } from "cloudflare:workers";
import type { PlatformEnv } from "../env.ts";
import { stats, takeFault, vectorizeDelay, type FaultKind } from "../faults.ts";
import {
  checkId,
  checkIds,
  checkQueryOptions,
  checkQueryVector,
  checkVectors,
} from "./contract.ts";
import { statusError, vectorizeError, type Operation } from "./errors.ts";
import type { VectorStore } from "./vector-store.ts";

/** The stores behind the bindings, and the variables that say what they hold. */
export const INDEXES = {
  VECTORIZE: { store: "index", dimensions: "VECTOR_DIMENSIONS" },
  VECTORIZE_NEXT: { store: "next", dimensions: "NEXT_VECTOR_DIMENSIONS" },
} as const;

/** Implements `env.VECTORIZE`: makes the checks of the service, then calls the store. */
export class Vectorize extends WorkerEntrypoint<PlatformEnv> {
  async describe(): Promise<object> {
    this.#begin("INDEX_GET");
    return await this.#store().describe(this.#dimensions());
  }

  async query(
    vector: ArrayLike<number>,
    options?: VectorizeQueryOptions,
  ): Promise<VectorizeMatches> {
    const fault = this.#begin("VECTOR_QUERY");
    const query = checkQueryOptions(options);
    // "wrong-dimensions" simulates an index that was created for another model.
    const dimensions = this.#dimensions() + (fault === "wrong-dimensions" ? 1 : 0);
    return await this.#store().query(checkQueryVector(vector, dimensions), query);
  }

  async queryById(id: string, options?: VectorizeQueryOptions): Promise<VectorizeMatches> {
    this.#begin("VECTOR_QUERY");
    checkId("VECTOR_QUERY", id);
    const query = checkQueryOptions(options);
    const found = await this.#store().queryById(id, query);
    if (!found) throw vectorizeError("VECTOR_QUERY", 40027, `vector with id="${id}" not found`);
    return found;
  }

  async getByIds(ids: string[]): Promise<VectorizeVector[]> {
    this.#begin("VECTOR_GET");
    return await this.#store().getByIds(checkIds("VECTOR_GET", ids));
  }

  insert(vectors: VectorizeVector[]): Promise<VectorizeAsyncMutation> {
    return this.#write("VECTOR_INSERT", vectors);
  }

  upsert(vectors: VectorizeVector[]): Promise<VectorizeAsyncMutation> {
    return this.#write("VECTOR_UPSERT", vectors);
  }

  async deleteByIds(ids: string[]): Promise<VectorizeAsyncMutation> {
    this.#begin("VECTOR_DELETE");
    return await this.#store().delete(checkIds("VECTOR_DELETE", ids), vectorizeDelay(this.env));
  }

  async #write(
    operation: "VECTOR_INSERT" | "VECTOR_UPSERT",
    vectors: VectorizeVector[],
  ): Promise<VectorizeAsyncMutation> {
    const fault = this.#begin(operation);
    const dimensions = this.#dimensions() + (fault === "wrong-dimensions" ? 1 : 0);
    const checked = checkVectors(operation, vectors, dimensions);
    return await this.#store().write(
      operation === "VECTOR_INSERT" ? "insert" : "upsert",
      checked,
      vectorizeDelay(this.env),
    );
  }

  #begin(operation: Operation): FaultKind | undefined {
    stats.vectorizeCalls += 1;
    const fault = takeFault(this.env, "vectorize");
    if (fault === "capacity") throw vectorizeError(operation, 40041, "Too Many Requests");
    if (fault === "timeout") throw statusError(operation, 504);
    if (fault === "unavailable") throw statusError(operation, 500);
    return fault;
  }

  #dimensions(): number {
    return Number(this.env[this.#own().dimensions]);
  }

  #store(): DurableObjectStub<VectorStore> {
    return this.env.STORE.getByName(this.#own().store);
  }

  #own(): (typeof INDEXES)[keyof typeof INDEXES] {
    return this instanceof VectorizeNext ? INDEXES.VECTORIZE_NEXT : INDEXES.VECTORIZE;
  }
}

/** Implements `env.VECTORIZE_NEXT`: an index of other dimensions. */
export class VectorizeNext extends Vectorize {}
