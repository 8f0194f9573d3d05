import type { MiddlewareHandler } from "hono";
import { parseJson } from "./json.ts";
import { Problem } from "./problem.ts";

/** A document of 1 MiB may take twice that in JSON, for its escapes. */
const MAX_BODY_BYTES = 4 * 1024 * 1024;

/**
 * Reads the body once and refuses what is too large, not UTF-8 or not plain JSON before any handler runs. The request that
 * handlers see carries the checked text.
 */
export function jsonBody(limit = MAX_BODY_BYTES): MiddlewareHandler {
  return async (c, next) => {
    requireContentType(
      c.req.raw,
      /^application\/json\s*(;|$)/i,
      "Send the body as application/json.",
    );
    const text = decodeUtf8(await readLimited(c.req.raw, limit));
    parseJson(text);
    c.req.raw = new Request(c.req.raw, { body: text });
    await next();
  };
}

/** @throws Problem `unsupported_media_type` */
export function requireContentType({ headers }: Request, allowed: RegExp, detail: string): void {
  if (!allowed.test(headers.get("content-type") ?? "")) {
    throw new Problem("unsupported_media_type", detail);
  }
}

/** Refuses a body whose content-length is too large. A body without one, or with one that is too small, is counted while it is read. */
export function requireContentLength({ headers }: Request, limit: number): void {
  if (Number(headers.get("content-length") ?? 0) > limit) throw tooLarge(limit);
}

/**
 * Reads a request's body, counting while it reads. (`hono/body-limit` does not count a body whose content-length is within the limit,
 * even if that is too small, and leaves the body to be read a second time.)
 */
export async function readLimited(
  request: Request,
  limit: number,
): Promise<Uint8Array<ArrayBuffer>> {
  requireContentLength(request, limit);
  return readAtMost(request.body, limit, () => tooLarge(limit));
}

function tooLarge(limit: number): Problem {
  return new Problem("body_too_large", `At most ${limit} bytes are accepted.`);
}

/** All bytes of a stream, or the error of `refusal` thrown as soon as there are more than `limit`. */
export async function readAtMost(
  stream: ReadableStream<Uint8Array> | null,
  limit: number,
  refusal: () => Error,
): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array[] = [];
  let size = 0;
  // Leaving the loop early cancels the stream.
  for await (const part of stream ?? []) {
    size += part.byteLength;
    if (size > limit) throw refusal();
    parts.push(part);
  }
  return concatenate(parts);
}

export function concatenate(parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((size, part) => size + part.byteLength, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.byteLength;
  }
  return whole;
}

/** @throws Problem `invalid_utf8` */
export function decodeUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(bytes);
  } catch {
    throw new Problem("invalid_utf8", "The body contains bytes that are not UTF-8.");
  }
}
