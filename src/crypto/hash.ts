/** SHA-256 as 64 lower-case hexadecimal digits. */
export async function sha256Hex(source: string | Uint8Array<ArrayBuffer>): Promise<string> {
  const bytes = typeof source === "string" ? new TextEncoder().encode(source) : source;
  const digest = await crypto.subtle.digest("SHA-256", bytes);
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
