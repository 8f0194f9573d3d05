import { lstat, mkdir, symlink } from "node:fs/promises";
import path from "node:path";

/**
 * Lets an instance use the embeddings that others computed: its KV storage becomes a link to `sharedDir`. To be called
 * before the instance starts. Several instances may run on one folder at a time; SQLite's write-ahead log orders them, and a
 * write that loses is only computed again. Where links are not allowed the instance keeps a cache of its own.
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
