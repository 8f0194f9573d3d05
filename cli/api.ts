import { setTimeout as sleep } from "node:timers/promises";
import { CommandError, UsageError } from "./command.ts";

export interface ApiOptions {
  url: string;
  key: string;
  /** Attempts for a request that meets 429, 5xx, a time-out or no server. */
  tries: number;
  timeoutMs: number;
  /** Sends the requests; default: `fetch`. */
  fetch?: typeof fetch;
}

export interface Answer<T> {
  body: T;
  /** Duration of the attempt that succeeded. */
  ms: number;
}

type ApiErrorKind = "http" | "unreachable" | "timeout" | "not_json";

/** A request that failed at every attempt. */
export class ApiError extends CommandError {
  readonly kind: ApiErrorKind;
  readonly status: number;
  readonly retryAfterMs: number | undefined;

  constructor(kind: ApiErrorKind, message: string, status = 0, retryAfterMs?: number) {
    super(message);
    this.kind = kind;
    this.status = status;
    this.retryAfterMs = retryAfterMs;
  }

  get retryable(): boolean {
    if (this.kind !== "http") return this.kind !== "not_json";
    // A quota may be used up for hours.
    if ((this.retryAfterMs ?? 0) > LONGEST_DELAY_MS) return false;
    return this.status === 429 || this.status >= 500;
  }

  /** Every other request with this key would fail, too. */
  get isRefusedKey(): boolean {
    return this.status === 401 || this.status === 403;
  }
}

const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 120_000;

/** A client for the HTTP API of a running instance, with a secret key. */
export class Api {
  readonly url: string;
  /** Attempts beyond the first, over all requests. */
  retries = 0;
  readonly #options: ApiOptions;

  constructor(options: ApiOptions) {
    this.url = options.url;
    this.#options = options;
  }

  get<T>(path: string, tries?: number): Promise<Answer<T>> {
    return this.#request("GET", path, undefined, tries);
  }

  post<T>(path: string, body: object): Promise<Answer<T>> {
    return this.#request("POST", path, body);
  }

  put<T>(path: string, body: object): Promise<Answer<T>> {
    return this.#request("PUT", path, body);
  }

  putFile<T>(
    path: string,
    contentType: string,
    bytes: Uint8Array<ArrayBuffer>,
  ): Promise<Answer<T>> {
    return this.#request("PUT", path, new Blob([bytes], { type: contentType }));
  }

  /** Sends a body with one JSON object per line. */
  postLines<T>(path: string, lines: string): Promise<Answer<T>> {
    return this.#request("POST", path, lines);
  }

  delete<T>(path: string): Promise<Answer<T>> {
    return this.#request("DELETE", path);
  }

  async #request<T>(
    method: string,
    path: string,
    body?: object | string,
    tries = this.#options.tries,
  ): Promise<Answer<T>> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#attempt<T>(method, path, body);
      } catch (error) {
        if (!(error instanceof ApiError) || !error.retryable || attempt >= tries) throw error;
        await this.backOff(attempt, error.retryAfterMs);
      }
    }
  }

  /** Waits before the next attempt: as long as the server asked for, otherwise twice as long each time. */
  async backOff(attempt: number, askedForMs = 0): Promise<void> {
    this.retries++;
    // Random jitter over half the delay keeps requests that were refused together from being repeated together.
    const delay = FIRST_DELAY_MS * 2 ** (attempt - 1) * (1 + Math.random() / 2);
    await sleep(Math.min(Math.max(askedForMs, delay), LONGEST_DELAY_MS));
  }

  async #attempt<T>(method: string, path: string, body?: object | string): Promise<Answer<T>> {
    const started = performance.now();
    const headers: Record<string, string> = {
      authorization: `Bearer ${this.#options.key}`,
      accept: "application/json",
    };
    const isLines = typeof body === "string";
    const isFile = body instanceof Blob;
    if (isFile) headers["content-type"] = body.type;
    else if (body) headers["content-type"] = isLines ? "application/x-ndjson" : "application/json";
    let response: Response;
    let text: string;
    try {
      response = await (this.#options.fetch ?? fetch)(`${this.url}${path}`, {
        method,
        headers,
        body: isLines || isFile ? body : body && JSON.stringify(body),
        redirect: "manual",
        signal: AbortSignal.timeout(this.#options.timeoutMs),
      });
      text = await response.text();
    } catch (error) {
      throw connectionError(error, this.#options.timeoutMs);
    }
    // 204 says nothing more: what was asked for is done.
    const parsed = response.status === 204 ? {} : parseJson(text);
    if (!response.ok) throw refused(response, parsed);
    if (parsed === undefined)
      throw new ApiError("not_json", "The answer is not JSON", response.status);
    return { body: parsed as T, ms: performance.now() - started };
  }
}

