import { decodeJwt } from "jose";
import { Problem } from "../http/problem.ts";
import type { Services } from "../runtime/services.ts";
import type { Credentials } from "./credentials.ts";
import type { Caller } from "./keys.ts";

/** The window of the rate-limit bindings in `wrangler.toml`, in seconds: a refused caller is told to wait for so long. */
const WINDOW_SECONDS = 60;

type Limiters = Pick<Services, "chatLimiter" | "apiLimiter">;

/**
 * Limits chat turns before anything is read from the database. A publishable key is shared by all visitors of a site, so the key
 * has the wide limit (`apiLimiter`); an address and a conversation have the narrow one (`chatLimiter`). The address is counted
 * without the key, because a caller could invent a new key for each call. A secret key's address is not counted, because a
 * server calls for many visitors.
 *
 * The narrow limits are checked first: a turn that they refuse does not count against the key, so one visitor's flood does not
 * refuse everybody.
 */
export async function limitTurn(
  { chatLimiter, apiLimiter }: Limiters,
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
  await Promise.all(narrow.map((key) => limitBurst(chatLimiter, key)));
  await limitBurst(apiLimiter, `chat:${keyHash}`);
}

/** Limits one visitor from all addresses together. Called once the token is verified, so a forged one counts against nobody. */
export async function limitVisitor(
  limiter: RateLimit,
  { keyId, visitor }: Pick<Caller, "keyId" | "visitor">,
): Promise<void> {
  if (visitor) await limitBurst(limiter, `visitor:${keyId}:${visitor.subject}`);
}

/** Limits all other requests: a secret key as a whole, a publishable key for each visitor or, without a token, each address. */
export async function limitCaller(
  { apiLimiter }: Pick<Limiters, "apiLimiter">,
  { keyId, kind, visitor }: Pick<Caller, "keyId" | "kind" | "visitor">,
  address: string,
): Promise<void> {
  const user = visitor ? `visitor:${visitor.subject}` : `address:${address}`;
  await limitBurst(apiLimiter, kind === "secret" ? keyId : `${keyId}:${user}`);
}

/**
 * The number of narrow counts that an address has for visitors with tokens. With several, the visitors of one office do not
 * share a count; with few, a caller who forges a new token for each call cannot use up the key's limit.
 */
const GROUPS = 8;

/** The count of the visitor whom the token names, before it is verified. Empty without a token. */
function groupOf(token: string | undefined): string {
  if (token === undefined) return "";
  try {
    const { sub } = decodeJwt(token);
    const sum = Array.from(String(sub)).reduce(
      (hash, character) => (hash * 31 + (character.codePointAt(0) ?? 0)) % 65_521,
      0,
    );
    return `:${sum % GROUPS}`;
  } catch {
    return "";
  }
}

/** @throws Problem `rate_limited`. The binding counts for each location, and roughly: it stops bursts and is not a quota. */
export async function limitBurst(limiter: RateLimit, key: string): Promise<void> {
  const { success } = await limiter.limit({ key });
  if (!success) {
    throw new Problem("rate_limited", "Too many requests in a short time. Wait and try again.", {
      headers: { "retry-after": String(WINDOW_SECONDS) },
    });
  }
}
