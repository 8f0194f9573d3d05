import { checkExternalId } from "../src/knowledge/accept/schema.ts";
import { checkValidity } from "../src/knowledge/accept/validity.ts";
import type { Document } from "./document.ts";

type Validity = Pick<Document, "valid_from" | "valid_until">;
type Fields = Pick<Document, "url" | "language" | "updated_at" | "audience" | "metadata"> &
  Validity;

/** What a document's own fields say about its address below the site. `addresses.ts` reads them as the site's generator does. */
export interface Place {
  /** The whole path: Jekyll's and Eleventy's `permalink`, Hugo's `url`. */
  path?: string;
  slug?: string;
  id?: string;
}

export interface ReadFields extends Fields {
  title?: string;
  place?: Place;
  /** The site does not publish the document: `draft: true` or `published: false`. */
  isDraft?: boolean;
  /** Fields that were left out, and why. */
  notes: string[];
}

/** Each field of a document with the names that generators give it. The first one that is given counts. */
const NAMES = {
  title: ["title"],
  url: ["url", "permalink"],
  language: ["language", "lang", "locale"],
  updated_at: ["updated_at", "last_modified_at", "lastmod", "updated", "last_updated"],
  audience: ["audience"],
  metadata: ["metadata"],
  valid_from: ["valid_from", "publishDate", "publishdate"],
  valid_until: ["valid_until", "expiryDate", "expirydate"],
};
/** Hugo's end of a document: the beginning of the day, if it is a date. */
const EXPIRES = /^expirydate$/i;
const ELSEWHERE = ["slug", "id", "draft", "published"];
export const DOCUMENT_FIELDS: ReadonlySet<string> = new Set([
  ...Object.values(NAMES).flat(),
  ...ELSEWHERE,
]);

/**
 * Reads a document's fields from its front matter or JSON line. An invalid field is left out and noted. An invalid `audience` or
 * validity is an error, because the document must not be served to readers outside its audience, or outside its time.
 * @throws Error when `audience`, `valid_from` or `valid_until` is invalid
 */
export function readFields(given: Record<string, unknown>): ReadFields {
  const read: ReadFields = { notes: [] };
  for (const name of Object.keys(given)) {
    if (!DOCUMENT_FIELDS.has(name)) read.notes.push(`${name}: not a field of a document`);
  }
  const valueOf = (field: keyof typeof NAMES): unknown =>
    NAMES[field].map((name) => given[name]).find(isGiven);
  const title = valueOf("title");
  if (isGiven(title)) {
    if (typeof title === "string" || typeof title === "number") read.title = String(title).trim();
    else read.notes.push("title: not a text");
  }
  readAddress(given, read);
  const language = valueOf("language");
  if (isGiven(language)) {
    const tag = languageTag(language);
    if (tag) read.language = tag;
    else read.notes.push(`language: ${shown(language)} is not a language tag such as en or pt-BR`);
  }
  const updatedAt = valueOf("updated_at");
  if (isGiven(updatedAt)) {
    const instant = toInstant(updatedAt);
    if (instant) read.updated_at = instant;
    else
      read.notes.push(`updated_at: ${shown(updatedAt)} is not a date, or a time without its zone`);
  }
  const misspelt = Object.keys(given).find((name) => /^audiences?$/i.test(name));
  if (misspelt !== undefined && misspelt !== "audience" && given["audience"] === undefined)
    throw new Error(
      `${misspelt}: the field is called audience; the document is not uploaded, because everybody could read it`,
    );
  if (isGiven(given["audience"])) read.audience = readAudience(given["audience"]);
  Object.assign(read, readValidity(given));
  readMetadata(given["metadata"], read);
  if (given["draft"] === true || given["published"] === false) read.isDraft = true;
  return read;
}

