import type { KeyAccess } from "../auth/access.ts";
import type { Credentials } from "../auth/credentials.ts";

/** What a client names a request by, so that its retry is known as one. */
export interface RetryKey {
  value: string;
  /** `header`: `Idempotency-Key`. `message`: the client's id of the message, which keeps its id when its text is edited. */
  from: "header" | "message";
}

/** A message as it came in. */
export interface TurnRequest {
  credentials: Credentials;
  /** What the route asks of the key. */
  access: KeyAccess;
  /** The visitor's IP address, for the burst limit only; never stored. */
  address: string;
  message: string;
  conversationId: string | undefined;
  /** The proposal that a button agrees to. */
  confirm: string | undefined;
  metadata: Record<string, unknown>;
  /** What names the request; undefined where each sending of it is a turn of its own. */
  retryKey: RetryKey | undefined;
}
