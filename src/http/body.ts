import type { MiddlewareHandler } from "hono";
import { parseJson } from "./json.ts";
import { Problem } from "./problem.ts";

/** A JSON string of 1 MiB of text may need twice that for its escapes; more than 4 MiB is nobody's document. */
export const MAX_BODY_BYTES = 4 * 1024 * 1024;

/**
 * Reads the body once, counting while it reads, and refuses what is too large, not UTF-8 or not plain JSON before any
 * handler runs. The request that handlers see carries the checked text.
 */
export function jsonBody(limit = MAX_BODY_BYTES): MiddlewareHandler {
  return async (c, next) => {
    const contentType = c.req.header("content-type") ?? "";
    if (!/^application\/json\s*(;|$)/i.test(contentType)) {
      throw new Problem("unsupported_media_type", "Send the body as application/json.");
    }
    const text = decodeUtf8(await readLimited(c.req.raw, limit));
    parseJson(text);
    c.req.raw = new Request(c.req.raw, { body: text });
    await next();
  };
}

/** Reads a request's body, counting while it reads. */
export async function readLimited(
  request: Request,
  limit: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const tooLarge = (): Problem =>
    new Problem("body_too_large", `At most ${limit} bytes are accepted.`);
  if (Number(request.headers.get("content-length") ?? 0) > limit) throw tooLarge();
  return readAtMost(request.body, limit, tooLarge);
}

/** All bytes of a stream, or `tooLarge()` thrown as soon as there are more than `limit`. */
export async function readAtMost(
  stream: ReadableStream<Uint8Array> | null,
  limit: number,
  tooLarge: () => Error,
): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array[] = [];
  let size = 0;
  // Leaving the loop early cancels the stream.
  for await (const part of stream ?? []) {
    size += part.byteLength;
    if (size > limit) throw tooLarge();
    parts.push(part);
  }
  const bytes = new Uint8Array(size);
  let offset = 0;
  for (const part of parts) {
    bytes.set(part, offset);
    offset += part.byteLength;
  }
  return bytes;
}

/** @throws Problem `invalid_utf8` */
export function decodeUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(bytes);
  } catch {
    throw new Problem("invalid_utf8", "The body contains bytes that are not UTF-8.");
  }
}
