import { bareHost, mayGoOn } from "./bare-hosts.ts";
import { knownSecrets } from "../privacy/secrets.ts";

/** Shown in place of what was removed. No character of these marks can become part of a link, an image or a citation. */
const LINK_REMOVED = "‹link removed›";
const SECRET_REMOVED = "‹secret removed›";

/** In characters. A longer address is removed without being parsed. */
const MAX_URL = 2048;
/** How many characters before a dot are searched for the start of a host. */
const MAX_HOST = 256;
/** In characters. A longer token is removed as if it were a secret. */
const MAX_SECRET = 8192;

/** Where a link, an image, a tag, an entity or a secret may begin. The lookbehinds need one character before it. */
const BEGINS =
  /(?:https?|ftp)\\?:[/\\]|www\\?\.|(?<![\p{L}\p{N}:/\\])\\?\/\\?\/(?=[^\s/])|(?<=[^\s.])\.(?=\p{L}{2})|&(?=[#a-z])|(?<=\])[(:]|(?<=!)\[|<(?=[a-z/!?])|-----BEGIN |(?<![a-z0-9_-])(?:sk[_-]|[rp]k_live_|whsec_|gh[oprsu]_|github_pat_|glpat-|xox[abeprs]-|AKIA|ASIA|AIza|ya29\.|SG\.|hf_|npm_|dop_v1_|shp(?:at|ss)_|eyJ)/giu;
/** What {@link BEGINS} finds, in lower case: a stream that ends within one of these has to wait for more text. */
const OPENINGS =
  String.raw`https:/ http:/ ftp:/ https\:/ http\:/ ftp\:/ // /\/ \// \/\/ www. www\. <a &`.split(
    " ",
  );
OPENINGS.push("-----begin ");
/** The same for prefixes of secrets, which count only at the start of a word. */
const WORD_OPENINGS =
  `sk_ sk- rk_live_ pk_live_ whsec_ gho_ ghp_ ghr_ ghs_ ghu_ github_pat_ glpat- xoxa- xoxb- xoxe- xoxp- xoxr-
  xoxs- akia asia aiza ya29. sg. hf_ npm_ dop_v1_ shpat_ shpss_ eyj`.split(/\s+/u);

/** Entities that answers often contain and that cannot turn text into a link. */
const HARMLESS_ENTITY =
  /^&(?:amp|lt|gt|quot|apos|nbsp|euro|pound|yen|cent|copy|reg|trade|deg|times|hellip|[nm]dash|[lr][sda]quo|[a-z]+(?:uml|acute|circ|cedil|ring)|szlig);/i;
const ENTITY = /^&(?:#?[a-z0-9]{0,31});?/i;

interface Replacement {
  shown: string;
  /** How many of the held characters it replaces. */
  length: number;
}

const URL_TEXT = /^[^\s<>"'`()[\]{}*|^\u00A0]*/u;
const TRAILING_PUNCTUATION = /[.,;:!?_~]+$/u;
const TOKEN = /^[A-Za-z0-9_.~+/=-]*/u;

/**
 * Filters an answer while it streams. By fixed rules, without a model, it removes links to hosts that are not allowed, images,
 * HTML and credentials. Its input is the output of the citation check. A mark replaces what it removes, so that the text
 * around it does not join into another link. The filter holds back only text that can still become one of these.
 */
export class OutputFilter {
  readonly #mayLinkTo: (host: string) => boolean;
  #held = "";
  /** A high surrogate whose low surrogate has not arrived yet. */
  #surrogate = "";
  #text = "";

  constructor(mayLinkTo: (host: string) => boolean) {
    this.#mayLinkTo = mayLinkTo;
  }

  /** Everything that was shown so far. */
  get text(): string {
    return this.#text;
  }

  /** @returns what may be shown now */
  push(delta: string): string {
    const text = this.#surrogate + delta;
    this.#surrogate = /[\uD800-\uDBFF]$/.exec(text)?.[0] ?? "";
    this.#held += text.slice(0, text.length - this.#surrogate.length);
    return this.#drain(false);
  }

  /** @returns the rest that may be shown when the stream has ended */
  end(): string {
    this.#held += this.#surrogate;
    return this.#drain(true);
  }

  #drain(ended: boolean): string {
    let shown = "";
    for (;;) {
      const preceding = (this.#text.slice(-MAX_HOST) + shown).slice(-MAX_HOST);
      const before = preceding.slice(-2);
      const text = before + this.#held;
      BEGINS.lastIndex = before.length;
      const begin = BEGINS.exec(text);
      if (!begin) {
        const end = Math.max(before.length, text.length - (ended ? 0 : openLength(text)));
        this.#held = text.slice(end);
        return this.#pass(shown + text.slice(before.length, end));
      }
      shown += text.slice(before.length, begin.index);
      this.#held = text.slice(begin.index);
      const replaced = this.#replace(
        begin[0].toLowerCase(),
        ended,
        (preceding + text.slice(before.length, begin.index)).slice(-MAX_HOST),
      );
      if (!replaced) return this.#pass(shown);
      shown += replaced.shown;
      this.#held = this.#held.slice(replaced.length);
    }
  }

  #pass(shown: string): string {
    this.#text += shown;
    return shown;
  }

  /** What is shown for the construct at the start of the held text; undefined until the construct is complete. */
  #replace(begin: string, ended: boolean, preceding: string): Replacement | undefined {
    // A space before the bracket keeps `![` from being an image; one before the colon keeps `]:` from being a definition.
    if (begin === "[" || begin === ":") return { shown: ` ${begin}`, length: 1 };
    if (begin === "<") return { shown: "‹", length: 1 };
    if (begin === "(") return this.#destination(ended);
    if (begin === "&") return this.#entity(ended);
    if (begin === ".") return this.#bareHost(ended, preceding);
    if (begin === "-----begin ") return this.#privateKey(ended);
    if (/^(?:https?\\?:|ftp\\?:|www|\\?\/)/.test(begin)) return this.#url(ended);
    return this.#token(ended);
  }

  /** `(…)` after `]`. It is rebuilt from the parsed address, so that every renderer reads the address that we checked. */
  #destination(ended: boolean): Replacement | undefined {
    const close = /^\((?:[^()\\]|\\[\s\S]|\([^()]*\))*\)/u.exec(this.#held.slice(0, MAX_URL));
    if (!close && !ended && this.#held.length < MAX_URL) return undefined;
    if (!close) return { shown: " (", length: 1 };
    const target = close[0].slice(1, -1).trim().split(/\s/u)[0] ?? "";
    const url = this.#allowed(target.replace(/^<(.*)>$/u, "$1"));
    return { shown: url ? `(${url})` : " ", length: close[0].length };
  }

  #url(ended: boolean): Replacement | undefined {
    const body = URL_TEXT.exec(this.#held)?.[0] ?? "";
    if (body.length === this.#held.length && !ended && body.length < MAX_URL) return undefined;
    const url = body.replace(TRAILING_PUNCTUATION, "");
    // `www.` and `//` begin an address only before a host with a dot. Some renderers allow punctuation in a host: GFM makes a
    // link of `www.(.evil.example`. A space prevents that.
    const noHost = /^www\\?$|^\\?\/\\?\/(?![^.]*\.)/iu.exec(url)?.[0];
    if (noHost !== undefined) {
      const goesOn = /^\S/u.test(this.#held.slice(body.length));
      return { shown: goesOn ? `${noHost} ` : noHost, length: noHost.length };
    }
    const allowed = body.length < MAX_URL && this.#allowed(url);
    if (!allowed) return { shown: LINK_REMOVED, length: url.length };
    // Some renderers read on past the character where we end the address. A slash keeps that text out of the host.
    const openHost =
      /^(?:(?:\w+:)?\/\/)?[^/?#]+$/u.test(url) && /^\S/u.test(this.#held.slice(url.length));
    return { shown: openHost ? `${url}/` : url, length: url.length };
  }

  /** A host without a scheme. Its labels before the dot have been shown already; without the rest they are no link. */
  #bareHost(ended: boolean, preceding: string): Replacement | undefined {
    if (!ended && this.#held.length < MAX_URL && mayGoOn(this.#held)) return undefined;
    const host = bareHost(preceding, this.#held);
    if (!host || this.#allowed(`https://${host.address}`)) return { shown: ".", length: 1 };
    return { shown: LINK_REMOVED, length: host.end.length };
  }

  /** Some renderers decode entities before they look for addresses, so `&#58;` could complete one. */
  #entity(ended: boolean): Replacement | undefined {
    const entity = ENTITY.exec(this.#held)?.[0] ?? "&";
    const isOpen = entity.length === this.#held.length && !entity.endsWith(";");
    if (isOpen && !ended && entity.length < 33) return undefined;
    if (!entity.endsWith(";")) return { shown: "&", length: 1 };
    if (HARMLESS_ENTITY.test(entity)) return { shown: entity, length: entity.length };
    return { shown: "& ", length: 1 };
  }

  #token(ended: boolean): Replacement | undefined {
    const token = TOKEN.exec(this.#held)?.[0] ?? "";
    if (token.length === this.#held.length && !ended && token.length < MAX_SECRET) return undefined;
    const isSecret = token.length >= MAX_SECRET || knownSecrets(token).length > 0;
    if (isSecret) return { shown: SECRET_REMOVED, length: token.length };
    // Only the first character is passed, because an address may begin within the rest.
    return { shown: this.#held.charAt(0), length: 1 };
  }

  #privateKey(ended: boolean): Replacement | undefined {
    const key = /^-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----[\s\S]*?-----END [A-Z ]{0,40}-----/iu;
    const whole = key.exec(this.#held)?.[0];
    if (whole) return { shown: SECRET_REMOVED, length: whole.length };
    const first = /^-----BEGIN [A-Z ]{0,30}/iu.exec(this.#held)?.[0] ?? "";
    const isOther = first.length < this.#held.length && !/PRIVATE KEY$/i.test(first);
    if (isOther) return { shown: "-", length: 1 };
    if (!ended && this.#held.length < MAX_SECRET) return undefined;
    return { shown: SECRET_REMOVED, length: this.#held.length };
  }

  /** The address as a browser reads it; undefined if its host is not allowed or it contains `\`, `@`, `;` or the like. */
  #allowed(text: string): string | undefined {
    if (/[\\@&;\p{Cc}]/u.test(text.replaceAll("&amp;", "").replace(/&(?=[\w-]+=)/gu, "")))
      return undefined;
    const plain = text.replaceAll("&amp;", "&");
    const absolute = plain.replace(/^(?:\/\/|(?=www\.))/i, "https://");
    if (!/^https?:\/\/[^/]/i.test(absolute) || !URL.canParse(absolute)) return undefined;
    const url = new URL(absolute);
    if (!this.#mayLinkTo(url.hostname)) return undefined;
    return url.href.replaceAll("(", "%28").replaceAll(")", "%29");
  }
}

/** The length of the longest suffix that more text can turn into an opening. */
function openLength(text: string): number {
  const end = text.slice(-13).toLowerCase();
  const dot = /[^\s.](\.\p{L}?)$/u.exec(end)?.[1]?.length ?? 0;
  for (let start = 0; start < end.length; start++) {
    const suffix = end.slice(start);
    const opens = (opening: string): boolean => opening.startsWith(suffix);
    const atWord = start === 0 ? text.length <= 13 : !/[a-z0-9_-]/.test(end.charAt(start - 1));
    if (OPENINGS.some(opens) || (atWord && WORD_OPENINGS.some(opens)))
      return Math.max(suffix.length, dot);
  }
  return dot;
}

/** Whether an answer may link to a host: the workspace lists it, or a document that the answer was given lives there. */
export function linkPolicy(
  listed: string[],
  documents: { url: string | null }[],
): (host: string) => boolean {
  const own = new Set(
    documents.flatMap(({ url }) => (url && URL.canParse(url) ? [new URL(url).hostname] : [])),
  );
  return (host) =>
    own.has(host) ||
    listed.some((entry) =>
      entry.startsWith("*.") ? host.endsWith(entry.slice(1)) : entry === host,
    );
}
