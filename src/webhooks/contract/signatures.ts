/** A request as it was received; `path` includes the query. Nothing here is parsed and written again before it is checked. */
export interface SignedRequest {
  method: string;
  path: string;
  headers: Headers;
  body: Uint8Array;
}

/** What a request says about itself, to be believed only once a signature matches. */
export interface Claim {
  /** What the sender signed, in order. Strings are UTF-8. */
  signed: (string | Uint8Array)[];
  /** The signatures that came along, as text. One that matches is enough. */
  signatures: string[];
  /** When it was signed, in milliseconds. */
  at?: number;
}

/** How one vendor signs. Undefined claims and signatures mean: not a request of this scheme, or not a usable secret. */
export interface SignatureScheme {
  claim: (request: SignedRequest) => Claim | undefined;
  sign: (secret: string, signed: Claim["signed"]) => Promise<string | undefined>;
  /** How far from now a claimed time may lie, either way. Absent where the vendor signs no time. */
  toleranceMs?: number;
}

/** More than a sender in the middle of a rotation sends; each costs a comparison. */
const MAX_SIGNATURES = 16;

/** Why a request is not one that the source's owner had signed. */
export type Refusal = "unsigned" | "stale" | "wrong";

/**
 * Why none of the secrets signed exactly this request, recently; undefined where one did. Signatures are compared as text and
 * in constant time: decoded, a changed letter case or a spare bit of base64 would make a second valid spelling.
 */
export async function verifySignature(
  scheme: SignatureScheme,
  request: SignedRequest,
  secrets: string[],
  now: number,
  toleranceMs = scheme.toleranceMs,
): Promise<Refusal | undefined> {
  const claim = scheme.claim(request);
  if (!claim || claim.signatures.length === 0) return "unsigned";
  if (claim.signatures.length > MAX_SIGNATURES) return "wrong";
  if (toleranceMs !== undefined) {
    if (claim.at === undefined || !(Math.abs(now - claim.at) <= toleranceMs)) return "stale";
  }
  let matches = false;
  for (const secret of secrets) {
    const expected = await scheme.sign(secret, claim.signed);
    if (expected === undefined) continue;
    for (const signature of claim.signatures) {
      if (await equal(signature, expected)) matches = true;
    }
  }
  return matches ? undefined : "wrong";
}

/** `timingSafeEqual` throws on unequal lengths, so digests are compared. */
async function equal(left: string, right: string): Promise<boolean> {
  const digest = (text: string): Promise<ArrayBuffer> =>
    crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return crypto.subtle.timingSafeEqual(await digest(left), await digest(right));
}
