import { FetchFailed, type SafeFetch } from "../http/safe-fetch.ts";
import type { ApiRequest, DeliveryApi } from "./contract/delivery-api.ts";
import { isObject, type Json } from "./contract/json.ts";
import { CannotApply, TryLater } from "./contract/vendor.ts";
import { pauseAfter, type Access } from "./schedule.ts";

const USER_AGENT = "Edgewise";
/** GitHub names the moment its limit is lifted, up to an hour away. */
const LONGEST_WAIT_MS = 2 * 3_600_000;

/**
 * The API of one source's vendor, for one round. A failure ends access to it for a time that is noted in `access`: until then every
 * call fails at once, so that a CMS which does not answer costs one wait and not one for each entry.
 */
export function createDeliveryApi(
  safeFetch: SafeFetch,
  access: Access,
  now: () => number,
): DeliveryApi {
  async function getBytes(url: string, request?: ApiRequest): Promise<Uint8Array | null> {
    if (access.retryAt > now()) throw notNow(url, access, now());
    try {
      const bytes = await call(url, request);
      Object.assign(access, { failingSince: null, retryAt: 0 });
      return bytes;
    } catch (error) {
      if (isTransient(error)) noteFailure(access, error, now());
      else Object.assign(access, { failingSince: null, retryAt: 0 });
      throw error;
    }
  }

  async function call(
    url: string,
    { headers, deniedMeansMissing = false, ...options }: ApiRequest = {},
  ): Promise<Uint8Array | null> {
    const { host } = new URL(url);
    const answer = await safeFetch(url, {
      ...options,
      headers: { "user-agent": USER_AGENT, ...headers },
    });
    const { status } = answer;
    if (status >= 200 && status < 300) return answer.body;
    if (status === 404 || status === 410) return null;
    if (status === 429 || status === 408 || status >= 500 || isRateLimit(status, answer.headers)) {
      throw new TryLater(`${host} answered ${status}.`, retryAfterMs(answer.headers, now()));
    }
    if (status === 401 || status === 403) {
      if (deniedMeansMissing) return null;
      throw new CannotApply(`${host} refuses the source's token (${status}).`);
    }
    throw new CannotApply(`${host} answered ${status}; check the source's options.`);
  }

  async function getJson(url: string, request?: ApiRequest): Promise<Json | null> {
    const body = await getBytes(url, request);
    if (body === null) return null;
    const parsed = parseJson(body);
    if (isObject(parsed)) return parsed;
    const { host } = new URL(url);
    throw new CannotApply(`${host} did not answer with JSON; check the source's options.`);
  }

  return { getBytes, getJson, now: now() };
}

/** Whether the API could not answer for a reason that may pass. */
export function isTransient(error: unknown): error is TryLater | FetchFailed {
  return error instanceof TryLater || (error instanceof FetchFailed && error.transient);
}

function noteFailure(access: Access, error: TryLater | FetchFailed, now: number): void {
  access.failingSince ??= now;
  const asked = error instanceof TryLater ? (error.afterMs ?? 0) : 0;
  access.retryAt = now + Math.max(pauseAfter(access.failingSince, now), asked);
}

function notNow(url: string, { retryAt }: Access, now: number): TryLater {
  const time = new Date(retryAt).toISOString();
  return new TryLater(
    `${new URL(url).host} failed and is not asked before ${time}.`,
    retryAt - now,
  );
}

function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(body));
  } catch {
    return undefined;
  }
}

/** GitHub answers 403 where others answer 429: docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api */
function isRateLimit(status: number, headers: Headers): boolean {
  return (
    status === 403 && (headers.get("x-ratelimit-remaining") === "0" || headers.has("retry-after"))
  );
}

/** How long the API asked to be left alone, in the three ways that vendors use. */
function retryAfterMs(headers: Headers, now: number): number | undefined {
  const seconds = (name: string): number => {
    const text = headers.get(name) ?? "";
    return /^\d{1,12}$/.test(text) ? Number(text) : Number.NaN;
  };
  const isSpent = headers.get("x-ratelimit-remaining") === "0";
  const asked = [
    seconds("retry-after") * 1000,
    Date.parse(headers.get("retry-after") ?? "") - now,
    seconds("x-contentful-ratelimit-reset") * 1000,
    isSpent ? seconds("x-ratelimit-reset") * 1000 - now : Number.NaN,
  ].find((ms) => !Number.isNaN(ms));
  return asked === undefined ? undefined : Math.min(Math.max(asked, 0), LONGEST_WAIT_MS);
}
