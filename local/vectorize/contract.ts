import { vectorizeError, type Operation } from "./errors.ts";
import { parseFilter, type Condition } from "./filter.ts";

/**
 * The service's limits: https://developers.cloudflare.com/vectorize/platform/limits/. The two limits on ids per call are
 * undocumented; beyond them the service returns 40007.
 */
const LIMITS = {
  idBytes: 64,
  namespaceBytes: 64,
  metadataBytes: 10 * 1024,
  filterBytes: 2048,
  vectorsPerWrite: 1000,
  idsPerDelete: 100,
  idsPerGet: 20,
  topK: 100,
  topKWithData: 50,
  defaultTopK: 5,
} as const;

type MetadataLevel = "none" | "indexed" | "all";

/** A vector as it is sent to the store: checked, in single precision, with its metadata as JSON. */
export interface StoredVector {
  id: string;
  namespace: string | null;
  values: Float32Array;
  metadata: string | null;
}

export interface Query {
  topK: number;
  namespace: string | null;
  returnValues: boolean;
  returnMetadata: MetadataLevel;
  filter: Condition[];
}

const encoder = new TextEncoder();
const byteLength = (text: string): number => encoder.encode(text).length;

export function checkVectors(
  operation: Operation,
  vectors: VectorizeVector[],
  dimensions: number,
): StoredVector[] {
  if (vectors.length === 0)
    throw vectorizeError(operation, 40023, "failed to parse upsert vectors request: no vectors");
  if (vectors.length > LIMITS.vectorsPerWrite) {
    throw vectorizeError(
      operation,
      40007,
      `too many vectors in payload; max vector count is ${LIMITS.vectorsPerWrite}, got ${vectors.length}`,
    );
  }
  return vectors.map((vector) => {
    checkId(operation, vector.id);
    if (vector.namespace !== undefined) checkNamespace(operation, vector.namespace);
    return {
      id: vector.id,
      namespace: vector.namespace ?? null,
      values: checkStoredValues(operation, vector, dimensions),
      metadata: vector.metadata ? checkMetadata(operation, vector.metadata) : null,
    };
  });
}

function checkStoredValues(
  operation: Operation,
  vector: VectorizeVector,
  dimensions: number,
): Float32Array {
  const { length } = vector.values;
  if (length !== dimensions) {
    throw vectorizeError(
      operation,
      40012,
      `invalid vector for id="${vector.id}", expected ${dimensions} dimensions, and got ${length} dimensions`,
    );
  }
  const values = Float32Array.from(vector.values);
  // NaN and Infinity are `null` in the JSON that the binding sends.
  if (!values.every(Number.isFinite))
    throw vectorizeError(operation, 40023, "failed to parse upsert vectors request in json format");
  return values;
}

