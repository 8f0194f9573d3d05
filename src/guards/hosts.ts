import { PLACEHOLDER } from "../privacy/pseudonyms.ts";
import {
  allowedAddress,
  DOT,
  isEndingAt,
  isWellFormed,
  JOINER,
  MAX_HOST,
  withoutPunctuation,
  type Around,
  type Edit,
  type MayLinkTo,
} from "./allowed-address.ts";
import { isHostEnding } from "./endings.ts";

/** A character in front of a dot that belongs to no host. */
const BEFORE_NO_HOST = /[.([{"',:!?/]/;
/** In front of a host. Behind another character some renderers begin no link there, but within the path. */
const BEFORE_HOST = /[\s([{"'“„‘‚«‹*>`=|]/u;
/** A character that some renderer takes for a part of a host. */
const IN_HOST = /[A-Za-z0-9._$+=^`|~-]|(?![\p{P}\p{Z}\p{Cc}])\P{ASCII}/u;
/** linkify-it takes these for letters within a host, but begins none with them. */
const ASCII_SYMBOL = /[$+=^`|]/;
/** The labels of a host from a dot on, with all letters that some renderer allows in them. */
const LABELS = /(?:\.?(?:[A-Za-z0-9_-]|(?![\p{P}\p{Z}\p{Cc}])\P{ASCII})+)*/uy;
/** Symbols behind a host that linkify-it takes for a part of it, because a letter follows. */
const SYMBOL_WITHIN = /^[$+=^`|~]+[\p{L}\p{N}]/u;
const AFTER_EMOJI = /(?!\p{ASCII})[\p{Emoji}\p{Variation_Selector}\p{Join_Control}]$/u;
const PORT_AND_PATH = /(?::\d{1,5})?(?:[/?#][^\s<>"'`()[\]{}*|^\p{Cc}]*)?/uy;
const IP = /(?<![A-Za-z0-9])(\d{1,3}\.\d{1,3}\.\d{1,3})((?:\.\d{1,3})+)(?![A-Za-z0-9])(\/\S)?/g;
/** Schemes that hold what they lead to, and those behind which browsers need no slashes. */
const BARE_SCHEME = /(javascript|vbscript|data|blob|https?|ftps?|wss?|file):(?=(.|$))/gi;

const PLACEHOLDER_FIRST = new RegExp(`^${PLACEHOLDER.source}`);
/** In characters: RFC 5321, 4.5.3.1.1. */
const MAX_LOCAL_PART = 64;
/** What is in front of the host of a mail address, and of nothing else. */
const LOCAL_PART = /(?:^|[\s("'‹<[{*,;:>])[a-z0-9]+(?:[._%+-][a-z0-9]+)*@$/i;
/** `localhost:80@evil.example`: a port and what linkifyjs takes for a part of the address, and no mailbox. */
const AFTER_PORT = /:\d+@$/;

/** Where a host stands in a part of a word, and what follows it. */
interface HostBounds {
  start: number;
  /** Where the host ends, and its port and path begin. */
  hostEnd: number;
  end: number;
}

/** Hosts without a scheme in a part of a word that holds no other address. */
export function filterHosts(text: string, around: Around, mayLinkTo: MayLinkTo): string {
  // The address may begin behind this part: `data:www.example.net`.
  const part = text.replace(BARE_SCHEME, (found, scheme: string, next: string) =>
    next || around.after.trim() ? `${scheme}${JOINER}:` : found,
  );
  if (!part.includes(".")) return part;
  let shown = "";
  let at = 0;
  DOT.lastIndex = 0;
  for (let dot = DOT.exec(part); dot; dot = DOT.exec(part)) {
    const { index } = dot;
    const previous = index === 0 ? around.before : part.charAt(index - 1);
    if (index < at || previous === "" || BEFORE_NO_HOST.test(previous)) continue;
    if (!isEndingAt(part, index + 1)) continue;
    const next = DOT.lastIndex;
    const edit = editHost(part, boundsOf(part, at, index), around, mayLinkTo);
    shown += withoutIps(part.slice(at, edit.start), mayLinkTo) + edit.shown;
    at = edit.end;
    DOT.lastIndex = Math.max(next, at);
  }
  return shown + withoutIps(part.slice(at), mayLinkTo);
}

/** The host that a dot belongs to. It begins at `from` at the earliest. */
function boundsOf(part: string, from: number, dot: number): HostBounds {
  let start = dot;
  const least = Math.max(from, dot - MAX_HOST);
  while (start > least && IN_HOST.test(part.charAt(start - 1))) start--;
  while (ASCII_SYMBOL.test(part.charAt(start))) start++;
  LABELS.lastIndex = dot;
  const hostEnd = dot + (LABELS.exec(part)?.[0].length ?? 0);
  PORT_AND_PATH.lastIndex = hostEnd;
  const restEnd = hostEnd + (PORT_AND_PATH.exec(part)?.[0].length ?? 0);
  return { start, hostEnd, end: withoutPunctuation(part, hostEnd, restEnd) };
}

/** What is shown for a host. */
function editHost(part: string, bounds: HostBounds, around: Around, mayLinkTo: MayLinkTo): Edit {
  const { start, hostEnd, end } = bounds;
  const address = allowedAddress(part.slice(start, end), mayLinkTo);
  if (address !== undefined && isEntire(part, bounds, around))
    return { start, end, shown: address };
  // Clicking on a mail address opens no page.
  if (isMail(part, bounds, around)) return { start, end, shown: part.slice(start, end) };
  const host = part.slice(start, hostEnd);
  // In "admin.it@example.com" a dot of the mailbox would else be taken for that of a host.
  if (isMailbox(part, bounds, around)) return { start, end: hostEnd, shown: host };
  const inert = host.replace(DOT, (found, index: number) =>
    isEndingAt(host, index + 1) ? `${found}${JOINER}` : found,
  );
  return { start, end: hostEnd, shown: withoutIps(inert, mayLinkTo) };
}

/**
 * Whether no renderer takes the characters beside an address for a part of its host. A placeholder beside it will become part of it. A
 * letter beside it is part of it, whatever else it belongs to.
 */
function isEntire(part: string, { start, end }: HostBounds, { before, after }: Around): boolean {
  const previous = start === 0 ? before : part.charAt(start - 1);
  return (
    (previous === "" || BEFORE_HOST.test(previous)) &&
    !joinsHost(before, part, start) &&
    !SYMBOL_WITHIN.test(part.slice(end, end + MAX_HOST)) &&
    !PLACEHOLDER_FIRST.test(part.slice(end)) &&
    !(end === part.length && IN_HOST.test(after))
  );
}

function isMail(part: string, { start, hostEnd, end }: HostBounds, { before }: Around): boolean {
  const host = part.slice(start, hostEnd);
  const localPart = before + part.slice(Math.max(0, start - MAX_LOCAL_PART - 1), start);
  return (
    hostEnd === end &&
    /^[a-z0-9.-]+$/i.test(host) &&
    isWellFormed(host) &&
    LOCAL_PART.test(localPart) &&
    !AFTER_PORT.test(localPart)
  );
}

/** A word that is a mail address for every renderer. linkify-it knows none whose host has more labels. */
const MAIL_WORD =
  /^[*("'‹]*(?<mailbox>[a-z0-9]+(?:[._%+-][a-z0-9]+)*@)(?<host>[a-z0-9-]+(?:\.[a-z0-9-]+){1,3})[)*"'›,;:!?.]*$/i;
const BESIDE_WORD = /^[\p{Z}\t\n\r]?$/u;

/**
 * Whether what looks like a host stands in front of the host of a mail address, and nothing else is in that word. Of any other mailbox some
 * renderer makes a link: `evil.example@1.2.3`.
 */
function isMailbox(part: string, { hostEnd }: HostBounds, { before, after }: Around): boolean {
  if (!BESIDE_WORD.test(before) || !BESIDE_WORD.test(after) || part.length > MAX_HOST) return false;
  const { mailbox = "", host = "" } = MAIL_WORD.exec(part)?.groups ?? {};
  if (mailbox.length > MAX_LOCAL_PART || hostEnd > part.indexOf("@")) return false;
  return isWellFormed(host) && isHostEnding(host.split(".").at(-1)?.toLowerCase() ?? "");
}

/** Whether some renderer takes what is in front of a host for its beginning. */
export function joinsHost(before: string, part: string, start: number): boolean {
  return IN_HOST.test(beforeSymbols(before, part, start));
}

/** The character in front of a host and of symbols there, which some renderers take for a part of the host if a letter is in front of them. */
function beforeSymbols(before: string, part: string, start: number): string {
  const least = Math.max(0, start - MAX_HOST);
  let at = start;
  // A backslash in front of a symbol is gone once it is rendered.
  while (at > least && /[\\$+=^`|]/.test(part.charAt(at - 1))) at--;
  // For linkifyjs asterisks behind an emoji are a part of it, and so of the host.
  let star = at;
  while (star > least && part.charAt(star - 1) === "*") star--;
  if (star < at && AFTER_EMOJI.test(part.slice(Math.max(0, star - 2), star))) at = star;
  return at === 0 ? before : part.charAt(at - 1);
}

/** IP addresses, which Autolinker makes links of, are made inert behind each dot from the third on. */
function withoutIps(part: string, mayLinkTo: MayLinkTo): string {
  return part.replace(IP, (found, start: string, rest: string, path?: string) => {
    if (path === undefined && mayLinkTo(found)) return found;
    return `${start}${rest.replaceAll(".", `.${JOINER}`)}${path ?? ""}`;
  });
}
