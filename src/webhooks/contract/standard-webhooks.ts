import {
  FIVE_MINUTES_MS,
  hmac,
  readTime,
  type Claim,
  type SignatureScheme,
  type SignedRequest,
} from "./signatures.ts";
import type { Vendor } from "./vendor.ts";

/**
 * What standardwebhooks.com says of signatures and secrets, to be spread into a vendor.
 * @param prefixes how the headers' names may begin: Svix sends the same under its own names
 */
export function standardWebhooks(
  ...prefixes: string[]
): { signature: SignatureScheme } & Required<Pick<Vendor<string, unknown>, "checkSecret">> {
  /** Id, time and signature under one prefix: an id under another could be anybody's. */
  const claimOf = (prefix: string, { headers, body }: SignedRequest): Claim[] => {
    const read = (part: string): string | null => headers.get(`${prefix}-${part}`);
    const [id, timestamp, signatures] = [read("id"), read("timestamp"), read("signature")];
    const at = readTime(timestamp, 1000);
    if (!id || at === undefined || !signatures) return [];
    const texts = signatures
      .split(" ")
      .flatMap((signature) => (signature.startsWith("v1,") ? [signature.slice(3)] : []));
    return [{ signed: [`${id}.${timestamp}.`, body], signatures: texts, at, id }];
  };
  return {
    signature: {
      claims: (request) => prefixes.flatMap((prefix) => claimOf(prefix, request)),
      sign: hmac("SHA-256", "base64", keyOf),
      toleranceMs: FIVE_MINUTES_MS,
    },
    checkSecret: (secret) => (keyOf(secret)?.byteLength ? undefined : "is not whsec_ and base64"),
  };
}

/** Secrets are base64, with or without `whsec_`. */
function keyOf(secret: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    return Uint8Array.fromBase64(secret.replace(/^whsec_/, ""));
  } catch {
    return undefined;
  }
}
