import { concatenate } from "./body.ts";
import { Problem } from "./problem.ts";

/** One line of a body, without its line feed. */
export interface Line {
  /** From 1. */
  number: number;
  /** Valid until the next line is read. Undefined for a line that is longer than allowed. */
  bytes: Uint8Array | undefined;
}

const NEWLINE = 0x0a;
const BUFFER_BYTES = 65_536;

/**
 * Splits a body into lines as it arrives. Only the line that is being read is held in memory, and at most `line` bytes of it: the
 * rest of a longer line is skipped. The body is read into one buffer again and again, because V8 frees buffers late: a body of 20 MB
 * took 50 MB.
 * @throws Problem `body_too_large` as soon as more than `body` bytes have arrived
 */
export async function* readLines(
  body: ReadableStream<Uint8Array>,
  most: { line: number; body: number },
): AsyncGenerator<Line> {
  let number = 1;
  let parts: Uint8Array[] = [];
  let size = 0;
  const take = (part: Uint8Array): void => {
    size += part.byteLength;
    if (size > most.line) parts = [];
    else if (part.byteLength > 0) parts.push(part);
  };
  const finish = (): Line => {
    const line = { number, bytes: size > most.line ? undefined : joined(parts) };
    number += 1;
    parts = [];
    size = 0;
    return line;
  };
  let read = 0;
  for await (const chunk of readInto(body, BUFFER_BYTES)) {
    read += chunk.byteLength;
    if (read > most.body)
      throw new Problem("body_too_large", `At most ${most.body} bytes are accepted.`);
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      take(chunk.subarray(start, end));
      yield finish();
      start = end + 1;
    }
    // A copy, because the next chunk comes into the same buffer.
    take(chunk.slice(start));
  }
  if (size > 0) yield finish();
}

/** The chunks of a body, each in the same buffer. */
async function* readInto(
  body: ReadableStream<Uint8Array>,
  size: number,
): AsyncGenerator<Uint8Array> {
  const reader = body.getReader({ mode: "byob" });
  try {
    let buffer = new ArrayBuffer(size);
    for (;;) {
      const { done, value } = await reader.read(new Uint8Array(buffer));
      if (done) return;
      yield value;
      buffer = value.buffer;
    }
  } finally {
    await reader.cancel();
  }
}

/** The only part as it is, without a copy. */
function joined(parts: Uint8Array[]): Uint8Array {
  const [only, ...more] = parts;
  return only && more.length === 0 ? only : concatenate(parts);
}
