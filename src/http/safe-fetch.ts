import { readAtMost } from "./body.ts";
import { checkPublicUrl, hostOf, isAddress, isPublicAddress, UnsafeUrl } from "./public-address.ts";

export interface SafeFetchOptions {
  method?: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  headers?: Record<string, string>;
  body?: string;
  /** For name resolution, redirects, headers and body together. */
  timeoutMs?: number;
  /** Counted while reading, after decompression. */
  maxBytes?: number;
  /** How many redirects of a GET are followed. */
  redirects?: number;
}

export interface SafeResponse {
  status: number;
  headers: Headers;
  body: Uint8Array;
}

/** Calls an address that somebody else chose. It returns responses of any status, and throws if there is none. */
export type SafeFetch = (url: string, options?: SafeFetchOptions) => Promise<SafeResponse>;

/** There was no complete response. `transient`: a retry may get one. `isUnsent`: the server has not got the request. */
export class FetchFailed extends Error {
  readonly transient: boolean;
  readonly isUnsent: boolean;
  constructor(message: string, transient: boolean, isUnsent = false) {
    super(message);
    this.transient = transient;
    this.isUnsent = isUnsent;
  }
}

export interface SafeFetchDeps {
  fetch: (url: string, init: RequestInit) => Promise<Response>;
  /** Every address that a name has now, IPv4 and IPv6. Empty when the name does not exist. */
  resolve: (host: string, signal: AbortSignal) => Promise<string[]>;
}

const TIMEOUT_MS = 10_000;
const MAX_BYTES = 4 * 1024 * 1024;
const MAX_REDIRECTS = 3;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);

/**
 * Makes the function through which the server calls addresses that others chose. Each redirect is checked like the first address:
 * scheme, port, host, and every IP address of the host. The platform resolves the name once more when it connects; that risk
 * remains (docs/decisions/0021).
 */
export function createSafeFetch(deps: SafeFetchDeps): SafeFetch {
  return async (target, options = {}) => {
    const url = checkPublicUrl(target);
    const signal = AbortSignal.timeout(options.timeoutMs ?? TIMEOUT_MS);
    try {
      // The signal is passed on and raced as well: a `fetch` that ignores it must not keep the caller waiting.
      return await Promise.race([followRedirects(deps, url, options, signal), whenAborted(signal)]);
    } catch (error) {
      if (error instanceof UnsafeUrl || error instanceof FetchFailed) throw error;
      // The platform's error may quote the whole address, which contains a token with some services.
      const reason = signal.aborted ? "did not answer in time" : "could not be reached";
      throw new FetchFailed(`${hostOf(url)} ${reason}.`, true);
    }
  };
}

function whenAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener("abort", () => reject(new Error("aborted")));
  });
}

async function followRedirects(
  { fetch, resolve }: SafeFetchDeps,
  start: URL,
  {
    method = "GET",
    headers: given = {},
    body,
    maxBytes = MAX_BYTES,
    redirects = MAX_REDIRECTS,
  }: SafeFetchOptions,
  signal: AbortSignal,
): Promise<SafeResponse> {
  let url = start;
  let headers = given;
  for (let hop = 0; hop <= redirects; hop++) {
    await checkResolved(url, signal, resolve);
    const response = await fetch(url.href, {
      method,
      headers,
      redirect: "manual",
      cache: "no-store",
      signal,
      ...(body === undefined ? {} : { body }),
    });
    if (!REDIRECTS.has(response.status)) {
      const tooLarge = (): Error =>
        new FetchFailed(`${hostOf(url)} answers with more than ${maxBytes} bytes.`, false);
      return {
        status: response.status,
        headers: response.headers,
        body: await readAtMost(response.body, maxBytes, tooLarge),
      };
    }
    await response.body?.cancel();
    const next = redirectTarget(url, response, method);
    if (next.origin !== url.origin) headers = withoutCredentials(headers);
    url = next;
  }
  throw new FetchFailed(`${hostOf(url)} redirects too often.`, false);
}

async function checkResolved(
  url: URL,
  signal: AbortSignal,
  resolve: SafeFetchDeps["resolve"],
): Promise<void> {
  const host = hostOf(url);
  if (isAddress(host)) return;
  const addresses = await resolve(host, signal);
  if (addresses.length === 0) throw new FetchFailed(`${host} has no address.`, true, true);
  // One private address is enough to refuse: the platform might connect to it.
  if (!addresses.every(isPublicAddress)) {
    throw new UnsafeUrl(`${host} resolves to an address that is not public.`);
  }
}

function redirectTarget(from: URL, response: Response, method: string): URL {
  const location = response.headers.get("location");
  const next = location === null ? null : URL.parse(location, from.href);
  if (!next) throw new FetchFailed(`${hostOf(from)} redirects to nowhere.`, false);
  if (method !== "GET") throw new FetchFailed(`${hostOf(from)} redirects a ${method}.`, false);
  return checkPublicUrl(next.href);
}

/** The headers that another origin may get. Any other header may hold a token. */
function withoutCredentials(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => /^(?:accept|user-agent)$/i.test(name)),
  );
}
