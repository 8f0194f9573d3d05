import { knownSecrets, UNSEPARATED_SECRET_STARTS } from "../privacy/secrets.ts";
import { withoutOverlaps } from "../privacy/detection.ts";
import { withoutInvisible } from "../text/invisible-characters.ts";
import { filterAddresses } from "./addresses.ts";
import { allowedAddress, LINK_REMOVED, type MayLinkTo } from "./allowed-address.ts";
import { CodeTracker } from "./code.ts";
import { plainStart } from "./plain-start.ts";
import { Pieces, WHITE_SPACE, type Piece } from "./pieces.ts";

const SECRET_REMOVED = "‹secret removed›";
/** Without any of these a piece holds no address, markup or credential. */
const MAY_BE_REMOVED = new RegExp(
  String.raw`[\0.:/\\&[\]<!_-]|${UNSEPARATED_SECRET_STARTS.join("|")}`,
);
/** A private key whose end is missing. */
const OPEN_KEY = /-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----[\s\S]*$/iu;

/** Where an image, a definition, a tag or an entity may begin. The lookbehinds need one character before it. */
const MARKUP = /(?<=!)\[|(?<=\])[:(]|\\?<(?=[a-z/!?])|&#?[a-z0-9]{1,31};/giu;
/** Entities that answers often contain and that cannot turn text into a link. */
const HARMLESS_ENTITY =
  /^&(?:amp|lt|gt|quot|apos|nbsp|euro|pound|yen|cent|copy|reg|trade|deg|times|hellip|[nm]dash|[lr][sda]quo|[a-z]+(?:uml|acute|circ|cedil|ring)|szlig);$/i;
const BETWEEN_WORDS = new RegExp(`(${WHITE_SPACE.source}+)`, "u");
const ESCAPE = /\\([!-/:-@[-`{-~])/g;
/** Escapes of characters that may stand in an address. */
const ADDRESS_ESCAPE = /\\([!#$%&+,\-./:;=?@_~])/g;

const MAIL_ADDRESS = /^[a-z0-9]+(?:[._%+-][a-z0-9]+)*@(?:[a-z0-9-]+\.)+[a-z]{2,24}$/i;
/** `(…)` behind the text of a Markdown link. */
const TARGET = /\]\(((?:[^()\\]|\\[\s\S]|\([^()]*\))*)\)/gu;

/**
 * Filters an answer while it streams. By fixed rules, without a model, it removes links to hosts that are not allowed, images,
 * HTML and credentials. Its input is the output of the citation check. A mark replaces what it removes, so that the text
 * around it does not join into another link. It decides piece by piece, where no link can be open: see {@link Pieces}.
 */
export class OutputFilter {
  readonly #mayLinkTo: MayLinkTo;
  readonly #isQuoted: (word: string) => boolean;
  readonly #code = new CodeTracker();
  readonly #pieces = new Pieces();
  #text = "";
  /** How many characters of the piece that has not ended were shown. */
  #started = 0;
  /** The last character that was shown of the pieces that have ended. */
  #last = "";

  /** @param isQuoted whether the sources hold a word as it stands: such a word stays in code, as no renderer makes a link there */
  constructor(mayLinkTo: MayLinkTo, isQuoted: (word: string) => boolean = () => false) {
    this.#mayLinkTo = mayLinkTo;
    this.#isQuoted = isQuoted;
  }

  /** Everything that was shown so far. */
  get text(): string {
    return this.#text;
  }

  /** @returns what may be shown now */
  push(delta: string): string {
    const ended = this.#show(this.#pieces.push(delta));
    const start = plainStart(this.#pieces.held).slice(this.#started);
    this.#started += start.length;
    this.#text += start;
    return ended + start;
  }

  /** @returns the rest that may be shown when the stream has ended */
  end(): string {
    return this.#show(this.#pieces.end());
  }

  #show(pieces: Piece[]): string {
    let shown = "";
    for (const { text, isCut } of pieces) {
      const filtered = this.#fromStart(text) + (isCut ? " " : "");
      // What was taken out may have held backticks or line breaks. Then nothing behind it is taken for code.
      if (filtered !== text && skeleton(filtered) !== skeleton(text)) this.#code.lose();
      shown += filtered.slice(this.#started);
      this.#started = 0;
      this.#last = filtered.slice(-1) || this.#last;
    }
    this.#text += shown;
    return shown;
  }

  /** A removed address leaves the start of its piece in place, which may have been shown already. */
  #fromStart(piece: string): string {
    const start = plainStart(piece);
    const whole = this.#withCode(piece, this.#last);
    if (whole.startsWith(start)) return whole;
    // The rest of an address without its scheme would be judged as something else.
    const removed = whole.indexOf(LINK_REMOVED);
    if (removed >= 0 && start.startsWith(whole.slice(0, removed)))
      return start + whole.slice(removed);
    return start + this.#filter(piece.slice(start.length), start);
  }

  /** Words in code stay as they are where the sources say the same. */
  #withCode(piece: string, last: string): string {
    const parts = this.#code.parts(piece);
    if (!parts.some(({ isCode }) => isCode)) return this.#filter(piece, last);
    let shown = "";
    for (const { text, isCode } of parts) {
      const words = isCode ? text.split(BETWEEN_WORDS) : [text];
      for (const word of words) {
        const isKept =
          isCode && this.#isQuoted(word.replace(/^`+|`+$/g, "")) && withoutSecrets(word) === word;
        shown += isKept ? word : this.#filter(word, shown || last);
      }
    }
    return skeleton(shown) === skeleton(piece) ? shown : this.#filter(piece, last);
  }

  #filter(piece: string, last: string): string {
    if (!MAY_BE_REMOVED.test(piece)) return piece;
    // Markdown renderers put a visible character in its place, which joins a host.
    const text = withoutSecrets(withoutHiddenMarkers(piece).replaceAll("\0", ""));
    let shown = "";
    let at = 0;
    for (const { 0: whole, 1: target = "", index } of text.matchAll(TARGET)) {
      const url = this.#target(target, text.slice(at, index));
      shown += this.#words(text.slice(at, index + 1), shown || last);
      shown += url === undefined ? " " : `(${url})`;
      at = index + whole.length;
    }
    return shown + this.#words(text.slice(at), shown || last);
  }

  /** A link's target as it is shown. It is rebuilt from the parsed address, so that every renderer reads the address that we checked. */
  #target(target: string, before: string): string | undefined {
    const [first = ""] = target.trim().split(/\s/u);
    if (/^mailto:/i.test(first)) return mailTarget(first, before);
    const url = first.replace(/^<(.*)>$/u, "$1").replaceAll("&amp;", "&");
    const absolute = url.replace(/^(?:\/\/|(?=www\.))/i, "https://");
    if (!/^https?:\/\//i.test(absolute)) return undefined;
    // Parentheses may stand in the path of a target.
    const plain = absolute.replace(/[()]/g, "");
    if (allowedAddress(plain, this.#mayLinkTo) === undefined) return undefined;
    return URL.parse(absolute)?.href.replaceAll("(", "%28").replaceAll(")", "%29");
  }

  #words(text: string, shown: string, next = ""): string {
    const broken = withoutMarkup(text, shown.slice(-1));
    let before = BETWEEN_WORDS.test(shown.slice(-1)) ? "" : shown.slice(-1);
    const words = broken.split(BETWEEN_WORDS);
    return words
      .map((word, index) => {
        if (index % 2 === 1 || word === "") return word;
        const filtered = this.#word(word, index === 0 ? before : "", words[index + 1] ?? next);
        before = "";
        return filtered;
      })
      .join("");
  }

  #word(word: string, before: string, after: string): string {
    const filter = (text: string): string =>
      filterAddresses(text, { before, after: after.charAt(0) }, this.#mayLinkTo);
    // What is a link once escapes are read, or invisible characters removed, is shown without these.
    const visible = withoutInvisible(word);
    if (visible !== word && filter(visible) !== visible) return this.#words(visible, before, after);
    if (word.includes("\\")) {
      const read = word.replace(ESCAPE, "$1");
      const plain = word.replace(ADDRESS_ESCAPE, "$1");
      if (plain !== word && filter(read) !== read) return this.#words(plain, before, after);
    }
    return filter(word);
  }
}

/** `mailto:` where the text of the link is the address: a renderer would link it without a target, too. */
function mailTarget(target: string, before: string): string | undefined {
  const address = target.slice("mailto:".length);
  return MAIL_ADDRESS.test(address) && before.endsWith(`[${address}`) ? target : undefined;
}

/** Brackets around digits and invisible characters, which would be a citation marker that nobody verified once these are removed. */
function withoutHiddenMarkers(text: string): string {
  return text.replace(/\[([^[\]]*)\]/g, (found, inner: string) => {
    const visible = withoutInvisible(inner).replaceAll("\0", "");
    return visible !== inner && /^[\d,]*$/.test(visible) ? `〔${inner}〕` : found;
  });
}

/** What decides what is code in a text. */
function skeleton(text: string): string {
  return text.replace(/[^`~\n\\|]+/g, " ");
}

/** Breaks images, definitions, targets that are no links, tags and entities. */
function withoutMarkup(text: string, before: string): string {
  const broken = (before + text).replace(MARKUP, (found, index: number) => {
    if (index < before.length) return found.replace("<", "‹");
    // A space before the bracket keeps `![` from being an image; one before the colon keeps `]:` from being a definition.
    if (/^[[:(]/.test(found)) return ` ${found}`;
    // An escaped one is shown as well, and the escape would be shown with it.
    if (found.endsWith("<")) return "‹";
    // Some renderers decode entities before they look for addresses, so `&#58;` could complete one.
    return HARMLESS_ENTITY.test(found) ? found : `& ${found.slice(1)}`;
  });
  return broken.slice(before.length);
}

function withoutSecrets(text: string): string {
  let shown = "";
  let at = 0;
  for (const { start, end } of withoutOverlaps(knownSecrets(text))) {
    shown += text.slice(at, start) + SECRET_REMOVED;
    at = end;
  }
  return (shown + text.slice(at)).replace(OPEN_KEY, SECRET_REMOVED);
}

/**
 * Whether an answer may link to a host: it is listed, or a document that the answer was given lives there. A host with `www.` in front is
 * the same site as without.
 * @param listed hosts; `*.example.com` stands for all subdomains
 */
export function linkPolicy(listed: string[], documents: { url: string | null }[]): MayLinkTo {
  const own = documents.flatMap(({ url }) => URL.parse(url ?? "")?.hostname ?? []);
  const hosts = new Set([...listed, ...own].map(withoutWww));
  const parents = listed.flatMap((entry) => (entry.startsWith("*.") ? [entry.slice(1)] : []));
  return (host) => hosts.has(withoutWww(host)) || parents.some((parent) => host.endsWith(parent));
}

function withoutWww(host: string): string {
  return host.replace(/^www\.(?=[^.]+\.)/, "");
}
