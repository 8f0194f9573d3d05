import { escapeAttribute, escapeText } from "entities";
import { UnreadableDocument } from "../unreadable-document.ts";

/** Untrusted JSON: any field may be missing or of another type. */
export type Json = Record<string, unknown>;

/** In levels of JSON, of which one level of a list takes up to four. Renderers walk by recursion, so depth costs stack. */
const MAX_DEPTH = 400;

export function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function objects(value: unknown): Json[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

export function string(value: unknown): string {
  return typeof value === "string" ? value : typeof value === "number" ? String(value) : "";
}

/** @throws {UnreadableDocument} when the JSON nests too deep */
export function checkDepth(value: unknown, what: string): void {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > MAX_DEPTH) {
      throw new UnreadableDocument(`The ${what} is nested more than ${MAX_DEPTH} levels deep.`);
    }
    level = level.flatMap((item) =>
      typeof item === "object" && item !== null ? Object.values(item) : [],
    );
  }
}

/** Runs a vendor's renderer on untrusted input. If the renderer throws, the document is unreadable. */
export function rendered(what: string, render: () => string): string {
  try {
    return render();
  } catch (error) {
    if (error instanceof UnreadableDocument) throw error;
    throw new UnreadableDocument(`The content is not valid ${what}.`);
  }
}

export function element(
  tag: string,
  html: string,
  attributes: Record<string, string> = {},
): string {
  const written = Object.entries(attributes)
    .filter(([, value]) => value !== "")
    .map(([name, value]) => ` ${name}="${escapeAttribute(value)}"`);
  return `<${tag}${written.join("")}>${html}</${tag}>`;
}

/** Text as HTML. A line break in it is one that its author typed; more than two in a row say no more than two. */
export function textHtml(text: string): string {
  return escapeText(text)
    .replace(/(\r?\n){3,}/g, "\n\n")
    .replace(/\r?\n/g, "<br>");
}

/** Names that fields with text for readers usually have. */
const TEXT_FIELDS = new Set(
  (
    "title name heading headline subtitle label question answer alt altText alternativeText caption text body content " +
    "description summary excerpt intro quote author code note message value cells rows items fields file"
  ).split(" "),
);

/**
 * The text of an object with a customer's own schema, as HTML: an embedded entry, a component, a custom block.
 * @param rich renders a value that is the vendor's rich text; returns undefined for any other value
 */
export function describe(value: unknown, rich: (value: unknown) => string | undefined): string {
  const known = rich(value);
  if (known !== undefined) return known;
  if (typeof value === "string" || typeof value === "number") {
    return String(value).trim() ? element("p", textHtml(String(value))) : "";
  }
  if (Array.isArray(value)) return value.map((item) => describe(item, rich)).join("");
  if (!isObject(value)) return "";
  return Object.entries(value)
    .filter(([name, field]) => TEXT_FIELDS.has(name) || typeof field === "object")
    .map(([, field]) => describe(field, rich))
    .join("");
}
