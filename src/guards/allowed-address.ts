import { isHostEnding } from "./endings.ts";

/**
 * U+2060, the word joiner, which is not shown. Behind the dots of a name that only some linkers take for a host, it keeps all of them from
 * making a link: `README.md` and `evil.io` read as before.
 */
export const JOINER = "\u2060";
/** Shown in place of a link. None of its characters can become part of a link, an image or a citation. */
export const LINK_REMOVED = "‹link removed›";

/** In characters: RFC 1035, 2.3.4, whose 255 octets hold two more than the text. */
export const MAX_HOST = 253;
/** RFC 1035, 2.3.4. */
const MAX_LABEL = 63;

/** linkify-it ends an address at a port with a query behind it, and begins another one there. */
const ALLOWED_FORM =
  /^(?<scheme>https?:\/\/|\/\/|)(?<host>[\p{L}\p{M}\p{N}.-]+)(?::\d{1,5}(?![?#]))?(?<path>(?:[/?#][\p{L}\p{M}\p{N}._~:/?#!$&+,;=%-]*)?)$/iu;
const LABEL_FORM = /^[\p{L}\p{N}](?:[\p{L}\p{M}\p{N}-]*[\p{L}\p{M}\p{N}])?$/u;
/** What ends an address within its path in some renderers, so that another one may begin behind it. */
const ENDS_PATH = /[?!,;:.~]{2}|:[/\\]|www\.|\/\/|&(?![\w-]+=|amp;)/i;
/** Renderers begin a host behind one of these, too. */
const IP_AFTER_PUNCTUATION = /[_~!,;?#$+]\d{1,3}(?:\.\d{1,3}){3}/;
const AFTER_PUNCTUATION = /[_~!,;?$+][\p{L}\p{M}\p{N}.-]+/gu;
/** Renderers end an address before these. */
const TRAILING_PUNCTUATION = /[.,;:!?_~]/;

/** For Autolinker `1.2.3.4.example.net` is two hosts. */
const NUMBERS_FIRST = /^\d{1,3}(?:\.\d{1,3}){2}.*[^\d.]/;

/** A dot within a host. */
export const DOT = /\.(?=[\p{L}\p{N}])/gu;
const LETTERS = /[\p{L}\p{M}\p{N}-]+/uy;
/** Some renderers end a label at its first letter that is not ASCII. */
const ASCII_LETTERS = /[a-z0-9-]+/iy;

export type MayLinkTo = (host: string) => boolean;

/** The characters in front of a text and behind it. */
export interface Around {
  before: string;
  after: string;
}

/** A part of a word, and what is shown for it. */
export interface Edit {
  start: number;
  end: number;
  shown: string;
}

/** The address as every renderer and browser reads it; undefined if one of them could read another host than an allowed one. */
export function allowedAddress(url: string, mayLinkTo: MayLinkTo): string | undefined {
  const { scheme = "", host = "", path = "" } = ALLOWED_FORM.exec(url)?.groups ?? {};
  if (!isWellFormed(host) || ENDS_PATH.test(path.replaceAll("&amp;", "&a=")) || hasHost(path))
    return undefined;
  if (/;/.test(path.replaceAll("&amp;", ""))) return undefined;
  const parsed = URL.parse(`https://${url.slice(scheme.length)}`);
  if (!parsed || !mayLinkTo(parsed.hostname)) return undefined;
  // A renderer may end a host at its first letter that is not ASCII.
  if (/^[\x21-\x7E]*$/.test(host)) return url;
  return url.replace(host, () => parsed.hostname);
}

export function isWellFormed(host: string): boolean {
  const labels = host.split(".");
  return (
    host.length <= MAX_HOST &&
    !NUMBERS_FIRST.test(host) &&
    labels.every((label) => label.length <= MAX_LABEL && LABEL_FORM.test(label))
  );
}

/** Whether a path contains what some renderers take for a host of its own, behind punctuation. */
function hasHost(path: string): boolean {
  if (IP_AFTER_PUNCTUATION.test(path)) return true;
  return (path.match(AFTER_PUNCTUATION) ?? []).some((part) =>
    // Not with DOT: the caller may be in the middle of its own search, and `matchAll` begins where that stands.
    Array.from(part.matchAll(/\.(?=[\p{L}\p{N}])/gu)).some(({ index }) =>
      isEndingAt(part, index + 1),
    ),
  );
}

/** Whether a label begins here that a host may end with, whatever follows it. */
export function isEndingAt(text: string, start: number): boolean {
  LETTERS.lastIndex = ASCII_LETTERS.lastIndex = start;
  const label = LETTERS.exec(text)?.[0] ?? "";
  const ascii = ASCII_LETTERS.exec(text)?.[0] ?? "";
  return [label, ascii, label.split("-")[0] ?? "", ascii.split("-")[0] ?? ""].some(
    (one) => one !== "" && isHostEnding(one.toLowerCase()),
  );
}

/** Where a part of a text ends without punctuation. */
export function withoutPunctuation(text: string, start: number, end: number): number {
  let last = end;
  while (last > start && TRAILING_PUNCTUATION.test(text.charAt(last - 1))) last--;
  return last;
}