function readAddress(
  { url, permalink, slug, id }: Record<string, unknown>,
  read: ReadFields,
): void {
  const place: Place = {};
  const address = isGiven(url) ? url : permalink;
  if (typeof address === "string" && /^https?:$/.test(URL.parse(address)?.protocol ?? ""))
    read.url = address;
  else if (typeof address === "string" && /^[^\s:{}]+$/.test(address)) place.path = address;
  else if (isGiven(address) && address !== false)
    read.notes.push(`url: ${shown(address)} is not an http(s) address`);
  if (typeof slug === "string" && slug) place.slug = slug;
  if (typeof id === "string" && id) place.id = id;
  if (Object.keys(place).length > 0) read.place = place;
}

/** `de_AT` and `DE-at` → `de-AT`; undefined for what is no language tag. */
export function languageTag(value: unknown): string | undefined {
  if (typeof value !== "string") return undefined;
  const tag = value.trim().replaceAll("_", "-");
  if (!/^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/.test(tag)) return undefined;
  try {
    return Intl.getCanonicalLocales(tag)[0];
  } catch {
    return undefined;
  }
}

/** The value as it was given, or its beginning. */
function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? "";
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null && value !== "";
}

/**
 * When a document is valid, by the names of its own fields and by Hugo's `publishDate` and `expiryDate`.
 * @throws Error for a bound that is no date, and for bounds in the wrong order
 */
export function readValidity(given: Record<string, unknown>): Validity {
  const read: Validity = {};
  for (const field of ["valid_from", "valid_until"] as const) {
    const name = NAMES[field].find((each) => isGiven(given[each]));
    if (name === undefined) continue;
    const bound = toBound(given[name], EXPIRES.test(name));
    if (bound === undefined)
      throw new Error(
        `${name}: ${shown(given[name])} is not a date, or a time without its zone; the document is not uploaded, because it could be cited outside its time`,
      );
    read[field] = bound;
  }
  checkValidity(read);
  return read;
}

/** A date stays one, because the server knows where a day begins and ends, unless it stands for its first instant. */
function toBound(value: unknown, isInstant: boolean): string | undefined {
  const instant = toInstant(value);
  const isDate = !isInstant && /^\d{4}-\d\d-\d\d$/.test(textOf(value));
  return instant && isDate ? textOf(value) : instant;
}

/** A date of TOML writes itself as it was written. */
function textOf(value: unknown): string {
  return value instanceof Date ? value.toISOString() : String(value);
}

/** An RFC 3339 instant; a date alone is its midnight in UTC. */
export function toInstant(value: unknown): string | undefined {
  const [, date, time, zone] =
    /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?) ?(Z|[+-]\d\d:\d\d))?$/i.exec(
      textOf(value),
    ) ?? [];
  if (!date) return undefined;
  const instant = time && zone ? `${date}T${time}${zone.toUpperCase()}` : `${date}T00:00:00Z`;
  if (Number.isNaN(Date.parse(instant))) return undefined;
  // `Date` takes February 30 for March 2.
  const midnight = `${date}T00:00:00.000Z`;
  return new Date(midnight).toISOString() === midnight ? instant : undefined;
}

/** Characters of a value of `metadata` at most: front matter is for short values, such as a plan. */
const MAX_VALUE = 64;

/** A map of short values. Site generators write other things below the same name. */
function readMetadata(given: unknown, read: ReadFields): void {
  if (!isGiven(given)) return;
  if (typeof given !== "object" || given === null || Array.isArray(given)) {
    read.notes.push("metadata: not a map of short values");
    return;
  }
  const isShort = (value: unknown): boolean =>
    typeof value === "number" ||
    (typeof value === "string" && value.trim() !== "" && value.length <= MAX_VALUE);
  const isValue = (value: unknown): boolean =>
    Array.isArray(value) ? value.length > 0 && value.every(isShort) : isShort(value);
  const [kept, others] = [true, false].map((wanted) =>
    Object.entries(given).filter(
      ([name, value]) => (name.length <= MAX_VALUE && isValue(value)) === wanted,
    ),
  );
  for (const [name] of others ?? [])
    read.notes.push(`metadata: ${shown(name)} is no short text, number or list of them`);
  if (kept && kept.length > 0) read.metadata = Object.fromEntries(kept);
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