function connectionError(error: unknown, timeoutMs: number): ApiError {
  if (error instanceof DOMException && error.name === "TimeoutError") {
    return new ApiError("timeout", `No answer within ${timeoutMs / 1000} s`);
  }
  const { cause } = error as { cause?: { code?: string; message?: string } };
  const detail =
    cause?.code ?? cause?.message ?? (error instanceof Error ? error.message : String(error));
  return new ApiError("unreachable", `No connection (${detail})`);
}

/** The code and detail of a problem response if there are any, otherwise the bare status. */
function refused(response: Response, parsed: unknown): ApiError {
  const problem = (parsed ?? {}) as { code?: unknown; title?: unknown; detail?: unknown };
  const said = [problem.detail, problem.title].find((text) => typeof text === "string");
  const code = typeof problem.code === "string" ? ` ${problem.code}` : "";
  const message = `${response.status}${code}${said ? `: ${said}` : ""}`;
  return new ApiError(
    "http",
    message,
    response.status,
    retryAfter(response.headers.get("retry-after")),
  );
}

/** The `retry-after` header, which holds seconds or a date, as milliseconds from now. */
function retryAfter(header: string | null): number | undefined {
  if (!header) return undefined;
  const ms = /^\d+$/.test(header.trim()) ? Number(header) * 1000 : Date.parse(header) - Date.now();
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** The address without a slash at its end. */
export function readUrl(text: string, option = "--url"): string {
  const url = URL.parse(text);
  if (!url || !/^https?:$/.test(url.protocol)) {
    const meant = /^[\w-]+(?:\.[\w-]+)+(?::\d+)?(?:\/|$)/.test(text);
    const advice = meant ? ` Did you mean https://${text}?` : "";
    throw new UsageError(`${option} takes an http(s) address, not "${text}".${advice}`);
  }
  return `${url.origin}${url.pathname}`.replace(/\/+$/, "");
}

const DEVELOPMENT_KEY = "sk_local_demo";

/** The instance that a command talks to, and the key for it. The key is read only when it is needed. */
export function instanceOptions(values: { url?: string | undefined; key?: string | undefined }): {
  url: string;
  key: () => string;
} {
  const url = readUrl(values.url ?? "http://localhost:8787");
  return {
    url,
    key: () => readSecretKey(values.key ?? process.env["EDGEWISE_KEY"] ?? developmentKey(url)),
  };
}

function developmentKey(url: string): string {
  if (["localhost", "127.0.0.1", "[::1]"].includes(new URL(url).hostname)) return DEVELOPMENT_KEY;
  throw new UsageError("A key is needed: set EDGEWISE_KEY or pass --key.");
}

export function readSecretKey(key: string): string {
  if (key.startsWith("pk_")) {
    throw new UsageError("This is a publishable key (pk_…); documents need a secret key (sk_…).");
  }
  if (!/^sk_[A-Za-z0-9_]{1,128}$/.test(key)) {
    throw new UsageError("The key must be a secret key: sk_… with letters and digits.");
  }
  return key;
}

/** Sends one request before any work, to see that the instance runs and accepts the key. */
export async function checkAccess(api: Api): Promise<void> {
  try {
    const { body } = await api.get<{ documents?: unknown }>("/v1/documents?limit=1", 2);
    if (!Array.isArray(body.documents)) throw new ApiError("not_json", "Unexpected answer");
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    throw new CommandError(explain(api.url, error));
  }
}

/** A failure that ends the whole command, as a sentence with the next step. */
export function explain(url: string, error: ApiError): string {
  if (error.kind === "unreachable") {
    return `Nothing answers at ${url}: ${error.message}. Is the instance running? (npm start)`;
  }
  if (error.kind === "timeout") return `${url} does not answer: ${error.message}.`;
  if (error.status === 401)
    return `${url} does not accept this key (401). The key may belong to another instance, or be revoked.`;
  if (error.status === 403) return `The key may not do this at ${url}: ${error.message}`;
  if (error.kind === "not_json" || [301, 302, 307, 308, 404].includes(error.status)) {
    return `${url} answers, but it is not an Edgewise instance (${error.message}).`;
  }
  return `${url} cannot take the request: ${error.message}`;
}
