import type { SafeFetchOptions } from "../../http/safe-fetch.ts";
import type { Json } from "./json.ts";

export interface ApiRequest extends Pick<SafeFetchOptions, "headers" | "maxBytes"> {
  /** The API hides what is not public behind 401 or 403, so these mean that there is no such entry. */
  deniedMeansMissing?: boolean;
}

/**
 * The vendor's API, from which entries are read. A vendor's file calls no other address. Answers are null where the API has no
 * such entry.
 * @throws {TryLater} when the API limits or fails. @throws {CannotApply} when the source's token or options are wrong.
 */
export interface DeliveryApi {
  getBytes(url: string, request?: ApiRequest): Promise<Uint8Array | null>;
  getJson(url: string, request?: ApiRequest): Promise<Json | null>;
  /** Milliseconds since 1970. */
  now: number;
}

export function bearer(token: string | undefined): Record<string, string> {
  return token === undefined ? {} : { authorization: `Bearer ${token}` };
}
