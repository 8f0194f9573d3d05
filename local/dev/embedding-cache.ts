import { lstat, mkdir, symlink } from "node:fs/promises";
import path from "node:path";

/**
 * Makes an instance's KV storage a link to `sharedDir`, so that instances share computed embeddings. Call it before the instance
 * starts. Several instances may use the folder at a time: SQLite's write-ahead log orders their writes, and an embedding whose
 * write fails is computed again. If the system does not allow links, the instance keeps a cache of its own.
 */
export async function shareEmbeddingCache(
  stateDir: string,
  sharedDir: string,
): Promise<"shared" | "private"> {
  const own = path.join(stateDir, "v3/kv");
  await mkdir(path.dirname(own), { recursive: true });
  await mkdir(sharedDir, { recursive: true });
  const existing = await lstat(own).catch(() => undefined);
  if (existing) return existing.isSymbolicLink() ? "shared" : "private";
  try {
    await symlink(path.resolve(sharedDir), own, "junction");
    return "shared";
  } catch {
    return "private";
  }
}
