/**
 * Errors with the texts of Workers AI. The binding builds them from the service's response as `<code>: <description>`.
 * Codes: https://developers.cloudflare.com/workers-ai/platform/errors/
 */
export class InferenceUpstreamError extends Error {
  override name = "InferenceUpstreamError";
}

export function invalidInput(detail: string): InferenceUpstreamError {
  return new InferenceUpstreamError(`5006: Error: ${detail}`);
}

export function noSuchModel(model: string): InferenceUpstreamError {
  return new InferenceUpstreamError(`5007: No such model ${model} or task`);
}

export function capacityExceeded(): InferenceUpstreamError {
  return new InferenceUpstreamError("3040: Capacity temporarily exceeded, please try again.");
}

export function requestTimeout(): InferenceUpstreamError {
  return new InferenceUpstreamError("3007: Request timeout");
}

/** The binding's error when the inference service cannot be reached: it has no code of the service, only one of the edge. */
export function unavailable(): InferenceUpstreamError {
  return new InferenceUpstreamError("error code: 1031");
}
