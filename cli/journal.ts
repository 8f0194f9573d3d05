import { createHash } from "node:crypto";
import { appendFileSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import type { Document } from "./document.ts";

/**
 * Remembers, for one server and key, which documents it has confirmed, so that an interrupted upload goes on where it
 * stopped. A line is appended for each, so a killed run loses nothing; a run that ends well removes the file.
 */
export class Journal {
  readonly #file: string;
  readonly #confirmed = new Map<string, { hash: string; version: number }>();

  /** @param folder where journals are kept */
  constructor(folder: string, url: string, key: string) {
    // The key decides the workspace. Only its hash is written.
    this.#file = path.join(folder, `${sha256(`${url}\n${key}`).slice(0, 24)}.jsonl`);
    for (const line of readLines(this.#file)) {
      const entry = parseEntry(line);
      if (entry) this.#confirmed.set(entry.id, entry);
    }
    mkdirSync(folder, { recursive: true });
  }

  get size(): number {
    return this.#confirmed.size;
  }

  /** The version under which exactly this document was confirmed. */
  versionOf(document: Document): number | undefined {
    const entry = this.#confirmed.get(document.external_id);
    return entry?.hash === hashOf(document) ? entry.version : undefined;
  }

  confirm(document: Document, version: number): void {
    const entry = { id: document.external_id, hash: hashOf(document), version };
    this.#confirmed.set(entry.id, entry);
    appendFileSync(this.#file, `${JSON.stringify(entry)}\n`, { mode: 0o600 });
  }

  forget(): void {
    this.#confirmed.clear();
    rmSync(this.#file, { force: true });
  }
}

function readLines(file: string): string[] {
  try {
    return readFileSync(file, "utf8").split("\n");
  } catch {
    return [];
  }
}

/** A run that was killed may have left half a line. */
function parseEntry(line: string): { id: string; hash: string; version: number } | undefined {
  try {
    const { id, hash, version } = JSON.parse(line) as Record<string, unknown>;
    const isEntry =
      typeof id === "string" && typeof hash === "string" && typeof version === "number";
    return isEntry ? { id, hash, version } : undefined;
  } catch {
    return undefined;
  }
}

function hashOf(document: Document): string {
  return sha256(JSON.stringify(document));
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
