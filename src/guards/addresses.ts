import {
  allowedAddress,
  JOINER,
  LINK_REMOVED,
  withoutPunctuation,
  type Around,
  type Edit,
  type MayLinkTo,
} from "./allowed-address.ts";
import { filterHosts, joinsHost } from "./hosts.ts";

/** In characters. A longer address is removed without being parsed. Chosen: addresses of articles are shorter. */
const MAX_URL = 2048;
/** In characters. Of a longer scheme only the end is read, to cap the cost. Chosen: those that renderers link are shorter. */
const MAX_SCHEME = 32;

/** Where an address may begin, other than a host alone. */
const ADDRESS = /:[/\\]{1,2}|www\.|[/\\]{2}/gi;
/** Schemes that browsers also read with a single slash. */
const WEB_SCHEME = /(?:https?|ftps?|wss?|file)$/i;
/** A scheme that may be allowed, at the end of the characters in front of `:`. */
const HTTP = /(?:^|[^a-z0-9+-])(https?)$/i;
/** Behind an address: the end of the text, or white space that every renderer ends it at. */
const ENDS_ADDRESS = /^[\t\n\r ]?$/;
/** An address ends at one of these in every renderer, or we put a slash there: see {@link closed}. */
const BODY = /[^\s<>"'`()[\]{}*|^\p{Cc}]*/uy;

/** The characters that an address consists of from any point before their end, read once for all of these points. */
interface Body {
  /** Where a character follows that is none of an address. */
  end: number;
  /** The same without punctuation at the end. */
  urlEnd: number;
  /** Where the next dot stands; -1 if none follows. */
  dot: number;
}

/**
 * A word without the links that any renderer could make of it, except to allowed hosts. It goes by a superset of what GitHub's Markdown,
 * marked, markdown-it, linkify-it, linkifyjs and Autolinker take for addresses (decision 0057).
 * @param word without white space
 * @param before the character in front of it, or nothing
 * @param after the character behind it, or nothing
 */
export function filterAddresses(
  word: string,
  { before, after }: Around,
  mayLinkTo: MayLinkTo,
): string {
  if (!/[.:/\\]/.test(word)) return word;
  let shown = "";
  let at = 0;
  const hostsIn = (start: number, end: number): string => {
    const around = {
      before: start === 0 ? before : word.charAt(start - 1),
      after: word.charAt(end),
    };
    return filterHosts(word.slice(start, end), around, mayLinkTo);
  };
  let body: Body | undefined;
  ADDRESS.lastIndex = 0;
  for (let match = ADDRESS.exec(word); match; match = ADDRESS.exec(word)) {
    const start = startOf(word, match, at);
    if (start === undefined) continue;
    const next = ADDRESS.lastIndex;
    body = bodyAt(word, start, body);
    // `~|www.example.com` is one host for linkify-it, and behind a scheme without slashes it begins no address with `www.`.
    const isPart =
      /^w/i.test(match[0]) && (joinsHost(before, word, start) || word.charAt(start - 1) === ":");
    const mayLink = isPart ? () => false : mayLinkTo;
    const edit = editAddress(word, start, { ...body, after }, mayLink);
    shown += hostsIn(at, start) + edit.shown;
    at = edit.end;
    ADDRESS.lastIndex = Math.max(next, at);
  }
  return shown + hostsIn(at, word.length);
}

/** Where the address begins whose `://`, `//` or `www.` was found; undefined if it is none. */
function startOf(
  word: string,
  { index, 0: found }: RegExpExecArray,
  from: number,
): number | undefined {
  if (index < from) return undefined;
  if (!found.startsWith(":")) return index;
  const least = Math.max(from, index - MAX_SCHEME);
  let start = index;
  while (start > least && /[a-z0-9+.-]/i.test(word.charAt(start - 1))) start--;
  const scheme = word.slice(start, index);
  const isDouble = found.length === 3;
  if (!/[a-z]/i.test(scheme)) return isDouble ? index + 1 : undefined;
  const http = HTTP.exec(scheme)?.[1];
  if (http) return index - http.length;
  return isDouble || WEB_SCHEME.test(scheme) ? start : undefined;
}

function bodyAt(word: string, start: number, last: Body | undefined): Body {
  const isSame = last !== undefined && start < last.end;
  const dot = isSame && (last.dot < 0 || last.dot >= start) ? last.dot : word.indexOf(".", start);
  if (isSame) return { ...last, dot };
  BODY.lastIndex = start;
  const end = start + (BODY.exec(word)?.[0].length ?? 0);
  return { end, urlEnd: withoutPunctuation(word, start, end), dot };
}

/** What is shown for the address that begins at `start`. */
function editAddress(
  word: string,
  start: number,
  { after, ...body }: Body & { after: string },
  mayLinkTo: MayLinkTo,
): Edit {
  const end = Math.max(start, body.urlEnd);
  const next = word.charAt(end) || after;
  const goesOn = body.end < word.length || !ENDS_ADDRESS.test(after);
  // Two slashes begin an address only before a dot.
  if (/[/\\]/.test(word.charAt(start)) && (body.dot < 0 || body.dot >= end)) {
    const slashes = word.slice(start, start + 2);
    return { start, end: start + 2, shown: goesOn ? `${slashes} ` : slashes };
  }
  const url = word.slice(start, end);
  // `www.` begins an address only before a host. Some renderers allow punctuation there: GFM makes a link of `www.(.evil.example`.
  if (/^www$/i.test(url)) return { start, end, shown: goesOn ? `${url}${JOINER}` : url };
  if (url.length >= MAX_URL) return { start, end, shown: LINK_REMOVED };
  const allowed = allowedAddress(url, mayLinkTo);
  return { start, end, shown: allowed === undefined ? LINK_REMOVED : closed(allowed, next) };
}

/** Some renderers read on past the character where we end an address. A slash keeps that text out of the host. */
function closed(url: string, next: string): string {
  const isHostOnly = /^(?:(?:\w+:)?\/\/)?[^/?#]+$/u.test(url);
  return isHostOnly && !ENDS_ADDRESS.test(next) ? `${url}/` : url;
}
