import { checkExternalId } from "../src/knowledge/accept/schema.ts";
import type { Document } from "./document.ts";

type Fields = Pick<Document, "url" | "language" | "updated_at" | "audience">;

export interface ReadFields extends Fields {
  title?: string;
  /** Fields that were left out, and why. */
  notes: string[];
}

export const DOCUMENT_FIELDS: ReadonlySet<string> = new Set([
  "title",
  "url",
  "language",
  "updated_at",
  "audience",
]);

/**
 * Reads a document's fields from its front matter or JSON line. An invalid field is left out and noted. An invalid `audience` is
 * an error, because the document must not be served to readers outside its audience.
 * @throws Error when `audience` is invalid
 */
export function readFields(given: Record<string, unknown>): ReadFields {
  const read: ReadFields = { notes: [] };
  for (const name of Object.keys(given)) {
    if (!DOCUMENT_FIELDS.has(name)) read.notes.push(`${name}: not a field of a document`);
  }
  const { title, url, language, updated_at, audience } = given;
  if (isGiven(title)) {
    if (typeof title === "string" || typeof title === "number") read.title = String(title).trim();
    else read.notes.push("title: not a text");
  }
  if (isGiven(url)) {
    if (typeof url === "string" && /^https?:$/.test(URL.parse(url)?.protocol ?? "")) read.url = url;
    else read.notes.push("url: not an http(s) address");
  }
  if (isGiven(language)) {
    if (typeof language === "string" && /^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/.test(language)) {
      read.language = language;
    } else read.notes.push("language: not a language tag such as en or pt-BR");
  }
  if (isGiven(updated_at)) {
    const instant = toInstant(updated_at);
    if (instant) read.updated_at = instant;
    else read.notes.push("updated_at: not a date, or a time without its zone");
  }
  if (isGiven(audience)) read.audience = readAudience(audience);
  return read;
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null && value !== "";
}

/** An RFC 3339 instant; a date alone is its midnight in UTC. */
function toInstant(value: unknown): string | undefined {
  const [, date, time, zone] =
    /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?) ?(Z|[+-]\d\d:\d\d))?$/i.exec(
      String(value),
    ) ?? [];
  if (!date) return undefined;
  const instant = time && zone ? `${date}T${time}${zone.toUpperCase()}` : `${date}T00:00:00Z`;
  return Number.isNaN(Date.parse(instant)) ? undefined : instant;
}

function readAudience(value: unknown): string[] {
  const groups = Array.isArray(value) ? (value as unknown[]) : [value];
  if (!groups.every((group): group is string => typeof group === "string" && group.trim() !== "")) {
    throw new Error(
      "audience: neither a name nor a list of names; the document is not uploaded, because everybody could read it",
    );
  }
  return groups.map((group) => group.trim());
}

/** Why the API would refuse this id, or undefined. The server's own code checks it. */
export function refusedId(externalId: string): string | undefined {
  try {
    checkExternalId(externalId);
    return undefined;
  } catch (error) {
    return `The id "${externalId}" is not valid. ${(error as Error).message}`;
  }
}
