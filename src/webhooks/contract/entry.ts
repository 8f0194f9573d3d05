import { z } from "zod";
import type { Steps } from "../../runtime/steps.ts";
import { htmlInSteps } from "../../knowledge/formats/html/html.ts";
import { documentBody } from "../../knowledge/accept/schema.ts";
import { isBound } from "../../knowledge/accept/validity.ts";
import { fieldAt, stringAt, type Json } from "./json.ts";
import type { SourceDocument } from "./vendor.ts";

const fieldName = z.string().min(1).max(100);
const fieldNames = z.array(fieldName).min(1).max(20);

/** Options of every source. */
export const commonOptions = {
  audience: documentBody.shape.audience,
  language: documentBody.shape.language,
};

/** Options of sources whose documents have an address on the customer's site. */
export const pageOptions = {
  ...commonOptions,
  /** `https://help.example.com/{slug}`: what stands in braces is a field of the entry. */
  url_template: z
    .string()
    .max(500)
    .regex(/^https?:\/\/[^{}\s]+\//, "must begin with https:// and a host")
    .optional(),
};

/**
 * Options of sources whose entries may have fields that say when they are valid.
 * @param within where custom fields usually stand: `acf.`
 */
export function validityOptions(...within: string[]) {
  const named = (...names: string[]): string[] =>
    ["", ...within].flatMap((path) => names.map((name) => path + name));
  return {
    valid_from_fields: fieldNames.default(named("valid_from", "validFrom")),
    valid_until_fields: fieldNames.default(named("valid_until", "validUntil")),
  };
}

export interface ValidityOptions {
  valid_from_fields: string[];
  valid_until_fields: string[];
}

/** When an entry is valid, by the first of each of the named fields that has a value. */
export function readValidity(
  fields: Json,
  { valid_from_fields, valid_until_fields }: ValidityOptions,
): Pick<SourceDocument, "valid_from" | "valid_until"> {
  const [valid_from, valid_until] = [valid_from_fields, valid_until_fields].map((names) => {
    const value = names.map((name) => stringAt(fields, name)).find((text) => text !== undefined);
    return value === undefined ? undefined : toBound(value.trim());
  });
  return { ...(valid_from && { valid_from }), ...(valid_until && { valid_until }) };
}

/** CMSs write times without seconds, with a space for the `T`, or without a zone, which is then UTC; and dates without separators. */
function toBound(value: string): string {
  if (isBound(value)) return value;
  const [, year, month, day] = /^(\d{4})(\d\d)(\d\d)$/.exec(value) ?? [];
  if (year) return `${year}-${month}-${day}`;
  const [, date, time, zone = "Z"] =
    /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?) ?(Z|[+-]\d\d:?\d\d)?$/i.exec(
      value,
    ) ?? [];
  if (!date || !time) return value;
  const offset = zone.toUpperCase().replace(/^([+-]\d\d)(\d\d)$/, "$1:$2");
  return `${date}T${time.length === 5 ? `${time}:00` : time}${offset}`;
}

/**
 * Options of sources whose entries have fields that the customer named. A name may be a path: `seo.title`.
 * @param title names that title fields usually have, tried in this order. @param body the same for body fields; all are read
 */
export function entryOptions({
  title = ["title", "name", "question"],
  body = ["body", "content", "text", "answer", "description"],
} = {}) {
  return {
    ...pageOptions,
    /** Content types to accept; all when empty. */
    types: z.array(fieldName).max(50).default([]),
    title_fields: fieldNames.default(title),
    body_fields: fieldNames.default(body),
    ...validityOptions(),
  };
}

export interface EntryOptions extends ValidityOptions {
  title_fields: string[];
  body_fields: string[];
  url_template?: string | undefined;
}

/** The vendor's rich text → Markdown, in steps. @throws {UnreadableDocument} */
export type RichText = (value: unknown) => Steps<string>;

/**
 * An entry's fields → a document in Markdown. Undefined when none of the configured fields holds text.
 * @throws {UnreadableDocument} when a field is not the rich text it seems to be.
 */
