import type { Query } from "./contract.ts";
import { indexedMetadata, matches, type Metadata, type MetadataIndexes } from "./filter.ts";

export interface Entry {
  id: string;
  namespace: string | null;
  values: Float32Array;
  metadata: Metadata | null;
}

interface StoredEntry extends Entry {
  norm: number;
}

/** Exact cosine search over every vector of the index. Ids are unique across namespaces. */
export class MemoryIndex {
  readonly #metadataIndexes: MetadataIndexes;
  readonly #entries = new Map<string, StoredEntry>();
  readonly #namespaces = new Map<string | null, Set<StoredEntry>>();

  constructor(metadataIndexes: MetadataIndexes) {
    this.#metadataIndexes = metadataIndexes;
  }

  get size(): number {
    return this.#entries.size;
  }

  get(id: string): Entry | undefined {
    return this.#entries.get(id);
  }

  put(entry: Entry): void {
    this.remove(entry.id);
    const stored = { ...entry, norm: norm(entry.values) };
    this.#entries.set(entry.id, stored);
    const members = this.#namespaces.get(entry.namespace) ?? new Set();
    this.#namespaces.set(entry.namespace, members.add(stored));
  }

  remove(id: string): void {
    const entry = this.#entries.get(id);
    if (!entry) return;
    this.#entries.delete(id);
    this.#namespaces.get(entry.namespace)?.delete(entry);
  }

  search(vector: Float32Array, query: Query): VectorizeMatches {
    const length = norm(vector);
    const matched = [...this.#candidates(query)]
      .map((entry) => ({ entry, score: cosine(vector, length, entry) }))
      .toSorted((a, b) => b.score - a.score || (a.entry.id < b.entry.id ? -1 : 1))
      .slice(0, query.topK)
      .map(({ entry, score }) => this.#toMatch(entry, score, query));
    return { count: matched.length, matches: matched };
  }

  /** The namespace first, then the filter. Without a namespace all of them are searched. */
  *#candidates({ namespace, filter }: Query): Iterable<StoredEntry> {
    const searched =
      namespace === null ? this.#entries.values() : (this.#namespaces.get(namespace) ?? []);
    for (const entry of searched) {
      if (filter.length === 0 || matches(filter, entry.metadata ?? {}, this.#metadataIndexes))
        yield entry;
    }
  }

  #toMatch(entry: Entry, score: number, { returnValues, returnMetadata }: Query): VectorizeMatch {
    const match: VectorizeMatch = { id: entry.id, score };
    if (entry.namespace !== null) match.namespace = entry.namespace;
    if (returnValues) match.values = Array.from(entry.values);
    if (entry.metadata && returnMetadata === "all") match.metadata = entry.metadata;
    if (entry.metadata && returnMetadata === "indexed") {
      match.metadata = indexedMetadata(entry.metadata, this.#metadataIndexes);
    }
    return match;
  }
}

function norm(vector: Float32Array): number {
  return Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
}

function cosine(vector: Float32Array, length: number, entry: StoredEntry): number {
  const { values } = entry;
  let dot = 0;
  // Lengths are equal: both were checked against the index's dimensions.
  for (let i = 0; i < values.length; i += 1) dot += (vector[i] ?? 0) * (values[i] ?? 0);
  return length === 0 || entry.norm === 0 ? 0 : dot / (length * entry.norm);
}
