/** Texts of up to this many characters are encoded into one buffer, because V8 frees buffers late, and an import hashes many. */
const SHORT_CHARACTERS = 20_000;
const buffer = new Uint8Array(SHORT_CHARACTERS * 3);

/** `digest` takes its own copy before it returns (w3.org/TR/webcrypto-2, the digest method). */
function encode(text: string): Uint8Array {
  if (text.length > SHORT_CHARACTERS) return new TextEncoder().encode(text);
  return buffer.subarray(0, new TextEncoder().encodeInto(text, buffer).written);
}

/** SHA-256 as 64 lower-case hexadecimal digits. */
export async function sha256Hex(source: string | Uint8Array<ArrayBuffer>): Promise<string> {
  const bytes = typeof source === "string" ? encode(source) : source;
  const digest = await crypto.subtle.digest("SHA-256", bytes);
  return toHex(new Uint8Array(digest));
}

/** Two lower-case hexadecimal digits for each byte. */
export function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
