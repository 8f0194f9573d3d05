import type { SafeFetch, SafeFetchOptions } from "../../http/safe-fetch.ts";
import { CannotApply, TryLater, type Json } from "./cms.ts";
import { isObject } from "./entry.ts";

const USER_AGENT = "Edgewise";
/** GitHub names the moment its limit is lifted, up to an hour away. */
const LONGEST_WAIT_MS = 2 * 3_600_000;

interface Question extends SafeFetchOptions {
  /** The API hides what is not public behind 401 or 403. */
  deniedIsGone?: boolean;
}

/**
 * Asks a CMS's delivery API. Null: it has no such entry for us.
 * @throws {TryLater} for limits and failures on its side. @throws {CannotApply} when the token or the settings are wrong.
 */
export async function askApi(
  fetcher: SafeFetch,
  url: string,
  now: number,
  { headers = {}, deniedIsGone = false, ...options }: Question = {},
): Promise<Uint8Array | null> {
  const { host } = new URL(url);
  const answer = await fetcher(url, {
    ...options,
    headers: { "user-agent": USER_AGENT, ...headers },
  });
  const { status } = answer;
  if (status >= 200 && status < 300) return answer.body;
  if (status === 404 || status === 410) return null;
  if (status === 429 || status === 408 || status >= 500 || isRateLimit(status, answer.headers)) {
    throw new TryLater(`${host} answered ${status}.`, retryAfterMs(answer.headers, now));
  }
  if (status === 401 || status === 403) {
    if (deniedIsGone) return null;
    throw new CannotApply(`${host} refuses the source's token (${status}).`);
  }
  throw new CannotApply(`${host} answered ${status}; check the source's options.`);
}

export async function askJsonApi(...question: Parameters<typeof askApi>): Promise<Json | null> {
  const body = await askApi(...question);
  if (body === null) return null;
  const { host } = new URL(question[1]);
  try {
    const parsed: unknown = JSON.parse(
      new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(body),
    );
    if (isObject(parsed)) return parsed;
  } catch {
    // Said below.
  }
  throw new CannotApply(`${host} did not answer with JSON; check the source's options.`);
}

export function bearer(token: string | undefined): Record<string, string> {
  return token === undefined ? {} : { authorization: `Bearer ${token}` };
}

/** GitHub answers 403 where others answer 429: docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api */
function isRateLimit(status: number, headers: Headers): boolean {
  return (
    status === 403 && (headers.get("x-ratelimit-remaining") === "0" || headers.has("retry-after"))
  );
}

/** How long the API asked to be left alone, in the three ways that are in use. */
function retryAfterMs(headers: Headers, now: number): number | undefined {
  const seconds = (name: string): number | undefined => {
    const text = headers.get(name);
    return text !== null && /^\d{1,12}$/.test(text) ? Number(text) : undefined;
  };
  const date = Date.parse(headers.get("retry-after") ?? "");
  const reset = seconds("x-ratelimit-reset");
  const asked = [
    (seconds("retry-after") ?? Number.NaN) * 1000,
    date - now,
    (seconds("x-contentful-ratelimit-reset") ?? Number.NaN) * 1000,
    headers.get("x-ratelimit-remaining") === "0" && reset !== undefined
      ? reset * 1000 - now
      : Number.NaN,
  ].find((ms) => !Number.isNaN(ms));
  return asked === undefined ? undefined : Math.min(Math.max(asked, 0), LONGEST_WAIT_MS);
}
