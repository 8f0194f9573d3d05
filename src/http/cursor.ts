import { Problem } from "./problem.ts";

/** Where a list goes on. Signed, so that a cursor is only what this list gave out for this workspace and filter. */
export async function writeCursor(secret: string, list: string, position: string): Promise<string> {
  const payload = toBase64Url(new TextEncoder().encode(position));
  return `${payload}.${await sign(secret, list, payload)}`;
}

/** @throws Problem `invalid_cursor` for anything that {@link writeCursor} did not write with the same arguments. */
export async function readCursor(secret: string, list: string, cursor: string): Promise<string> {
  const [payload = "", signature = "", ...rest] = cursor.split(".");
  const expected = await sign(secret, list, payload);
  if (rest.length > 0 || !equal(signature, expected)) throw new Problem("invalid_cursor");
  return new TextDecoder().decode(fromBase64Url(payload));
}

async function sign(secret: string, list: string, payload: string): Promise<string> {
  const encoder = new TextEncoder();
  const key = await crypto.subtle.importKey(
    "raw",
    encoder.encode(secret),
    { name: "HMAC", hash: "SHA-256" },
    false,
    ["sign"],
  );
  const mac = await crypto.subtle.sign("HMAC", key, encoder.encode(`cursor\n${list}\n${payload}`));
  return toBase64Url(new Uint8Array(mac));
}

/** Constant-time for strings of equal length; the length of a signature is no secret. */
function equal(left: string, right: string): boolean {
  if (left.length !== right.length) return false;
  let difference = 0;
  for (let index = 0; index < left.length; index++) {
    difference |= left.charCodeAt(index) ^ right.charCodeAt(index);
  }
  return difference === 0;
}

function toBase64Url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replace(/=+$/, "");
}

function fromBase64Url(text: string): Uint8Array {
  return Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (character) =>
    character.charCodeAt(0),
  );
}
