/** The operations by which the Vectorize binding names its errors. */
export type Operation =
  | "INDEX_GET"
  | "VECTOR_QUERY"
  | "VECTOR_INSERT"
  | "VECTOR_UPSERT"
  | "VECTOR_GET"
  | "VECTOR_DELETE";

/**
 * An error as the binding words it (workerd, `cloudflare-internal:vectorize-api`). The codes are the service's, as
 * its users report them. For a case without a report, the nearest code is used with a text of our own.
 */
export function vectorizeError(operation: Operation, code: number, detail: string): Error {
  return new Error(`${operation}_ERROR (code = ${code}): ${detail}`);
}

/** What the binding throws when the service's answer is not JSON: an outage, a gateway's time limit. */
export function statusError(operation: Operation, status: number): Error {
  return new Error(`${operation}_ERROR: Status + ${status}`);
}
