import { base64url, errors, jwtVerify } from "jose";
import { z } from "zod";
import { parseJson } from "../http/json.ts";
import { Problem } from "../http/problem.ts";

/** A person whom a JWT of the customer's backend identifies. */
export interface Visitor {
  /** The customer's own id of the person. */
  subject: string;
  name: string | null;
  email: string | null;
  /** Audiences that the person belongs to. Documents restricted to one of them are shown. */
  audience: string[];
  /** All claims. Of those that are not named above, the workspace's settings say which are used. */
  claims: Record<string, unknown>;
}

export interface IdentitySecret {
  kid: string;
  secret: string;
}

const MAX_CHARACTERS = 4096;
const MAX_LIFETIME_SECONDS = 24 * 60 * 60;
/** How far the clock of the customer's backend may be off. */
const SKEW_SECONDS = 60;

/** A signature of 32 bytes is 43 characters of base64url. Two bits of the last one are unused; only the spelling with zeros is accepted. */
const COMPACT = /^([\w-]+)\.([\w-]+)\.[\w-]{42}[AEIMQUYcgkosw048]$/;

/**
 * The customer's own id of a person. It stands in the path of an erasure, so an id is refused if a path or the database cannot
 * hold it unchanged.
 */
export const visitorSubject = z
  .string()
  .min(1)
  .max(256)
  .refine(
    (id) => id.isWellFormed() && !/\p{Cc}/u.test(id) && id !== "." && id !== "..",
    "holds characters that an id cannot have",
  );

const header = z.looseObject({ alg: z.literal("HS256"), kid: z.string().optional() });

const claims = z.looseObject({
  sub: visitorSubject,
  name: z.string().max(200).nullish(),
  email: z.string().max(320).nullish(),
  audience: z.array(z.string().min(1).max(64)).max(50).default([]),
  exp: z.number(),
  iat: z.number().optional(),
});

/**
 * Verifies a visitor's JWT (RFC 7519): HS256 and nothing else, signed with one of the workspace's active identity secrets, which
 * `kid` selects. A token without `kid` may be signed with any of them. It reads nothing: the secrets come with the key.
 * @throws Problem `invalid_visitor_token`
 */
export async function verifyVisitorToken(
  token: string,
  secrets: IdentitySecret[],
  now: number,
): Promise<Visitor> {
  const [, head = "", body = ""] = COMPACT.exec(token) ?? [];
  if (token.length > MAX_CHARACTERS || !head) throw visitorTokenProblem("It is not a compact JWT.");
  const { success, data } = header.safeParse(decode(head));
  if (!success) throw visitorTokenProblem("Its algorithm must be HS256.");
  const candidates = secrets.filter(({ kid }) => data.kid === undefined || data.kid === kid);
  await verifyWithAny(token, candidates, new Date(now));
  return toVisitor(decode(body), now / 1000);
}

/**
 * The audience that a visitor's JWT claims, unverified; none where it is malformed. Only for reads whose result is thrown away unless
 * {@link verifyVisitorToken} then accepts the token, which gives the same audience.
 */
export function claimedAudience(token: string | undefined): string[] {
  return claimed(token)?.audience ?? [];
}

/** The customer's id of the person whom a JWT claims to be of, as {@link claimedAudience}. */
export function claimedSubject(token: string | undefined): string | undefined {
  return claimed(token)?.sub;
}

function claimed(token: string | undefined): z.infer<typeof claims> | undefined {
  const [, , body = ""] = COMPACT.exec(token?.slice(0, MAX_CHARACTERS + 1) ?? "") ?? [];
  try {
    return claims.parse(decode(body));
  } catch {
    return undefined;
  }
}

async function verifyWithAny(
  token: string,
  secrets: IdentitySecret[],
  currentDate: Date,
): Promise<void> {
  for (const { secret } of secrets) {
    try {
      await jwtVerify(token, new TextEncoder().encode(secret), {
        algorithms: ["HS256"],
        clockTolerance: SKEW_SECONDS,
        currentDate,
      });
      return;
    } catch (error) {
      if (error instanceof errors.JWSSignatureVerificationFailed) continue;
      if (error instanceof errors.JWTExpired) throw visitorTokenProblem("It has expired.");
      if (error instanceof errors.JOSEError)
        throw visitorTokenProblem("Its header or a claim is not valid.");
      throw error;
    }
  }
  throw visitorTokenProblem("No active identity secret of the workspace has signed it.");
}

function toVisitor(payload: unknown, now: number): Visitor {
  const { success, data } = claims.safeParse(payload);
  if (!success)
    throw visitorTokenProblem(
      "It needs valid `sub` and `exp` claims; `audience` is a list of names.",
    );
  const { exp, iat } = data;
  if (iat !== undefined && iat > now + SKEW_SECONDS)
    throw visitorTokenProblem("It was issued in the future.");
  const longest = Math.max(exp - now - SKEW_SECONDS, iat === undefined ? 0 : exp - iat);
  if (longest > MAX_LIFETIME_SECONDS)
    throw visitorTokenProblem("It is valid for more than 24 hours.");
  return {
    subject: data.sub,
    name: data.name ?? null,
    email: data.email ?? null,
    audience: data.audience,
    claims: data,
  };
}

/** Parses a part of the token as strictly as a body: of a claim that is given twice, readers may take different ones. */
function decode(part: string): unknown {
  try {
    const bytes = base64url.decode(part);
    return parseJson(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    throw visitorTokenProblem("It is not a compact JWT.");
  }
}

export function visitorTokenProblem(detail: string): Problem {
  return new Problem("invalid_visitor_token", detail, {
    headers: { "www-authenticate": "Bearer" },
  });
}
