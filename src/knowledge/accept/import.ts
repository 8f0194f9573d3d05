import type { Services } from "../../runtime/services.ts";
import type { z } from "@hono/zod-openapi";
import type { Actor } from "../../audit/log.ts";
import { wakeStage } from "../../runtime/wake-up.ts";
import { parseJson } from "../../http/json.ts";
import { readLines, type Line } from "../../http/lines.ts";
import { Problem, validationProblem } from "../../http/problem.ts";
import { readAllowance, requireQuota, type Allowance } from "../../limits/quotas.ts";
import { PutGroup, type DocumentInput } from "./put-group.ts";
import { checkDocument, checkExternalId, importLine, type ImportResult } from "./schema.ts";

/** A document of 1 MiB may take twice as many bytes with JSON escapes, as in `PUT`. */
const MAX_LINE_BYTES = 4 * 1024 * 1024;
/** Cloudflare takes bodies of up to 100 MB on most plans. */
export const MAX_IMPORT_BYTES = 100 * 1024 * 1024;
/** Reading more would take too much of an invocation's CPU time. */
const MAX_LINES = 20_000;
const LISTED_ERRORS = 100;

/** Documents stored together. Their events are one value of D1, of at most 700 bytes a document. */
const GROUP_DOCUMENTS = 500;
/** A Worker has 128 MB of memory, and what is stored is in it several times. */
const GROUP_BYTES = 500_000;
/** What a group may need: its statements, at most five of them with texts, and the allowance; two round trips and a wake-up. */
const GROUP_USE = { statements: 13, subrequests: 3 };

type ImportServices = Pick<
  Services,
  "db" | "embedQueue" | "ingestQueue" | "now" | "waitUntil" | "calls"
>;

/**
 * Stores the documents of a body (one JSON object per line) while it arrives. An invalid line is reported by its number and does
 * not affect the others. Stored documents stay stored, however the request ends. The result is that of putting the lines one after
 * the other. Where the invocation's budget or a quota ends the import, every line before `resume_at_line` is dealt with and none
 * from there on.
 */
export async function importDocuments(
  services: ImportServices,
  workspaceId: string,
  body: ReadableStream<Uint8Array>,
  by?: Actor,
): Promise<ImportResult> {
  const run = new ImportRun(services, workspaceId, by);
  for await (const line of readLines(body, { line: MAX_LINE_BYTES, body: MAX_IMPORT_BYTES })) {
    // The rest is read and ignored: a client that still sends gets a reset connection instead of an answer.
    if (run.result.complete) await run.take(line);
  }
  await run.flush();
  if (run.refusal) throw run.refusal;
  return run.result;
}

class ImportRun {
  readonly result: ImportResult = {
    accepted: 0,
    created: 0,
    changed: 0,
    unchanged: 0,
    stale: 0,
    failed: 0,
    errors: [],
    complete: true,
  };
  /** Why the whole request is refused. */
  refusal: Problem | undefined;
  readonly #services: ImportServices;
  readonly #workspaceId: string;
  readonly #by: Actor | undefined;
  #group = new PutGroup();
  /** Documents that the open group may hold. */
  #most = 0;

  constructor(services: ImportServices, workspaceId: string, by: Actor | undefined) {
    this.#services = services;
    this.#workspaceId = workspaceId;
    this.#by = by;
  }

  async take(line: Line): Promise<void> {
    if (line.number > MAX_LINES) {
      await this.flush();
      this.#stopAt(line.number);
      return;
    }
    let parsed: ReturnType<typeof parseLine>;
    try {
      parsed = parseLine(line);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      this.#report(line.number, error);
    }
    if (!parsed) return;
    const isFull = this.#group.size === this.#most;
    if (isFull || this.#group.bytes + parsed.bytes > GROUP_BYTES) await this.flush();
    if (this.#group.size > 0 || (await this.#open(line.number)))
      await this.#group.add(parsed.externalId, parsed.input, this.#services.now());
  }

  /** Stores the open group and wakes the consumer. */
  async flush(): Promise<void> {
    const group = this.#group;
    if (group.size === 0) return;
    this.#group = new PutGroup();
    const { db, now } = this.#services;
    const stored = await group.store(db, this.#workspaceId, now(), this.#by);
    for (const { version, unchanged, stale } of stored) {
      const kind = stale
        ? "stale"
        : unchanged
          ? "unchanged"
          : version === 1
            ? "created"
            : "changed";
      this.result.accepted += 1;
      this.result[kind] += 1;
    }
    if (stored.some(({ status }) => status === "pending")) wakeStage(this.#services, "serve");
  }

  /** Begins a group if the budget and the quotas allow one; else stops at this line. */
  async #open(line: number): Promise<boolean> {
    const { db, now, calls } = this.#services;
    if (!calls.hasRoomFor(GROUP_USE)) return this.#stopAt(line);
    const allowance = await readAllowance(db, this.#workspaceId, now());
    try {
      requireQuota(allowance, ["documents"], now());
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      // While nothing is stored, the whole request is refused, as for a single document.
      if (this.result.accepted === 0) this.refusal = error;
      this.#report(line, error);
      return this.#stopAt(line);
    }
    this.#most = mostDocuments(allowance);
    return true;
  }

  #stopAt(line: number): false {
    this.result.complete = false;
    this.result.resume_at_line = line;
    return false;
  }

  #report(line: number, problem: Problem): void {
    this.result.failed += 1;
    if (this.result.errors.length >= LISTED_ERRORS) return;
    this.result.errors.push({
      line,
      code: problem.code,
      detail: problem.detail ?? problem.message,
    });
  }
}

/**
 * How many documents a group may hold under the day's quota. A document that does not change uses nothing, so only the next group knows
 * what is left. Concurrent imports do not see each other's open groups: groups become smaller towards the quota's end, so that
 * together they exceed it by little.
 */
function mostDocuments({ settings, usage }: Allowance): number {
  if (settings.documents_per_day === null) return GROUP_DOCUMENTS;
  const left = settings.documents_per_day - usage.documents;
  return Math.min(GROUP_DOCUMENTS, left, Math.max(100, Math.floor(left / 10)));
}

function parseLine({
  bytes,
}: Line): { externalId: string; input: DocumentInput; bytes: number } | undefined {
  if (!bytes) throw new Problem("body_too_large", `A line may have ${MAX_LINE_BYTES} bytes.`);
  const text = decode(bytes);
  if (!text.trim()) return undefined;
  const { external_id, ...document } = validate(parseJson(text));
  return {
    externalId: checkExternalId(external_id),
    input: checkDocument(document),
    bytes: bytes.byteLength,
  };
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(bytes);
  } catch {
    throw new Problem("invalid_utf8", "The line contains bytes that are not UTF-8.");
  }
}

function validate(value: unknown): z.infer<typeof importLine> {
  const { data, error } = importLine.safeParse(value);
  if (error) throw validationProblem(error);
  return data;
}
