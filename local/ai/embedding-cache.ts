import type { PlatformEnv } from "../env.ts";

export interface EmbeddingCache {
  get(key: string): Promise<ArrayBuffer | null>;
  put(key: string, bytes: ArrayBuffer): Promise<void>;
}

/**
 * This instance's cache of embeddings. Without one, every text is computed. A text is also computed when its lookup fails,
 * which can happen while another instance writes to a shared cache.
 */
export function embeddingCache(
  env: Pick<PlatformEnv, "EMBEDDINGS" | "EMBEDDING_FILES">,
): EmbeddingCache | undefined {
  const { EMBEDDINGS: namespace, EMBEDDING_FILES: files } = env;
  if (namespace) {
    return {
      get: (key) => namespace.get(key, "arrayBuffer").catch(() => null),
      put: (key, bytes) => namespace.put(key, bytes),
    };
  }
  if (files) {
    return {
      async get(key) {
        const response = await files.fetch(`http://files/${key}`);
        const bytes = await response.arrayBuffer();
        return response.ok ? bytes : null;
      },
      async put(key, body) {
        await files.fetch(`http://files/${key}`, { method: "PUT", body });
      },
    };
  }
  return undefined;
}

/** The key of a text: a hash of model and text, in hex so that it can be a file's name. */
export async function embeddingKey(model: string, text: string): Promise<string> {
  const digest = await crypto.subtle.digest(
    "SHA-256",
    new TextEncoder().encode(`${model}\n${text}`),
  );
  return toHex(new Uint8Array(digest));
}

/** `Uint8Array.toHex` is in workerd, but not in Node 24. */
export function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
