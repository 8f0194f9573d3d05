import { expect, it } from "vitest";
import { readChatEvents } from "../../../web/demo/stream.ts";

/** A stream of events, and what became of it. */
function stream(...lines: string[]): {
  body: ReadableStream<Uint8Array<ArrayBuffer>>;
  was: string[];
} {
  const was: string[] = [];
  const waiting = lines.map((line) => Uint8Array.from(Buffer.from(`data: ${line}\n\n`)));
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>(
    {
      pull(controller) {
        const next = waiting.shift();
        if (next) controller.enqueue(next);
        else {
          was.push("read to its end");
          controller.close();
        }
      },
      cancel: () => void was.push("cancelled"),
    },
    { highWaterMark: 0 },
  );
  return { body, was };
}

const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 50));

it("a finished answer's stream is read to its end, so that no request counts as failed", async () => {
  const { body, was } = stream('{"type":"text-delta","delta":"Hi"}', '{"type":"finish"}', "[DONE]");
  for await (const event of readChatEvents(body)) if (event.type === "finish") break;
  await settled();
  expect(was).toEqual(["read to its end"]);
});

it("a stream that nobody reads any more is cancelled", async () => {
  const { body, was } = stream(
    '{"type":"text-delta","delta":"Hi"}',
    '{"type":"text-delta","delta":"!"}',
    "[DONE]",
  );
  for await (const _ of readChatEvents(body)) break;
  await settled();
  expect(was).toEqual(["cancelled"]);
});