function checkMetadata(
  operation: Operation,
  metadata: Record<string, VectorizeVectorMetadata>,
): string {
  for (const key of Object.keys(metadata)) {
    if (key === "" || key.startsWith("$") || /[."]/.test(key)) {
      throw vectorizeError(
        operation,
        40018,
        `invalid metadata key "${key}"; keys may not be empty, start with $ or contain . or "`,
      );
    }
  }
  const json = JSON.stringify(metadata);
  // Of all characters beyond ASCII, JSON.stringify escapes only lone surrogates, which the service cannot decode.
  if (/\\ud[89a-f][0-9a-f]{2}/i.test(json)) {
    throw vectorizeError(operation, 40023, "failed to parse upsert vectors request in json format");
  }
  const bytes = byteLength(json);
  if (bytes > LIMITS.metadataBytes) {
    throw vectorizeError(
      operation,
      40023,
      `failed to parse upsert vectors request: metadata too large; max is ${LIMITS.metadataBytes} bytes, got ${bytes} bytes`,
    );
  }
  return json;
}

export function checkIds(operation: "VECTOR_GET" | "VECTOR_DELETE", ids: string[]): string[] {
  const limit = operation === "VECTOR_GET" ? LIMITS.idsPerGet : LIMITS.idsPerDelete;
  if (ids.length > limit) {
    throw vectorizeError(
      operation,
      40007,
      `too many ids in payload; max id count is ${limit}, got ${ids.length}`,
    );
  }
  for (const id of ids) checkId(operation, id);
  return ids;
}

export function checkId(operation: Operation, id: string): void {
  if (typeof id !== "string" || id === "")
    throw vectorizeError(
      operation,
      40023,
      "failed to parse request: id must be a non-empty string",
    );
  const bytes = byteLength(id);
  if (bytes > LIMITS.idBytes)
    throw vectorizeError(
      operation,
      40008,
      `id too long; max is ${LIMITS.idBytes} bytes, got ${bytes} bytes`,
    );
}

function checkNamespace(operation: Operation, namespace: string): void {
  const bytes = byteLength(namespace);
  if (bytes > LIMITS.namespaceBytes) {
    throw vectorizeError(
      operation,
      40009,
      `namespace too long; max is ${LIMITS.namespaceBytes} bytes, got ${bytes} bytes`,
    );
  }
}

export function checkQueryVector(vector: ArrayLike<number>, dimensions: number): Float32Array {
  if (vector.length !== dimensions) {
    throw vectorizeError(
      "VECTOR_QUERY",
      40006,
      `invalid query vector, expected ${dimensions} dimensions, and got ${vector.length} dimensions`,
    );
  }
  const values = Float32Array.from(vector);
  if (!values.every(Number.isFinite)) {
    throw vectorizeError(
      "VECTOR_QUERY",
      40026,
      "Failed to parse the request body as JSON: vector: invalid type: null, expected f32",
    );
  }
  return values;
}

export function checkQueryOptions(options: VectorizeQueryOptions = {}): Query {
  const returnMetadata = metadataLevel(options.returnMetadata);
  const query: Query = {
    topK: options.topK ?? LIMITS.defaultTopK,
    namespace: options.namespace ?? null,
    returnValues: options.returnValues ?? false,
    returnMetadata,
    filter: options.filter ? parseFilter(options.filter, LIMITS.filterBytes) : [],
  };
  checkTopK(query);
  if (query.namespace !== null) checkNamespace("VECTOR_QUERY", query.namespace);
  return query;
}

function checkTopK({ topK, returnValues, returnMetadata }: Query): void {
  if (!Number.isInteger(topK) || topK < 1) {
    throw vectorizeError(
      "VECTOR_QUERY",
      40026,
      "Failed to parse the request body as JSON: topK: expected a positive integer",
    );
  }
  if (topK > LIMITS.topK)
    throw vectorizeError("VECTOR_QUERY", 40025, `max top K is ${LIMITS.topK}, but got ${topK}`);
  if (topK > LIMITS.topKWithData && (returnValues || returnMetadata === "all")) {
    throw vectorizeError(
      "VECTOR_QUERY",
      40025,
      `with returnValues=true or returnMetadata=all, max top K is ${LIMITS.topKWithData}, but got ${topK}; for a top K up to ${LIMITS.topK}, retry with returnValues=false and returnMetadata=indexed`,
    );
  }
}

/** The binding turns `true` into "all", but sends `false` as it is, which the service cannot parse. */
function metadataLevel(level: VectorizeQueryOptions["returnMetadata"]): MetadataLevel {
  if (level === undefined) return "none";
  if (level === true) return "all";
  if (level === false) {
    throw vectorizeError(
      "VECTOR_QUERY",
      40026,
      "Failed to parse the request body as JSON: returnMetadata: expected value",
    );
  }
  if (level === "none" || level === "indexed" || level === "all") return level;
  throw new Error(
    `Invalid returnMetadata option. Expected: true, false, "none", "indexed" or "all"; got: ${String(level)}`,
  );
}
