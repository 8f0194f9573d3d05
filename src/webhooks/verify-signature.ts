import type { Claim, SignatureScheme, SignedRequest } from "./contract/signatures.ts";

/** More than a sender in the middle of a rotation sends; each costs a comparison. */
const MAX_SIGNATURES = 16;

/** Why a request is not one that the vendor signed for the source's owner. */
export type Refusal = "unsigned" | "stale" | "wrong";

/**
 * The claim that one of the secrets signed, recently; else why there is none. Signatures are compared as text and in constant
 * time: decoded, a changed letter case or a spare bit of base64 would make a second valid spelling.
 */
export async function verifySignature(
  scheme: SignatureScheme,
  request: SignedRequest,
  secrets: string[],
  now: number,
  toleranceMs = scheme.toleranceMs,
): Promise<{ claim: Claim } | { refusal: Refusal }> {
  let refusal: Refusal = "unsigned";
  for (const claim of scheme.claims(request)) {
    const why = await checkClaim(scheme, claim, secrets, now, toleranceMs);
    if (why === undefined) return { claim };
    if (refusal === "unsigned") refusal = why;
  }
  return { refusal };
}

async function checkClaim(
  scheme: SignatureScheme,
  { signatures, signed, at }: Claim,
  secrets: string[],
  now: number,
  toleranceMs: number | undefined,
): Promise<Refusal | undefined> {
  if (signatures.length === 0) return "unsigned";
  if (signatures.length > MAX_SIGNATURES) return "wrong";
  if (toleranceMs !== undefined) {
    if (at === undefined || !(Math.abs(now - at) <= toleranceMs)) return "stale";
  }
  let matches = false;
  for (const secret of secrets) {
    const expected = await scheme.sign(secret, signed);
    if (expected === undefined) continue;
    for (const signature of signatures) {
      if (await isEqual(signature, expected)) matches = true;
    }
  }
  return matches ? undefined : "wrong";
}

/** `timingSafeEqual` throws on unequal lengths, so digests are compared. */
async function isEqual(left: string, right: string): Promise<boolean> {
  const digest = (text: string): Promise<ArrayBuffer> =>
    crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return crypto.subtle.timingSafeEqual(await digest(left), await digest(right));
}
