import { decodeJwt } from "jose";
import { Problem } from "../http/problem.ts";
import type { Credentials } from "./credentials.ts";

/** The window of the rate-limit bindings in `wrangler.toml`, in seconds: how long a refused caller should wait. */
const WINDOW_SECONDS = 60;

/**
 * What a chat turn counts against. A browser's key is shared by every visitor, so it has the wide limit; one visitor and one
 * conversation have the narrow one. A visitor is told apart by the token that names them, else by address alone, since a key
 * that is made up for each call must not start a new count. A server calls for many visitors from one address, so its
 * address says nothing.
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
  const subject = claimedSubject(credentials.visitorToken);
  const narrow: string[] = [];
  if (subject !== undefined) narrow.push(`visitor:${keyHash}:${subject}`);
  else if (!/^Bearer sk_/i.test(credentials.authorization ?? "")) narrow.push(`address:${address}`);
  if (conversationId !== undefined) narrow.push(`conversation:${keyHash}:${conversationId}`);
  await Promise.all([
    limitBurst(limiters.apiLimiter, `chat:${keyHash}`),
    ...narrow.map((key) => limitBurst(limiters.chatLimiter, key)),
  ]);
}

/** Whom a token names, before it is verified: a forged one is refused right after, and counts against its key meanwhile. */
function claimedSubject(token: string | undefined): string | undefined {
  if (token === undefined) return undefined;
  try {
    return decodeJwt(token).sub;
  } catch {
    return undefined;
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
