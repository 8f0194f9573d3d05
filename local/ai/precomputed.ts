import { toHex } from "./embedding-cache.ts";
import { EMBEDDING_DIMENSIONS } from "./embedding-model.ts";

/**
 * Embeddings kept in the repository, so that a first start computes none for the demo's documents: `demo/embeddings.bin`, which
 * `npm run demo:embeddings` writes. A record is a text's cache key (the SHA-256 of model and text) and its vector as
 * little-endian 16-bit floats. An embedding of another model or of an edited text has another key, so it is not found.
 */
const KEY_BYTES = 32;
const RECORD_BYTES = KEY_BYTES + EMBEDDING_DIMENSIONS * Float16Array.BYTES_PER_ELEMENT;

export type Precomputed = ReadonlyMap<string, Float32Array>;

/** @throws Error if the file is damaged */
export function readPrecomputed(file: Uint8Array): Precomputed {
  if (file.length % RECORD_BYTES !== 0)
    throw new Error("The file of precomputed embeddings is damaged: npm run demo:embeddings");
  const found = new Map<string, Float32Array>();
  for (let at = 0; at < file.length; at += RECORD_BYTES) {
    // A copy, because a view of 16-bit numbers has to begin at an even place of its buffer.
    const record = new Uint8Array(file.subarray(at, at + RECORD_BYTES));
    const values = new Float16Array(record.buffer, KEY_BYTES, EMBEDDING_DIMENSIONS);
    found.set(toHex(record.subarray(0, KEY_BYTES)), Float32Array.from(values));
  }
  return found;
}

/** The file's bytes. Sorted by key, so that equal embeddings make equal files. */
export function writePrecomputed(embeddings: Precomputed): Uint8Array {
  const sorted = [...embeddings].toSorted(([left], [right]) => (left < right ? -1 : 1));
  const file = new Uint8Array(sorted.length * RECORD_BYTES);
  for (const [index, [key, vector]] of sorted.entries()) {
    const digits = key.match(/../g) ?? [];
    file.set(
      digits.map((byte) => Number.parseInt(byte, 16)),
      index * RECORD_BYTES,
    );
    file.set(new Uint8Array(Float16Array.from(vector).buffer), index * RECORD_BYTES + KEY_BYTES);
  }
  return file;
}

let loaded: Precomputed | undefined;

/** Reads the file once an isolate. A platform without files (the evaluation's) has no precomputed embeddings. */
export async function loadPrecomputed(files: Fetcher | undefined): Promise<Precomputed> {
  if (!files) return new Map();
  loaded ??= await load(files);
  return loaded;
}

async function load(files: Fetcher): Promise<Precomputed> {
  const response = await files.fetch("http://model/precomputed.bin");
  if (!response.ok)
    throw new Error(`The precomputed embeddings cannot be read: ${response.status}`);
  return readPrecomputed(await response.bytes());
}
