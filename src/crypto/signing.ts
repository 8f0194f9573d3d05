import { base64url } from "jose";

/** Signs a text that a client stores and sends back. A signature for one purpose is not accepted for another. */
export async function sign(secret: string, purpose: string, text: string): Promise<string> {
  const key = await crypto.subtle.importKey(
    "raw",
    encoder.encode(secret),
    { name: "HMAC", hash: "SHA-256" },
    false,
    ["sign"],
  );
  const mac = await crypto.subtle.sign("HMAC", key, encoder.encode(`${purpose}\n${text}`));
  return base64url.encode(new Uint8Array(mac));
}

/**
 * Constant-time for strings of equal length; the length of a signature is no secret. Signatures are compared as text, not as
 * bytes: the last character of base64url has bits that decoding ignores, and a token must have one spelling only.
 */
export function equal(left: string, right: string): boolean {
  if (left.length !== right.length) return false;
  let difference = 0;
  for (let index = 0; index < left.length; index++) {
    difference |= left.charCodeAt(index) ^ right.charCodeAt(index);
  }
  return difference === 0;
}

const encoder = new TextEncoder();
