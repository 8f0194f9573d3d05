import type { PlatformEnv } from "../env.ts";
import { stats } from "../faults.ts";
import { embeddingCache, embeddingKey } from "./embedding-cache.ts";
import { invalidInput } from "./errors.ts";
import { EMBEDDING_DIMENSIONS, EMBEDDING_MODEL, LOCAL_DIMENSIONS } from "./embedding-model.ts";
import { embedByServer, forwardedModelId } from "./forwarded-embeddings.ts";
import { loadPrecomputed } from "./precomputed.ts";

/** https://developers.cloudflare.com/workers-ai/models/ (every embedding model): at most 100 texts a call. */
const MAX_TEXTS = 100;

export interface Embeddings {
  shape: [number, number];
  data: number[][];
  pooling: "mean";
}

/** A model that computes embeddings, and what the vectors it computes are cached by. */
interface Source {
  model: string;
  dimensions: number;
  compute(texts: string[]): Promise<Float32Array[]>;
}

/**
 * Returns what Workers AI's embedding models return, or undefined if this platform has no such embedding model. Inputs that
 * their schema rejects throw the service's error 5006.
 */
export async function runEmbeddings(
  env: PlatformEnv,
  ctx: ExecutionContext,
  model: string,
  inputs: unknown,
): Promise<Embeddings | undefined> {
  const source = sourceOf(env, model);
  if (!source) return undefined;
  const vectors = await embedAll(env, ctx, source, parseTexts(inputs));
  const dimensions = LOCAL_DIMENSIONS[model] ?? vectors[0]?.length ?? 0;
  return {
    shape: [vectors.length, dimensions],
    data: vectors.map((vector) => shortened(vector, dimensions)),
    pooling: "mean",
  };
}

function sourceOf(env: PlatformEnv, model: string): Source | undefined {
  if (LOCAL_DIMENSIONS[model] !== undefined) {
    return {
      model: EMBEDDING_MODEL,
      dimensions: EMBEDDING_DIMENSIONS,
      compute: (texts) => env.ENGINE.getByName("engine").embed(texts),
    };
  }
  const { LOCAL_EMBEDDING_URL: url, LOCAL_EMBEDDING_MODEL: name, LOCAL_EMBEDDING_KEY: key } = env;
  if (!url || !name || model !== forwardedModelId({ model: name })) return undefined;
  return {
    model,
    dimensions: Number(env.VECTOR_DIMENSIONS),
    compute: (texts) => embedByServer({ url, model: name, key }, texts),
  };
}

function shortened(vector: Float32Array, dimensions: number): number[] {
  if (dimensions >= vector.length) return Array.from(vector);
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
  { model, dimensions, compute }: Source,
  texts: string[],
): Promise<Float32Array[]> {
  const cache = embeddingCache(env);
  const keys = await Promise.all(texts.map((text) => embeddingKey(model, text)));
  const precomputed = await loadPrecomputed(env.MODEL);
  const found = await Promise.all(
    keys.map(async (key) => precomputed.get(key) ?? toVector(await cache?.get(key), dimensions)),
  );

  const missing = texts.filter((_, index) => !found[index]);
  const computed = missing.length > 0 ? await compute(missing) : [];
  stats.textsRequested += texts.length;
  stats.textsComputed += missing.length;
  stats.cacheHits += texts.length - missing.length;

  let next = 0;
  return texts.map((_, index) => {
    const known = found[index];
    if (known) return known;
    const vector = computed[next++];
    if (!vector) throw new Error("The embedding model lost a text.");
    const key = keys[index];
    if (cache && key) ctx.waitUntil(cache.put(key, vector.slice().buffer).catch(() => undefined));
    return vector;
  });
}

/** Undefined if the bytes are no whole vector of the model: a crash may leave a shorter file. */
function toVector(
  bytes: ArrayBuffer | null | undefined,
  dimensions: number,
): Float32Array | undefined {
  const isWhole = bytes?.byteLength === dimensions * Float32Array.BYTES_PER_ELEMENT;
  return isWhole ? new Float32Array(bytes) : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
