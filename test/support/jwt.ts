/** Signs any header and payload, valid or not, given as values or as JSON. */
export async function signParts(
  header: object | string,
  payload: object | string,
  secret: string,
  hash = "SHA-256",
): Promise<string> {
  const signed = [header, payload].map((part) => base64url(toText(part))).join(".");
  const encoder = new TextEncoder();
  const key = await crypto.subtle.importKey(
    "raw",
    encoder.encode(secret),
    { name: "HMAC", hash },
    false,
    ["sign"],
  );
  const mac = await crypto.subtle.sign("HMAC", key, encoder.encode(signed));
  return `${signed}.${base64url(new Uint8Array(mac))}`;
}

function toText(part: object | string): string {
  return typeof part === "string" ? part : JSON.stringify(part);
}

export function base64url(data: string | Uint8Array): string {
  const bytes = typeof data === "string" ? new TextEncoder().encode(data) : data;
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
}
