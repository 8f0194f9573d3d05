/** The operations by which the Vectorize binding names its errors. */
export type Operation =
  | "INDEX_GET"
  | "VECTOR_QUERY"
  | "VECTOR_INSERT"
  | "VECTOR_UPSERT"
  | "VECTOR_GET"
  | "VECTOR_DELETE";

/**
 * An error as the binding words it (workerd, `cloudflare-internal:vectorize-api`). The codes are the service's, as people
 * report them; where no report of a case was found, the nearest code is used and only its text is ours.
 */
export function vectorizeError(operation: Operation, code: number, detail: string): Error {
  return new Error(`${operation}_ERROR (code = ${code}): ${detail}`);
}

/** What the binding throws when the service's answer is not JSON: an outage, a gateway's time limit. */
export function statusError(operation: Operation, status: number): Error {
  return new Error(`${operation}_ERROR: Status + ${status}`);
}
