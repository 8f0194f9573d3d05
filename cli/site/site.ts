import { setTimeout as sleep } from "node:timers/promises";
import robotsParser from "robots-parser";
import { CommandError, reasonOf } from "../command.ts";
import { decodeText } from "../decode.ts";
import { siteOf } from "./same-page.ts";

export const AGENT = "edgewise-ingest";
const TIMEOUT_MS = 30_000;
const TRIES = 4;
const LONGEST_WAIT_MS = 60_000;
const MAX_REDIRECTS = 5;
const MAX_ROBOTS_BYTES = 500 * 1024;

export interface Fetched {
  bytes: Uint8Array;
  /** Media type without parameters. */
  type: string;
  charset?: string;
  /** After redirects. */
  url: string;
  /** Whether a redirect led to a page that is named like one for logging in. */
  isAtLogin: boolean;
  headers: Headers;
}

/** The site does not show the page: it says so by its status, it asks for a login, or it redirects to another host. */
export class NotShown extends Error {
  readonly status: number | undefined;
  constructor(message: string, status?: number) {
    super(message);
    this.status = status;
  }

  /** The page is no longer there, which is different from one that cannot be read at the moment. */
  get isGone(): boolean {
    return this.status === 404 || this.status === 410;
  }

  /** The page asks for a login, or lies on another host. */
  get isElsewhere(): boolean {
    return this.status === undefined || this.status === 401;
  }
}

/** Sends requests to one site, with a pause between them, and obeys its `robots.txt` and the `retry-after` when it is busy. */
export class Site {
  readonly #site: string;
  readonly #pauseMs: number;
  #robots: { origin: string; rules: ReturnType<typeof robotsParser> } | undefined;
  #nextAt = 0;

  constructor(address: string, pauseMs: number) {
    this.#site = siteOf(new URL(address).host);
    this.#pauseMs = pauseMs;
  }

  isOwn(address: string): boolean {
    const url = URL.parse(address);
    return url !== null && /^https?:$/.test(url.protocol) && siteOf(url.host) === this.#site;
  }

  /** @throws CommandError when it is unknown what the site allows (RFC 9309) */
  async readRobots(address: string): Promise<void> {
    const url = new URL("/robots.txt", address).href;
    try {
      const { bytes, type } = await this.fetch(url, MAX_ROBOTS_BYTES, true);
      // Some sites answer every unknown address with a page.
      if (type === "text/html") return;
      this.#robots = { origin: url, rules: robotsParser(url, decodeText(bytes).text) };
    } catch (error) {
      const isMissing = error instanceof NotShown && (error.status ?? 0) < 500;
      if (!isMissing && !/redirects/.test(reasonOf(error)))
        throw new CommandError(`${url} cannot be read: ${reasonOf(error)}. Try again later.`);
    }
  }

  mayRead(address: string): boolean {
    if (!this.#robots) return true;
    // Its rules hold for the site's other addresses, too.
    const { pathname, search } = new URL(address);
    const place = new URL(`${pathname}${search}`, this.#robots.origin);
    return this.#robots.rules.isAllowed(place.href, AGENT) ?? true;
  }

  /** @param isCut of a longer answer the beginning is read; otherwise it is an error */
  async fetch(address: string, maxBytes: number, isCut = false): Promise<Fetched> {
    let url = address;
    let redirects = 0;
    let isAtLogin = false;
    for (let attempt = 1; ;) {
      await this.#turn();
      const response = await fetch(url, {
        redirect: "manual",
        headers: {
          "user-agent": `${AGENT}/0.1`,
          accept: "text/html, text/markdown, text/plain, */*;q=0.5",
        },
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      const { status, headers } = response;
      if (status >= 300 && status < 400) {
        await response.body?.cancel();
        const from = url;
        url = this.#follow(url, headers.get("location"));
        isAtLogin ||= isLogin(new URL(url)) && !isLogin(new URL(from));
        if (++redirects > MAX_REDIRECTS) throw new Error("It redirects too often");
      } else if ((status === 429 || status >= 500) && attempt < TRIES) {
        await response.body?.cancel();
        await sleep(waitFor(headers.get("retry-after"), attempt++));
      } else if (!response.ok) {
        await response.body?.cancel();
        throw new NotShown(answerOf(status), status);
      } else {
        const bytes = await readLimited(response, maxBytes, isCut);
        return { bytes, ...contentType(headers), url, isAtLogin, headers };
      }
    }
  }

  #follow(from: string, location: string | null): string {
    const target = URL.parse(location ?? "", from);
    if (!location || !target) throw new Error("It redirects to nowhere");
    if (!this.isOwn(target.href) && isLogin(target))
      throw new NotShown(`It asks for a login: it redirects to ${target.host}`);
    if (!this.isOwn(target.href))
      throw new NotShown(`It redirects to another host, ${target.host}`);
    return target.href;
  }

  async #turn(): Promise<void> {
    const now = Date.now();
    const at = Math.max(now, this.#nextAt);
    this.#nextAt = at + this.#pauseMs;
    await sleep(at - now);
  }
}

const LOGIN_PATH =
  /(?:^|[/_-])(?:log-?in|sign-?in|sign_in|logon|signon|sso|saml2?|oauth2?|authorize|authenticate|auth|anmelden|anmeldung|connexion|acceder|iniciar-sesion|accedi|inloggen|logga-in|wp-login\.php)(?:[/?.]|$)/i;
const LOGIN_HOST =
  /^(?:log-?in|sign-?in|sso|auth|accounts?|id|idp|identity)\.|(?:^|\.)(?:okta|oktapreview|auth0|onelogin|microsoftonline|pingidentity|cloudflareaccess|clerk|workos|jumpcloud|duosecurity)\.(?:com|dev)$/i;

function isLogin({ host, pathname }: URL): boolean {
  return LOGIN_PATH.test(pathname) || LOGIN_HOST.test(host);
}

function answerOf(status: number): string {
  if (status === 401 || status === 403) return `It answers ${status}: it is not shown to everybody`;
  return status === 404 || status === 410
    ? `It answers ${status}: it is gone`
    : `It answers ${status}`;
}

function contentType(headers: Headers): Pick<Fetched, "type" | "charset"> {
  const value = headers.get("content-type") ?? "";
  const charset = /;\s*charset\s*=\s*["']?([\w.:-]+)/i.exec(value)?.[1];
  const type = value.split(";")[0]?.trim().toLowerCase() ?? "";
  return { type, ...(charset && { charset }) };
}

function waitFor(retryAfter: string | null, attempt: number): number {
  const asked = /^\d+$/.test(retryAfter ?? "")
    ? Number(retryAfter) * 1000
    : Date.parse(retryAfter ?? "") - Date.now();
  const wait = Number.isFinite(asked) && asked > 0 ? asked : 1000 * 2 ** (attempt - 1);
  return Math.min(wait, LONGEST_WAIT_MS);
}

async function readLimited(response: Response, limit: number, isCut: boolean): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of response.body ?? []) {
    size += part.byteLength;
    if (size > limit && !isCut) throw new Error(`It has more than ${limit} bytes`);
    parts.push(part);
    if (size > limit) break;
  }
  return Buffer.concat(parts).subarray(0, limit);
}
