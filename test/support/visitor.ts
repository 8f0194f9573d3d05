import { sign } from "hono/jwt";
import { expect } from "vitest";
import { signParts } from "./jwt.ts";
import { call, type Workspace } from "./workspace.ts";

export interface IdentitySecret {
  kid: string;
  secret: string;
}

/** Creates an identity secret with an administrator's key. */
export async function createIdentitySecret(workspace: Workspace): Promise<IdentitySecret> {
  const response = await call(workspace.secret, "POST", "/v1/identity-secrets", {});
  expect(response.status).toBe(201);
  return response.json<IdentitySecret>();
}

export const nowInSeconds = (): number => Math.floor(Date.now() / 1000);

/** A JWT as a customer's backend signs it, without the library that verifies it. */
export async function visitorToken(
  { kid, secret }: IdentitySecret,
  claims: Record<string, unknown>,
): Promise<string> {
  const payload = { exp: nowInSeconds() + 3600, ...claims };
  return signParts({ alg: "HS256", typ: "JWT", kid }, payload, secret);
}

export async function asVisitor(
  secret: IdentitySecret,
  claims: Record<string, unknown>,
): Promise<{ "x-visitor-token": string }> {
  return { "x-visitor-token": await visitorToken(secret, claims) };
}

/** A JWT without `kid`, signed by hono's own function. */
export function tokenWithoutKid(secret: string, claims: Record<string, unknown>): Promise<string> {
  return sign({ exp: nowInSeconds() + 3600, ...claims }, secret, "HS256");
}
