import type { Services } from "../../runtime/services.ts";
import type { z } from "@hono/zod-openapi";
import type { Actor } from "../../audit/log.ts";
import { parseJson } from "../../http/json.ts";
import { readLines, type Line } from "../../http/lines.ts";
import { Problem, validationProblem } from "../../http/problem.ts";
import { readAllowance, requireQuota } from "../../limits/quotas.ts";
import { putDocuments, type DocumentInput } from "./documents.ts";
import { checkDocument, checkExternalId, importLine, type ImportResult } from "./schema.ts";

/** A document of 1 MiB may take twice as many bytes with JSON escapes, as in `PUT`. */
const MAX_LINE_BYTES = 4 * 1024 * 1024;
/** Cloudflare takes bodies of up to 100 MB on most plans. */
export const MAX_IMPORT_BYTES = 100 * 1024 * 1024;
/** One invocation has limits; more lines have to be sent in several requests. */
const MAX_LINES = 20_000;
const LISTED_ERRORS = 100;

/** Documents written together: one round trip to D1, and one batch of queue messages, which holds at most 100. */
const GROUP_DOCUMENTS = 100;
const GROUP_CHARACTERS = 1_000_000;

interface ParsedLine {
  number: number;
  externalId: string;
  input: DocumentInput;
}

type ImportServices = Pick<Services, "db" | "ingestQueue" | "now" | "waitUntil">;

/**
 * Stores the documents of a body (one JSON object per line) while it arrives. An invalid line is reported by its number and does
 * not affect the others. Stored documents stay stored, however the request ends.
 */
export async function importDocuments(
  services: ImportServices,
  workspaceId: string,
  body: ReadableStream<Uint8Array>,
  by?: Actor,
): Promise<ImportResult> {
  const result: ImportResult = {
    accepted: 0,
    created: 0,
    changed: 0,
    unchanged: 0,
    stale: 0,
    failed: 0,
    errors: [],
    complete: true,
  };
  const report = (line: number, problem: Problem): void => {
    result.failed += 1;
    if (result.errors.length >= LISTED_ERRORS) return;
    result.errors.push({ line, code: problem.code, detail: problem.detail ?? problem.message });
  };
  let group: ParsedLine[] = [];
  let characters = 0;
  const flush = async (): Promise<void> => {
    if (group.length === 0) return;
    const { count, refusal } = await allowed(services, workspaceId, group.length);
    // Nothing is stored yet, so the whole request is refused, as for a single document.
    if (refusal && count + result.accepted === 0) throw refusal;
    if (count > 0) await storeGroup(services, workspaceId, group.slice(0, count), result, by);
    if (refusal) {
      report(group[count]?.number ?? 0, refusal);
      result.complete = false;
    }
    group = [];
    characters = 0;
  };

  for await (const line of readLines(countBytes(body, MAX_IMPORT_BYTES), MAX_LINE_BYTES)) {
    if (line.number > MAX_LINES) {
      report(
        line.number,
        tooLarge(`At most ${MAX_LINES} lines are accepted; send the rest again.`),
      );
      await flush();
      result.complete = false;
      break;
    }
    let parsed: ParsedLine | undefined;
    try {
      parsed = parseLine(line);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      report(line.number, error);
    }
    if (!parsed) continue;
    const { externalId, input } = parsed;
    // The same id again is a later event, so it must not be in the same write.
    const isAgain = group.some((earlier) => earlier.externalId === externalId);
    if (isAgain || characters + input.content.length > GROUP_CHARACTERS) await flush();
    group.push(parsed);
    characters += input.content.length;
    if (group.length === GROUP_DOCUMENTS) await flush();
    if (!result.complete) break;
  }
  if (result.complete) await flush();
  return result;
}

function parseLine({ number, bytes }: Line): ParsedLine | undefined {
  if (!bytes) throw tooLarge(`A line may have ${MAX_LINE_BYTES} bytes.`);
  const text = decode(bytes);
  if (!text.trim()) return undefined;
  const { external_id, ...document } = validate(parseJson(text));
  return { number, externalId: checkExternalId(external_id), input: checkDocument(document) };
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

function tooLarge(detail: string): Problem {
  return new Problem("body_too_large", detail);
}

/** @throws Problem as soon as more than `limit` bytes have arrived */
function countBytes(body: ReadableStream<Uint8Array>, limit: number): ReadableStream<Uint8Array> {
  let size = 0;
  return body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        size += chunk.byteLength;
        if (size > limit) throw tooLarge(`At most ${limit} bytes are accepted.`);
        controller.enqueue(chunk);
      },
    }),
  );
}

/**
 * How many of a group the day's quotas still allow, and the reason if not all. Each group asks again, because the import itself
 * uses the quota up.
 */
async function allowed(
  { db, now }: Pick<Services, "db" | "now">,
  workspaceId: string,
  group: number,
): Promise<{ count: number; refusal?: Problem }> {
  const allowance = await readAllowance(db, workspaceId, now());
  const { settings, usage } = allowance;
  const left = (settings.documents_per_day ?? Number.POSITIVE_INFINITY) - usage.documents;
  const count = Math.max(0, Math.min(group, left));
  try {
    requireQuota(allowance, ["documents", "neurons"], now());
  } catch (error) {
    if (error instanceof Problem) return { count: 0, refusal: error };
    throw error;
  }
  try {
    // This gives the refusal of the first document above the quota.
    const after = { ...allowance, usage: { ...usage, documents: usage.documents + count } };
    if (count < group) requireQuota(after, ["documents"], now());
  } catch (error) {
    if (error instanceof Problem) return { count, refusal: error };
    throw error;
  }
  return { count };
}

async function storeGroup(
  { db, ingestQueue, now, waitUntil }: ImportServices,
  workspaceId: string,
  group: ParsedLine[],
  result: ImportResult,
  by: Actor | undefined,
): Promise<void> {
  const rows = group.map(({ externalId, input }) => ({ externalId, input }));
  const stored = await putDocuments(db, workspaceId, rows, now(), by);
  const pending: { body: { document_id: number } }[] = [];
  for (const { documentId, version, status, unchanged, stale } of stored) {
    result.accepted += 1;
    result[stale ? "stale" : unchanged ? "unchanged" : version === 1 ? "created" : "changed"] += 1;
    if (status === "pending") pending.push({ body: { document_id: documentId } });
  }
  if (pending.length === 0) return;
  // The outbox holds the pending work, so the sweeper makes up for messages that cannot be sent.
  waitUntil(
    ingestQueue.sendBatch(pending).catch((error: unknown) => {
      console.warn("import: wake-ups not sent; the sweeper will", { error: String(error) });
    }),
  );
}
