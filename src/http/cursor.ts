import { base64url } from "jose";
import { equal, sign } from "../crypto/signing.ts";
import { Problem } from "./problem.ts";

/** Encodes the place where a list goes on. The signature binds it to the list, its workspace and its filter. */
export async function writeCursor(secret: string, list: string, position: string): Promise<string> {
  const payload = base64url.encode(position);
  return `${payload}.${await sign(secret, `cursor\n${list}`, payload)}`;
}

/** @throws Problem `invalid_cursor` for anything that {@link writeCursor} did not write with the same arguments. */
export async function readCursor(secret: string, list: string, cursor: string): Promise<string> {
  const [payload = "", signature = "", ...rest] = cursor.split(".");
  const expected = await sign(secret, `cursor\n${list}`, payload);
  if (rest.length > 0 || !equal(signature, expected)) throw new Problem("invalid_cursor");
  return new TextDecoder().decode(base64url.decode(payload));
}
