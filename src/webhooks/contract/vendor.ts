import type { ZodType } from "zod";
import type { Steps } from "../../runtime/steps.ts";
import type { DeliveryApi } from "./delivery-api.ts";
import type { Json } from "./json.ts";
import type { SignatureScheme, SignedFacts } from "./signatures.ts";

/**
 * A vendor: how its webhooks are signed and what they mean. One file of `vendors/` defines one with {@link defineVendor};
 * the section "Add a vendor" of docs/webhooks.md goes through it step by step.
 */
export interface Vendor<Type extends string, Options> {
  /** The `type` of the vendor's sources in the API. Stored sources carry it, so it never changes. */
  type: Type;
  /** How the vendor signs its deliveries. */
  signature: SignatureScheme;
  /** What the owner of a source sets. */
  options: ZodType<Options>;
  /** Whether a source has a token for the vendor's delivery API. */
  token: "required" | "optional" | "unused";
  /** Deliveries carry neither a time nor an id: an identical one may be a new event, so it is applied again. */
  repeatsMayBeNew?: boolean;
  /** Why a text cannot be a secret of this vendor, to be read after the secret's name: "is not base64". */
  checkSecret?: (secret: string) => string | undefined;
  /** The part of the body that is stored, where bodies are large or name people. */
  trimBody?: (body: Json) => Json;
  /** The name of the event in the list of events, for people. */
  eventType: (delivery: Delivery) => string | undefined;
  /** What the delivery changes, in steps where it carries a long text. It calls nothing, so that a retry may run it again. */
  readChanges: (delivery: Delivery, source: Source<Options>) => Change | Change[] | Steps<Change>;
  /** Reads the entry of a change that has a `reference`, as it is published now. */
  fetchEntry?: (
    reference: Reference,
    source: Source<Options>,
    api: DeliveryApi,
  ) => Promise<FetchedEntry>;
  /** Every entry that is published now, for a change of the action `resync`. */
  listEntries?: (
    reference: Reference,
    source: Source<Options>,
    api: DeliveryApi,
  ) => Promise<{ entry: string; reference: Reference }[]>;
}

/** A vendor as the engine sees it: stored options are parsed with the vendor's own schema before they reach it. */
export type AnyVendor<Type extends string = string> = Vendor<Type, unknown>;

export function defineVendor<const Type extends string, Options>(
  vendor: Vendor<Type, Options>,
): AnyVendor<Type> {
  return vendor as AnyVendor<Type>;
}

/** A delivery whose signature is right. */
export interface Delivery {
  /** What the signature covers beside the body. */
  claim: Omit<SignedFacts, "id">;
  body: Json;
  /** When it came, in milliseconds since 1970. */
  receivedAt: number;
}

/** What the workspace configured. */
export interface Source<Options> {
  name: string;
  options: Options;
  token: string | undefined;
}

/** An entry as a document. The source's options fill in what it leaves out. */
export interface SourceDocument {
  title: string;
  content: string;
  content_type: string;
  url?: string | undefined;
  language?: string | undefined;
  audience?: string[] | undefined;
  /** As the entry says it; a text that is neither a date nor a time fails the change. */
  valid_from?: string | undefined;
  valid_until?: string | undefined;
}

/** What `fetchEntry` needs to find the entry again. It is stored with the event. */
export type Reference = Record<string, string>;

/**
 * What a delivery changes. `entry` names the entry within its source. `at` is the time of the event (ISO 8601): an event that
 * is older than what the document has seen is ignored. It is never the entry's own time of modification, which stays the same
 * when an entry is unpublished and published again.
 */
export type Change =
  /** Store this document. */
  | { action: "upsert"; entry: string; at: string | undefined; document: SourceDocument }
  /**
   * Fetch the entry, then store it or, where it is not published, remove its document. A removal has a reference where the
   * sender cannot prove when it was sent: the entry is looked up before its document is removed.
   */
  | { action: "upsert" | "remove"; entry: string; at: string | undefined; reference: Reference }
  /** Remove the entry's document. */
  | { action: "remove"; entry: string; at: string | undefined }
  /** Fetch every entry that `listEntries` names, and remove the documents of all others. */
  | { action: "resync"; at: string | undefined; reference: Reference }
  /** Do nothing. The reason is shown to the owner of the source. */
  | { action: "ignore"; reason: string };

export function ignore(reason: string): Change {
  return { action: "ignore", reason };
}

/** For events of drafts, previews and whatever else visitors do not see. */
export function ignoreUnpublished(event: string | undefined): Change {
  return ignore(`${event || "The event"} changes nothing that is published.`);
}

/** Stores the document that a delivery carries. An entry without text is removed, so that its older text is not served. */
export function* upsertOrRemove(
  entry: string,
  at: string | undefined,
  reading: Steps<SourceDocument | undefined>,
): Steps<Change> {
  const document = yield* reading;
  return document ? { action: "upsert", entry, at, document } : { action: "remove", entry, at };
}

/** What a delivery changes. */
export function* changesOf<Options>(
  vendor: Pick<Vendor<string, Options>, "readChanges">,
  delivery: Delivery,
  source: Source<Options>,
): Steps<Change[]> {
  const changes = vendor.readChanges(delivery, source);
  if ("next" in changes) return [yield* changes];
  return [changes].flat();
}

export type FetchedEntry =
  | { found: true; document: SourceDocument }
  | { found: false; reason: string };

/** An entry that is published. One without a document holds no text, so its document is removed. */
export function found(document: SourceDocument | undefined): FetchedEntry {
  return document ? { found: true, document } : notFound("None of the body fields holds text.");
}

export function notFound(reason = "It is not published."): FetchedEntry {
  return { found: false, reason };
}

/** The delivery API could not answer. Another attempt may succeed, not before `afterMs` if the API said so. */
export class TryLater extends Error {
  readonly afterMs: number | undefined;
  constructor(message: string, afterMs?: number) {
    super(message);
    this.afterMs = afterMs;
  }
}

/** No further attempt can succeed until a person changes something. The message says what. */
export class CannotApply extends Error {}
