import { decoded } from "./address.ts";
import { asFieldName, asToolName, singular } from "./names.ts";

/** Places for values as documentation writes them: `{{id}}`, `${ID}`, `{id}`, `<id>`. */
const MARKED = /\{\{\s*([\w.-]+)\s*\}\}|\$\{(\w+)\}|\{([\w.-]+)\}|<([\w .-]+)>/g;
const UUID = /^[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}$/i;

/** A part of a path: its text, or the name that a value at its place wants. */
type PathPart = { text: string } | { place: string };

/**
 * Finds what changes from call to call in a path: marked places, and what looks like an identifier, which takes its name from the segment
 * before: `/orders/12345.json` is `orders`, {order}, `.json`.
 * @param before the segment before: undefined at the start, and empty where it is a place itself
 */
function partsOf(segment: string, before: string | undefined): PathPart[] {
  const text = decoded(segment);
  if (text.search(MARKED) >= 0) return markedParts(text);
  const [, whole = "", end = ""] = /^(.+?)(\.(?:json|xml)|:[a-z]+)?$/is.exec(text) ?? [];
  const name =
    placeholderName(whole, before) ??
    (isIdentifier(whole, before) ? placeNameAfter(whole, before) : undefined);
  if (name === undefined) return [{ text: literal(segment) }];
  return [{ place: asFieldName(name) }, ...(end === "" ? [] : [{ text: end }])];
}

export interface Segment {
  text: string;
  parts: PathPart[];
  /** Whether it is a word that names what the path leads to. */
  isName: boolean;
}

export function readSegments(texts: string[]): Segment[] {
  let before: string | undefined;
  return texts.map((text) => {
    const parts = partsOf(text, before);
    const isText = parts.every((part) => "text" in part);
    const isName =
      isText && text !== "" && !isVersion(text, before) && !/^(?:api|rest|admin)$/i.test(text);
    before = isText ? text : "";
    return { text, parts, isName };
  });
}

/** `GET /orders/5` is `order`, `POST /orders/5/refunds` `order_refunds`, `DELETE /orders/5` `delete_order`. */
export function toolNameFor(method: string, segments: Segment[], host: string): string {
  const words: string[] = [];
  for (const { text, parts, isName } of segments) {
    if (isName) words.push(decoded(text).replace(/\.(?:json|xml|php)$/i, ""));
    else if (parts.some((part) => "place" in part)) words.push(singular(words.pop() ?? ""));
  }
  const named =
    words
      .filter((word) => word !== "")
      .slice(-2)
      .join("_") || host;
  switch (method) {
    case "DELETE":
      return asToolName(`delete_${named}`);
    case "PUT":
    case "PATCH":
      return asToolName(`update_${named}`);
    case "POST":
      return asToolName(
        words.length === 1 && singular(named) !== named ? `create_${singular(named)}` : named,
      );
    default:
      return asToolName(named);
  }
}

function markedParts(text: string): PathPart[] {
  const parts: PathPart[] = [];
  let from = 0;
  for (const match of text.matchAll(MARKED)) {
    const name = match.slice(1).find((one) => one !== undefined) ?? "";
    parts.push({ text: encodeURI(text.slice(from, match.index)) }, { place: placeName(name) });
    from = match.index + match[0].length;
  }
  parts.push({ text: literal(encodeURI(text.slice(from))) });
  return parts.filter((part) => !("text" in part) || part.text !== "");
}

/** As it is written, without characters that would be a place. */
function literal(segment: string): string {
  return segment.replace(/[{}<>"\s]/g, (character) => encodeURIComponent(character));
}

/** `:id`, `YOUR_ORDER_ID`, and words in capitals as GitHub's documentation has them. */
function placeholderName(text: string, before: string | undefined): string | undefined {
  const [, colon, your] = /^(?::([a-z]\w*)|(?:your|insert)[_-]([\w-]+))$/i.exec(text) ?? [];
  const isCapitals =
    /^[A-Z][A-Z_]{3,}$/.test(text) ||
    (/^[A-Z]{2,3}$/.test(text) && text === singular(before ?? "").toUpperCase());
  const name = colon ?? your ?? (isCapitals ? text : undefined);
  return name === undefined ? undefined : placeName(name);
}

function placeName(text: string): string {
  return asFieldName(/[a-z]/.test(text) ? text : text.toLowerCase());
}

function isIdentifier(text: string, before: string | undefined): boolean {
  if (isVersion(text, before)) return false;
  if (UUID.test(text) || /^\d+$/.test(text) || /^[^@\s]+@[^@\s]+\.\w+$/.test(text)) return true;
  const digits = text.replace(/\D/g, "").length;
  const isCode =
    digits >= 3 || (digits >= 1 && (/[A-Z].*-/.test(text) || /^[a-z]{2,6}_\w{8,}$/.test(text)));
  return /^[\w.~:+=-]{4,}$/.test(text) && (isCode || (digits >= 2 && /[A-Z]/.test(text)));
}

/** `v1`, `v2beta1`; and `2024-01`, `1.1` or `3` at the start of a path or after `api`. */
function isVersion(text: string, before: string | undefined): boolean {
  if (/^v\d+(?:[._-]?\d+|(?:alpha|beta|rc)\d*)*$/i.test(text)) return true;
  const mayBe = before === undefined || /^(?:api|apis|rest|v|version|versions)$/i.test(before);
  return mayBe && /^(?:\d{1,2}|\d{1,4}(?:[.-]\d{1,2})+)$/.test(text);
}

function placeNameAfter(text: string, before: string | undefined): string {
  if (text.includes("@")) return "email";
  const isName = before !== undefined && /^[a-z]/i.test(before) && !isVersion(before, undefined);
  return isName ? singular(before) : "id";
}
