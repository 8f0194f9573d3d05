import type { ScriptedChunk } from "../faults.ts";

/** Chunks that a cut stream lets through. */
const CUT_AFTER_CHUNKS = 2;

/** Streams the scripted chunks byte for byte, each after its pause. */
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

/** Breaks a stream in the middle of an answer, as a lost connection does. */
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
