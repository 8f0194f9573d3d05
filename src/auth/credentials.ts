import type { Context } from "hono";

/** What a request says of its sender. Nothing of it is verified yet. */
export interface Credentials {
  authorization: string | undefined;
  /** The page that sent the request, when a browser did. */
  origin: string | undefined;
  /** The Worker's own origin, whose pages need no entry in a key's list. */
  ownOrigin: string;
  /** JWT of the customer's backend. */
  visitorToken: string | undefined;
  /** The token that the first answer of an anonymous conversation contained. */
  conversationToken: string | undefined;
}

export const VISITOR_TOKEN_HEADER = "x-visitor-token";
export const CONVERSATION_TOKEN_HEADER = "x-conversation-token";
/** Names a request, so that its retry is known as one (draft-ietf-httpapi-idempotency-key-header). */
export const IDEMPOTENCY_KEY_HEADER = "idempotency-key";

export function readCredentials({ req }: Context): Credentials {
  return {
    authorization: req.header("authorization"),
    origin: req.header("origin"),
    ownOrigin: new URL(req.url).origin,
    visitorToken: req.header(VISITOR_TOKEN_HEADER),
    conversationToken: req.header(CONVERSATION_TOKEN_HEADER),
  };
}
