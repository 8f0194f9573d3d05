import type { ZodType } from "zod";
import type { SafeFetch } from "../../http/safe-fetch.ts";
import type { SignatureScheme } from "./signatures.ts";

export type Json = Record<string, unknown>;

/** A verified delivery, as the CMS's file reads it. */
export interface Delivery {
  /** Those that the CMS's file asked to keep, in lower case. */
  headers: Record<string, string>;
  body: Json;
  /** Milliseconds. */
  receivedAt: number;
}

/** What the workspace configured. */
export interface Source<Options> {
  name: string;
  options: Options;
  token: string | undefined;
}

/** An entry as a document; what it leaves out comes from the source's options. */
export interface SourceDocument {
  title: string;
  content: string;
  content_type: string;
  url?: string | undefined;
  language?: string | undefined;
  audience?: string[] | undefined;
}

/** What a later `fetchEntry` needs to find the entry again. */
export type Reference = Record<string, string>;

/**
 * The one internal event that every vendor's webhook becomes. `entry` names the entry within its source; `at` is the time of
 * the event (ISO 8601), by which an older change never undoes a newer one. It is never the entry's own time of modification,
 * which stays what it was when an entry is unpublished and published again. A removal with a reference is checked first, where
 * its sender cannot prove when it was sent.
 */
export type Change =
  | { action: "upsert"; entry: string; at: string | undefined; document: SourceDocument }
  | { action: "upsert" | Removal; entry: string; at: string | undefined; reference: Reference }
  | { action: Removal; entry: string; at: string | undefined }
  /** Everything at once: `listEntries` says what there is, and the rest is removed. */
  | { action: "resync"; at: string | undefined; reference: Reference }
  | { action: "ignore"; reason: string };

export type Removal = "delete" | "unpublish";

export type Fetched = { found: true; document: SourceDocument } | { found: false; reason: string };

/** The delivery API could not be asked; another attempt may succeed, not before `afterMs` if the API said so. */
export class TryLater extends Error {
  readonly afterMs: number | undefined;
  constructor(message: string, afterMs?: number) {
    super(message);
    this.afterMs = afterMs;
  }
}

/** No further attempt can succeed until a person changes something. The message says what. */
export class CannotApply extends Error {}

/** One vendor: how its webhooks are verified and what they mean. */
export interface Cms<Options> {
  scheme: SignatureScheme;
  options: ZodType<Options>;
  /** The delivery API's token. */
  token: "required" | "optional" | "unused";
  /** Request headers to keep for reading. They are believed only as far as the signature covers them. */
  headers: string[];
  /** The vendor's id of a delivery; else a hash of what was signed identifies it. */
  deliveryId?: (headers: Headers) => string | null;
  /** Deliveries carry no time or id: an identical one may be a new event, so it is looked at again. */
  repeats?: boolean;
  /** Why a secret cannot be one of this vendor's. */
  checkSecret?: (secret: string) => string | undefined;
  /** The part of a large body that `normalise` reads. */
  keep?: (body: Json) => Json;
  /** For people, in lists. */
  eventType: (delivery: Delivery) => string;
  /** Pure, so that it can run again. */
  normalise: (delivery: Delivery, source: Source<Options>) => Change[];
  fetchEntry?: (
    reference: Reference,
    source: Source<Options>,
    fetcher: SafeFetch,
    now: number,
  ) => Promise<Fetched>;
  listEntries?: (
    reference: Reference,
    source: Source<Options>,
    fetcher: SafeFetch,
    now: number,
  ) => Promise<{ entry: string; reference: Reference }[]>;
}

/** A vendor whose options are only known to itself: they are parsed with its own schema before they reach it. */
export type AnyCms = Cms<unknown>;

export function defineCms<Options>(cms: Cms<Options>): AnyCms {
  return cms as AnyCms;
}

export const ignore = (reason: string): Change[] => [{ action: "ignore", reason }];
