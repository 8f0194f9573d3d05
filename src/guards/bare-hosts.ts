/**
 * A host that is written without a scheme is no link in Markdown, but many chat clients make one of it. Texts are full of
 * `Node.js`, `ASP.NET` and `README.md`, so the ending decides: these name a host wherever they stand, an ending of two letters
 * does when a path follows it. (linkify-it takes out too much here, `README.md`, `React.It` and `user.name` among it, and
 * reads whole texts, no stream.)
 */
const ALWAYS =
  /^(?:com|org|net|info|biz|xyz|online|site|website|shop|store|club|icu|vip|click|buzz|space|fun|loan|top|рф)$/i;
const WITH_PATH =
  /^(?:(?!js|ts)[a-z]{2}|app|dev|cloud|page|link|live|tech|pro|work|world|mobi|today|news|gov|edu|int)$/i;
/** `ASP.NET` is a library; no library's name ends in small letters like a host's. */
const LIBRARY = /^NET$/;

/** Where an address with a scheme or `www.` begins. The output filter reads that one itself, so a bare host ends there. */
const ADDRESS = /(?:https?|ftp)\\?:[/\\]|www\\?\./i;
const PATH = String.raw`(?::\d{0,5})?\\?\/[^\s<>"'\x60()[\]{}*|^]*`;
const OPEN_END = new RegExp(String.raw`^(?:\\?\.[\p{L}\p{N}_-]*)+(?:\\|:\d{0,5}|${PATH})?$`, "u");

/** A host without a scheme, read from the dot before its last labels. */
export interface BareHost {
  /** The dot and what belongs to the address behind it. */
  end: string;
  /** The whole address, without a scheme. */
  address: string;
}

/**
 * The address whose host goes on at the start of `rest`, which begins with a dot.
 * @param behind what was said right before it
 * @returns undefined when there is none
 */
export function bareHost(behind: string, rest: string): BareHost | undefined {
  const start = /[\p{L}\p{M}\p{N}\p{Extended_Pictographic}._\\-]+$/u.exec(behind)?.[0];
  const whole = rest.slice(0, ADDRESS.exec(rest)?.index);
  const labels = /^(?:\\?\.[\p{L}\p{N}_-]+)+/u.exec(whole)?.[0];
  if (!labels || start === undefined) return undefined;
  const ending = labels.slice(labels.lastIndexOf(".") + 1);
  const path = new RegExp(`^${PATH}`, "u").exec(whole.slice(labels.length))?.[0] ?? "";
  const isHost =
    (ALWAYS.test(ending) && (path !== "" || !LIBRARY.test(ending))) ||
    (path.length > 1 && WITH_PATH.test(ending));
  // A mail address opens no page.
  const isMail = path === "" && /[\p{L}\p{N}]@$/u.test(behind.slice(0, -start.length));
  if (!isHost || isMail) return undefined;
  const end = labels + path.replace(/[.,;:!?_~]+$/u, "");
  return { end, address: start.replace(/^\.+/, "") + end };
}

/** Whether more text can change what {@link bareHost} says. */
export function mayGoOn(rest: string): boolean {
  return OPEN_END.test(rest);
}
