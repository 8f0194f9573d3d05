import { sign } from "hono/jwt";
import { expect } from "vitest";
import { call, type Workspace } from "./workspace.ts";

export interface IdentitySecret {
  kid: string;
  secret: string;
}

/** A new identity secret, as an administrator makes it. */
export async function createIdentitySecret(workspace: Workspace): Promise<IdentitySecret> {
  const response = await call(workspace.secret, "POST", "/v1/identity-secrets", {});
  expect(response.status).toBe(201);
  return response.json<IdentitySecret>();
}

export const nowInSeconds = (): number => Math.floor(Date.now() / 1000);

/** A JWT as a customer's backend signs it, by another library than the one that verifies it. */
export async function visitorToken(
  { kid, secret }: IdentitySecret,
  claims: Record<string, unknown>,
): Promise<string> {
  const payload = { exp: nowInSeconds() + 3600, ...claims };
  return signParts({ alg: "HS256", typ: "JWT", kid }, payload, secret);
}

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
  return bytes.toBase64({ alphabet: "base64url", omitPadding: true });
}

export async function asVisitor(
  secret: IdentitySecret,
  claims: Record<string, unknown>,
): Promise<{ "x-visitor-token": string }> {
  return { "x-visitor-token": await visitorToken(secret, claims) };
}

/** What hono's own signer makes of the same claims: backends that set no `kid`. */
export function tokenWithoutKid(secret: string, claims: Record<string, unknown>): Promise<string> {
  return sign({ exp: nowInSeconds() + 3600, ...claims }, secret, "HS256");
}
