/**
 * Markdown makes no link of a host without a scheme (`evil.com`), but many chat clients do. The library linkify-it is too
 * eager here: it takes `README.md`, `React.It` and `user.name` for hosts, and it reads whole texts, not streams. So we look at
 * the last label: these always name a host.
 */
const HOST_ENDING =
  /^(?:com|org|net|info|biz|xyz|online|site|website|shop|store|club|icu|vip|click|buzz|space|fun|loan|top|рф)$/i;
/** These, and any two letters, name a host only when a path follows. */
const HOST_ENDING_BEFORE_PATH =
  /^(?:(?!js|ts)[a-z]{2}|app|dev|cloud|page|link|live|tech|pro|work|world|mobi|today|news|gov|edu|int)$/i;
/** `ASP.NET` is a library. In lower case, `.net` names a host. */
const LIBRARY_ENDING = /^NET$/;

/** Where an address with a scheme or `www.` begins. The output filter reads that address itself, so a bare host ends there. */
const ADDRESS = /(?:https?|ftp)\\?:[/\\]|www\\?\./i;
const PATH = String.raw`(?::\d{0,5})?\\?\/[^\s<>"'\x60()[\]{}*|^]*`;
/** A host or path that reaches the end of the text, so that the next characters can belong to it. */
const OPEN_END = new RegExp(String.raw`^(?:\\?\.[\p{L}\p{N}_-]*)+(?:\\|:\d{0,5}|${PATH})?$`, "u");

/** A host without a scheme. Reading starts at one of its dots, when the labels before that dot have already been shown. */
export interface BareHost {
  /** The address from the dot on. */
  end: string;
  /** The whole address, without a scheme. */
  address: string;
}

/**
 * Finds the host that the dot at the start of `rest` belongs to.
 * @param preceding the text before the dot
 * @returns undefined when the dot belongs to no host
 */
export function bareHost(preceding: string, rest: string): BareHost | undefined {
  const start = /[\p{L}\p{M}\p{N}\p{Extended_Pictographic}._\\-]+$/u.exec(preceding)?.[0];
  const whole = rest.slice(0, ADDRESS.exec(rest)?.index);
  const labels = /^(?:\\?\.[\p{L}\p{N}_-]+)+/u.exec(whole)?.[0];
  if (!labels || start === undefined) return undefined;
  const ending = labels.slice(labels.lastIndexOf(".") + 1);
  const path = new RegExp(`^${PATH}`, "u").exec(whole.slice(labels.length))?.[0] ?? "";
  const isHost =
    (HOST_ENDING.test(ending) && (path !== "" || !LIBRARY_ENDING.test(ending))) ||
    (path.length > 1 && HOST_ENDING_BEFORE_PATH.test(ending));
  // Clicking on a mail address opens no page.
  const isMail = path === "" && /[\p{L}\p{N}]@$/u.test(preceding.slice(0, -start.length));
  if (!isHost || isMail) return undefined;
  const end = labels + path.replace(/[.,;:!?_~]+$/u, "");
  return { end, address: start.replace(/^\.+/, "") + end };
}

/** Whether more text can change the result of {@link bareHost}. */
export function mayGoOn(rest: string): boolean {
  return OPEN_END.test(rest);
}
