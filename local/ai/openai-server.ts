import {
  capacityExceeded,
  invalidInput,
  InferenceUpstreamError,
  noSuchModel,
  requestTimeout,
  unavailable,
} from "./errors.ts";

/** The longest wait for the first byte. A model on a laptop can take minutes. */
const TIMEOUT_MS = 300_000;

export interface OpenAiServer {
  /** With its `/v1`. */
  url: string;
  key: string | undefined;
}

/** Posts JSON to an OpenAI-compatible server. Failures throw the errors of Workers AI, in which `model` is the id that was asked for. */
export async function postToServer(
  { url, key }: OpenAiServer,
  path: string,
  body: object,
  model: string,
  signal?: AbortSignal,
): Promise<Response> {
  const headers = new Headers({ "content-type": "application/json" });
  if (key) headers.set("authorization", `Bearer ${key}`);
  let response: Response;
  try {
    response = await fetch(`${url.replace(/\/$/, "")}${path}`, {
      method: "POST",
      headers,
      body: JSON.stringify(body),
      signal: AbortSignal.any([AbortSignal.timeout(TIMEOUT_MS), ...(signal ? [signal] : [])]),
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw error instanceof Error && error.name === "TimeoutError"
      ? requestTimeout()
      : unavailable();
  }
  if (response.ok) return response;
  throw upstreamError(response.status, await response.text(), model);
}

function upstreamError(status: number, body: string, model: string): InferenceUpstreamError {
  if (status === 429 || status === 503) return capacityExceeded();
  if (status === 408 || status === 504) return requestTimeout();
  if (status === 404) return noSuchModel(model);
  if (status === 400 || status === 422) return invalidInput(body.slice(0, 500));
  return unavailable();
}
