import type { ScriptedChunk } from "../faults.ts";

/** Bytes that a cut stream lets through when the first chunk does not already end within them. */
const CUT_AFTER_CHUNKS = 2;

/** Plays a text generation's bytes exactly as written, each after its pause. */
export function playScript(chunks: ScriptedChunk[]): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  const waiting = [...chunks];
  return new ReadableStream({
    type: "bytes",
    async pull(controller) {
      const chunk = waiting.shift();
      if (!chunk) {
        controller.close();
        return;
      }
      if (chunk.delayMs) await scheduler.wait(chunk.delayMs);
      if (chunk.fail) controller.error(new Error("Network connection lost."));
      else controller.enqueue(encoder.encode(chunk.raw ?? ""));
    },
  });
}

/** Fails a stream after its first chunks, in the middle of an answer, as a lost connection does. */
export function cutStream(source: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
  const reader = source.getReader();
  let passed = 0;
  return new ReadableStream({
    type: "bytes",
    async pull(controller) {
      const { value, done } = await reader.read();
      if (done || passed === CUT_AFTER_CHUNKS) {
        controller.error(new Error("Network connection lost."));
        await reader.cancel();
        return;
      }
      passed += 1;
      controller.enqueue(value);
    },
    cancel: (reason) => reader.cancel(reason),
  });
}
