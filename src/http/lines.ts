/** One line of a body, without its line feed. `bytes` is undefined for a line that is longer than allowed. */
export interface Line {
  /** From 1. */
  number: number;
  bytes: Uint8Array | undefined;
}

const NEWLINE = 0x0a;

/**
 * Splits a body into lines as it arrives. Only the line that is being read is held in memory, and at most `maxLineBytes` of it:
 * the rest of a longer line is skipped.
 */
export async function* readLines(
  body: ReadableStream<Uint8Array>,
  maxLineBytes: number,
): AsyncGenerator<Line> {
  let number = 1;
  let parts: Uint8Array[] = [];
  let size = 0;
  const take = (part: Uint8Array): void => {
    size += part.byteLength;
    if (size > maxLineBytes) parts = [];
    else if (part.byteLength > 0) parts.push(part);
  };
  const finish = (): Line => {
    const line = { number, bytes: size > maxLineBytes ? undefined : concatenate(parts, size) };
    number += 1;
    parts = [];
    size = 0;
    return line;
  };
  for await (const chunk of body) {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      take(chunk.subarray(start, end));
      yield finish();
      start = end + 1;
    }
    // A copy, because a view would keep the whole chunk in memory.
    take(chunk.slice(start));
  }
  if (size > 0) yield finish();
}

function concatenate(parts: Uint8Array[], size: number): Uint8Array {
  const whole = new Uint8Array(size);
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.byteLength;
  }
  return whole;
}
