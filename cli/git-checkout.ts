import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { realpath } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
/** Limit on git's output: the names and times of a large repository's history. */
const MAX_OUTPUT_BYTES = 512 * 1024 * 1024;

export interface Checkout {
  /** Whether git tracks the file; an untracked file is not a document. Paths are relative to the folder, with `/`. */
  has: (file: string) => boolean;
  /** When the file was last committed (RFC 3339); undefined while it has uncommitted changes. */
  committedAt: (file: string) => string | undefined;
  /** The name of the repository and of the folder in it, the same on every machine with a checkout. */
  name: string;
}

/** The checkout that holds a folder; undefined when there is none or git is not installed. */
export async function readCheckout(folder: string): Promise<Checkout | undefined> {
  const git = async (...args: string[]): Promise<string> => {
    const options = { cwd: folder, maxBuffer: MAX_OUTPUT_BYTES };
    return (await run("git", ["-c", "core.quotepath=off", ...args], options)).stdout;
  };
  const prefix = await git("rev-parse", "--show-prefix").catch(() => undefined);
  if (prefix === undefined) return undefined;
  const [tracked, changed, history, remote] = await Promise.all([
    git("ls-files", "-z", "--", "."),
    git("diff", "--name-only", "--relative", "-z", "HEAD", "--", ".").catch(() => ""),
    git("log", "--format=%x01%cI", "--name-only", "--relative", "-z", "--", ".").catch(() => ""),
    git("remote", "get-url", "origin").catch(() => ""),
  ]);
  const files = new Set(split(tracked));
  const dirty = new Set(split(changed));
  const times = lastTimes(history);
  const repository = withoutCredentials(remote.trim()) || (await hashOf(folder));
  return {
    has: (file) => files.has(file),
    committedAt: (file) => (dirty.has(file) ? undefined : times.get(file)),
    name: `${repository}/${prefix.trim()}`.replace(/\/+$/, ""),
  };
}

function split(output: string): string[] {
  return output.split("\0").filter(Boolean);
}

/** The history is read newest first, so the first commit that names a file is its latest. */
function lastTimes(history: string): Map<string, string> {
  const times = new Map<string, string>();
  let time = "";
  for (const part of split(history)) {
    if (part.startsWith("\u0001")) time = part.slice(1);
    else {
      const file = part.replace(/^\n/, "");
      if (file && !times.has(file)) times.set(file, time);
    }
  }
  return times;
}

/** `https://user:token@host/x.git` and `git@host:x.git` → `host/x`. */
function withoutCredentials(remote: string): string {
  return remote
    .replace(/^[a-z+]+:\/\//i, "")
    .replace(/^[^@/]*@/, "")
    .replace(/^([^/:]+):/, "$1/")
    .replace(/\.git\/?$/, "");
}

/** A folder's name with a hash of its path: unique, without revealing the path. */
export async function hashOf(folder: string): Promise<string> {
  const place = await realpath(folder);
  const hash = createHash("sha256").update(place).digest("hex").slice(0, 8);
  return `${path.basename(place)}#${hash}`;
}