export function* readEntry(
  fields: Json,
  options: EntryOptions,
  richText: RichText,
): Steps<SourceDocument | undefined> {
  const parts: string[] = [];
  for (const name of options.body_fields) {
    const text = (yield* readText(fieldAt(fields, name), richText)).trim();
    if (text) parts.push(text);
  }
  if (parts.length === 0) return undefined;
  return {
    title: readTitle(fields, options) ?? "",
    content: parts.join("\n\n"),
    content_type: "text/markdown",
    url: fillTemplate(options.url_template, fields),
    ...readValidity(fields, options),
  };
}

export function readTitle(fields: Json, { title_fields }: EntryOptions): string | undefined {
  return title_fields
    .map((name) => fieldAt(fields, name))
    .find((value): value is string => typeof value === "string" && value.trim() !== "");
}

function* readText(value: unknown, richText: RichText): Steps<string> {
  if (typeof value === "string") return yield* stringToMarkdown(value);
  return typeof value === "object" && value !== null ? yield* richText(value) : "";
}

/** A text field holds Markdown, or HTML where its editor writes that. */
export function* stringToMarkdown(text: string): Steps<string> {
  const isHtml = /^\s*<(?:!doctype|!--|[a-z][a-z0-9]*[\s>/])[\s\S]*>\s*$/i.test(text);
  return isHtml ? yield* htmlInSteps(text) : text;
}

/** The template with the entry's fields filled in. Undefined where a field is missing: a broken link is worse than none. */
export function fillTemplate(template: string | undefined, fields: Json): string | undefined {
  if (template === undefined) return undefined;
  let complete = true;
  const filled = template.replace(/\{([^{}]+)\}/g, (_match, name: string) => {
    const value = fieldAt(fields, name);
    if (typeof value === "number") return String(value);
    if (typeof value !== "string" || value === "") complete = false;
    else return value.split("/").map(encodeURIComponent).join("/").replace(/^\/+/, "");
    return "";
  });
  return complete && URL.canParse(filled) ? filled : undefined;
}

/** Whether the source takes entries of this content type. */
export function isWanted(types: string[], type: string | undefined): boolean {
  return types.length === 0 || (type !== undefined && types.includes(type));
}

const MAX_NESTING = 30;
/** Fields of components that hold text, beside those that the source's options name. */
const TEXT_FIELDS = new Set([
  "text",
  "body",
  "content",
  "description",
  "question",
  "answer",
  "caption",
]);
const HEADING_FIELDS = new Set(["title", "headline", "heading", "name"]);

/**
 * The text of components that are nested in an entry (Storyblok's bloks, Strapi's dynamic zones): rich text in any field,
 * strings in fields whose name says that they hold text. All other fields are layout.
 */
export function* readComponents(
  component: Json,
  options: EntryOptions,
  richText: (value: unknown) => Steps<string> | undefined,
  isComponent: (value: unknown) => value is Json,
  depth = 0,
): Steps<string> {
  if (depth > MAX_NESTING) return "";
  const read = function* (value: unknown, name: string): Steps<string> {
    if (typeof value === "string") {
      if (options.title_fields.includes(name) || HEADING_FIELDS.has(name))
        return `## ${oneLine(value)}`;
      const isText = options.body_fields.includes(name) || TEXT_FIELDS.has(name);
      return isText ? yield* stringToMarkdown(value) : "";
    }
    if (typeof value !== "object" || value === null) return "";
    if (isComponent(value))
      return yield* readComponents(value, options, richText, isComponent, depth + 1);
    if (Array.isArray(value) && value.some(isComponent)) {
      const texts: string[] = [];
      for (const item of value) texts.push(yield* read(item, name));
      return texts.filter(Boolean).join("\n\n");
    }
    const rich = richText(value);
    return rich ? yield* rich : "";
  };
  const texts: string[] = [];
  for (const [name, value] of Object.entries(component))
    texts.push((yield* read(value, name)).trim());
  return texts.filter((text) => text && text !== "##").join("\n\n");
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}
