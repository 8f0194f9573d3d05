import type { PlatformEnv } from "../env.ts";
import { stats } from "../faults.ts";
import { embeddingCache, embeddingKey } from "./embedding-cache.ts";
import { invalidInput } from "./errors.ts";
import { EMBEDDING_DIMENSIONS, EMBEDDING_MODEL } from "./embedding-model.ts";

/** https://developers.cloudflare.com/workers-ai/models/ (every embedding model): at most 100 texts a call. */
const MAX_TEXTS = 100;

export interface Embeddings {
  shape: [number, number];
  data: number[][];
  pooling: "mean";
}

/** Returns what Workers AI's embedding models return. Inputs that their schema rejects throw the service's error 5006. */
export async function runEmbeddings(
  env: PlatformEnv,
  ctx: ExecutionContext,
  inputs: unknown,
  dimensions: number,
): Promise<Embeddings> {
  const texts = parseTexts(inputs);
  const vectors = await embedAll(env, ctx, texts);
  return {
    shape: [vectors.length, dimensions],
    data: vectors.map((vector) => shortened(vector, dimensions)),
    pooling: "mean",
  };
}

function shortened(vector: Float32Array, dimensions: number): number[] {
  if (dimensions === vector.length) return Array.from(vector);
  const beginning = Array.from(vector.subarray(0, dimensions));
  const length = Math.hypot(...beginning);
  return beginning.map((value) => value / length);
}

function parseTexts(inputs: unknown): string[] {
  const text: unknown = isRecord(inputs) ? inputs["text"] : undefined;
  if (text === undefined || text === null)
    throw invalidInput("required properties at '/' are 'text'");
  const texts: unknown[] = Array.isArray(text) ? text : [text];
  if (texts.length === 0) throw invalidInput("Length of '/text' must be >= 1 not met");
  if (texts.length > MAX_TEXTS)
    throw invalidInput(`Length of '/text' must be <= ${MAX_TEXTS} not met`);
  return texts.map((item, index) => {
    const path = Array.isArray(text) ? `/text/${index}` : "/text";
    if (typeof item !== "string")
      throw invalidInput(`Type mismatch of '${path}', 'string' not in '${typeof item}'`);
    if (item === "") throw invalidInput(`Length of '${path}' must be >= 1 not met`);
    return item;
  });
}

async function embedAll(
  env: PlatformEnv,
  ctx: ExecutionContext,
  texts: string[],
): Promise<Float32Array[]> {
  const cache = embeddingCache(env);
  const keys = await Promise.all(texts.map((text) => embeddingKey(EMBEDDING_MODEL, text)));
  const found = await Promise.all(keys.map(async (key) => (cache ? cache.get(key) : null)));

  const missing = texts.filter((_, index) => !isVector(found[index]));
  const computed = missing.length > 0 ? await env.ENGINE.getByName("engine").embed(missing) : [];
  stats.textsRequested += texts.length;
  stats.textsComputed += missing.length;
  stats.cacheHits += texts.length - missing.length;

  let next = 0;
  return texts.map((_, index) => {
    const bytes = found[index];
    if (isVector(bytes)) return new Float32Array(bytes);
    const vector = computed[next++];
    if (!vector) throw new Error("The embedding queue lost a text.");
    const key = keys[index];
    if (cache && key) ctx.waitUntil(cache.put(key, vector.slice().buffer).catch(() => undefined));
    return vector;
  });
}

/** Whether the bytes are a whole vector. A crash may leave a shorter file. */
function isVector(bytes: ArrayBuffer | null | undefined): bytes is ArrayBuffer {
  return bytes?.byteLength === EMBEDDING_DIMENSIONS * Float32Array.BYTES_PER_ELEMENT;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
