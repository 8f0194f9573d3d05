import { decodeJwt } from "jose";
import { Problem } from "../http/problem.ts";
import type { Credentials } from "./credentials.ts";
import type { Caller } from "./keys.ts";

/** The window of the rate-limit bindings in `wrangler.toml`, in seconds: how long a refused caller should wait. */
const WINDOW_SECONDS = 60;

/**
 * What a chat turn counts against before anything is looked up. A browser's key is shared by every visitor, so it has the wide
 * limit; an address and a conversation have the narrow one. It is the address alone, since a key that is made up for each
 * call must not start a new count. A server calls for many visitors from one address, so its address says nothing.
 *
 * What a narrow limit refuses does not count against the key: else one visitor's flood would silence all.
 */
export async function limitTurn(
  limiters: { chatLimiter: RateLimit; apiLimiter: RateLimit },
  keyHash: string,
  {
    credentials,
    address,
    conversationId,
  }: { credentials: Credentials; address: string; conversationId: string | undefined },
): Promise<void> {
  const narrow: string[] = [];
  if (!/^Bearer sk_/i.test(credentials.authorization ?? ""))
    narrow.push(`address:${address}${groupOf(credentials.visitorToken)}`);
  if (conversationId !== undefined) narrow.push(`conversation:${keyHash}:${conversationId}`);
  await Promise.all(narrow.map((key) => limitBurst(limiters.chatLimiter, key)));
  await limitBurst(limiters.apiLimiter, `chat:${keyHash}`);
}

/** One visitor has the narrow limit wherever they are, once it is certain who asks: a forged token counts against nobody. */
export async function limitVisitor(
  limiter: RateLimit,
  { keyId, visitor }: Pick<Caller, "keyId" | "visitor">,
): Promise<void> {
  if (visitor) await limitBurst(limiter, `visitor:${keyId}:${visitor.subject}`);
}

/** What all other requests count against: a key of servers as a whole, a browser's by who uses it. */
export function callerCount({ keyId, kind, visitor }: Caller, address: string): string {
  if (kind === "secret") return keyId;
  return visitor ? `${keyId}:visitor:${visitor.subject}` : `${keyId}:address:${address}`;
}

/**
 * An address has so many narrow counts for visitors with tokens: an office's visitors do not share one, and whoever forges a
 * token for each call cannot use up what the key allows.
 */
const GROUPS = 8;

/** By whom the token names, before it is verified; empty without one. */
function groupOf(token: string | undefined): string {
  if (token === undefined) return "";
  try {
    const { sub } = decodeJwt(token);
    const sum = Array.from(String(sub)).reduce(
      (hash, sign) => (hash * 31 + (sign.codePointAt(0) ?? 0)) % 65_521,
      0,
    );
    return `:${sum % GROUPS}`;
  } catch {
    return "";
  }
}

/** Refuses bursts. The binding counts per location and loosely: it stops floods, it is no quota. */
export async function limitBurst(limiter: RateLimit, key: string): Promise<void> {
  const { success } = await limiter.limit({ key });
  if (!success) {
    throw new Problem("rate_limited", "Slow down and try again shortly.", {
      headers: { "retry-after": String(WINDOW_SECONDS) },
    });
  }
}
