import { FIVE_MINUTES_MS, hmac, readTime, type SignatureScheme } from "./signatures.ts";
import type { Vendor } from "./vendor.ts";

/**
 * What standardwebhooks.com says of signatures, delivery ids and secrets, to be spread into a vendor.
 * @param prefixes how the headers' names may begin: Svix sends the same under its own names
 */
export function standardWebhooks(
  ...prefixes: string[]
): { signature: SignatureScheme } & Required<
  Pick<Vendor<string, unknown>, "deliveryId" | "checkSecret">
> {
  /** The id is the one that the signature covers: one under another prefix could be anybody's. */
  const read = (headers: Headers, part: "id" | "timestamp" | "signature"): string | null => {
    const prefix = prefixes.find((name) => headers.has(`${name}-signature`));
    return headers.get(`${prefix}-${part}`);
  };
  return {
    signature: {
      claim({ headers, body }) {
        const id = read(headers, "id");
        const timestamp = read(headers, "timestamp");
        const at = readTime(timestamp, 1000);
        const signatures = read(headers, "signature");
        if (!id || at === undefined || !signatures) return undefined;
        return {
          signed: [`${id}.${timestamp}.`, body],
          signatures: signatures
            .split(" ")
            .flatMap((signature) => (signature.startsWith("v1,") ? [signature.slice(3)] : [])),
          at,
        };
      },
      sign: hmac("SHA-256", "base64", keyOf),
      toleranceMs: FIVE_MINUTES_MS,
    },
    deliveryId: (headers) => read(headers, "id"),
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
