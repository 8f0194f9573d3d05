import { SignJWT } from "jose";
import { sha256Hex } from "../crypto/hash.ts";
import { FetchFailed, type SafeFetch } from "../http/safe-fetch.ts";
import { UnsafeUrl } from "../http/public-address.ts";
import { validatorOf, type Fields, type Value } from "../playbook/fields.ts";
import { hostOfTool, PLACE, type Tool } from "../playbook/tool.ts";
import type { ToolSecrets } from "../playbook/tool-secrets.ts";

/** For whom a tool is called. The tool's own server decides what this person may do. */
export interface Claims {
  workspace: string;
  conversation: string;
  /** The customer's own id of a visitor whom a token has proved; null for anybody else. */
  subject: string | null;
  name: string | null;
  email: string | null;
  audience: string[];
}

export type ToolOutcome =
  | { status: "ok"; fields: Fields }
  /** `unknown`: the call may have been carried out. */
  | { status: "failed" | "unknown"; reason: string };

/** Seconds for which a signature holds. */
const SIGNED_SECONDS = 60;

/** Statuses by which a server says that it did nothing, and would do nothing the next time. */
const isRefusal = (status: number): boolean =>
  status >= 400 && status < 500 && status !== 408 && status !== 429;

/**
 * Calls a tool once. The call is signed: the header `Edgewise-Signature` holds a JWT (RFC 7519, HS256) with method and address (`htm`, `htu`,
 * as in RFC 9449), the SHA-256 of the body, the visitor (`sub`), and an id of the call (`jti`) that `Idempotency-Key` repeats. Redirects are
 * not followed: they would leave the host that the owner has allowed.
 * @param timeoutMs of the turn; the tool may have a shorter one
 * @returns its result with the declared fields, or why there is none; it does not throw
 */
export async function callTool(
  { safeFetch, now }: { safeFetch: SafeFetch; now: () => number },
  tool: Tool,
  {
    callId,
    values,
    claims,
    secrets,
    timeoutMs,
  }: {
    callId: string;
    values: Record<string, Value>;
    claims: Claims;
    secrets: ToolSecrets;
    timeoutMs: number;
  },
): Promise<ToolOutcome> {
  const request = toRequest(tool, values);
  if (!request) return { status: "failed", reason: "A value cannot stand in the address." };
  const lost = tool.effect === "change" ? "unknown" : "failed";
  try {
    const signature = await signed(request, tool.method, { callId, claims, secrets, at: now() });
    const response = await safeFetch(request.url, {
      method: tool.method,
      headers: {
        ...tool.headers,
        ...secrets.headers,
        accept: "application/json",
        "user-agent": "Edgewise",
        "idempotency-key": callId,
        "edgewise-signature": signature,
        ...(request.body !== undefined && { "content-type": "application/json" }),
      },
      ...(request.body !== undefined && { body: request.body }),
      timeoutMs: Math.min(tool.timeout_ms, timeoutMs),
      maxBytes: tool.max_bytes,
      redirects: 0,
    });
    const { status } = response;
    if (status < 200 || status > 299)
      return {
        status: isRefusal(status) ? "failed" : lost,
        reason: `${hostOfTool(tool)} answered ${status}.`,
      };
    const result = readResult(tool, response.body);
    // The server has done it, whatever it says of it.
    return typeof result === "string"
      ? { status: lost, reason: result }
      : { status: "ok", fields: result };
  } catch (error) {
    if (error instanceof UnsafeUrl) return { status: "failed", reason: error.message };
    if (error instanceof FetchFailed)
      return { status: error.isUnsent ? "failed" : lost, reason: error.message };
    throw error;
  }
}

interface ToolRequest {
  url: string;
  body: string | undefined;
}

/** @returns undefined where a value would change the path that the owner has written */
function toRequest(
  { url, method, input }: Tool,
  values: Record<string, Value>,
): ToolRequest | undefined {
  const placed = new Set(Array.from(url.matchAll(PLACE), ([, name = ""]) => name));
  const isDots = [...placed].some((name) => /^\.{0,2}$/.test(String(values[name] ?? "")));
  if (isDots) return undefined;
  const filled = url.replace(PLACE, (_, name: string) => encodeURIComponent(String(values[name])));
  // The owner's address says which host is called, whatever the values are.
  if (URL.parse(filled)?.hostname !== hostOfTool({ url })) return undefined;
  const rest = Object.entries(values).filter(
    ([name]) => !placed.has(name) && Object.hasOwn(input.properties, name),
  );
  if (method !== "GET" && method !== "DELETE")
    return { url: new URL(filled).href, body: JSON.stringify(Object.fromEntries(rest)) };
  const address = new URL(filled);
  for (const [name, value] of rest) address.searchParams.set(name, String(value));
  return { url: address.href, body: undefined };
}

async function signed(
  { url, body }: ToolRequest,
  method: string,
  {
    callId,
    claims,
    secrets,
    at,
  }: { callId: string; claims: Claims; secrets: ToolSecrets; at: number },
): Promise<string> {
  const { subject, name, email, audience, workspace, conversation } = claims;
  const seconds = Math.floor(at / 1000);
  const signer = new SignJWT({
    htm: method,
    htu: url,
    body_sha256: await sha256Hex(body ?? ""),
    workspace,
    conversation,
    verified: subject !== null,
    ...(name !== null && { name }),
    ...(email !== null && { email }),
    ...(audience.length > 0 && { visitor_audience: audience }),
  })
    .setProtectedHeader({ alg: "HS256", typ: "JWT" })
    .setIssuer("edgewise")
    .setAudience(new URL(url).origin)
    .setJti(callId)
    .setIssuedAt(seconds)
    .setExpirationTime(seconds + SIGNED_SECONDS);
  if (subject !== null) signer.setSubject(subject);
  return signer.sign(new TextEncoder().encode(secrets.signing));
}

/** @returns the declared fields, or why the result cannot be used */
function readResult(tool: Tool, body: Uint8Array): Fields | string {
  const host = hostOfTool(tool);
  let parsed: unknown;
  try {
    parsed = JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(body));
  } catch {
    return `${host} answered no JSON.`;
  }
  const { success, data, error } = validatorOf(tool.output).safeParse(parsed);
  if (success) return withoutNull(data as Fields) as Fields;
  const [issue] = error.issues;
  return `${host} answered something else than the schema of output says, at ${issue?.path.join(".") || "its top"}.`;
}

function withoutNull(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNull);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, one]) =>
      one === null || one === undefined ? [] : [[name, withoutNull(one)]],
    ),
  );
}
