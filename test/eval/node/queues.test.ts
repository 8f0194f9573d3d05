import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";
import { openQueue } from "../../../eval/in-process/queues.ts";

it("the in-process queue delivers no message before its delay is over, though timers of Node.js end early", async () => {
  const waits: number[] = [];
  const queue = openQueue("test", async (_name, messages) => {
    for (const { body } of messages) waits.push(Date.now() - (body as number));
  });
  for (let n = 0; n < 60; n++) {
    await sleep(Math.random() * 3);
    await queue.send(Date.now(), { delaySeconds: 1 });
  }
  await expect.poll(() => waits.length, { timeout: 5000 }).toBe(60);
  expect(Math.min(...waits)).toBeGreaterThanOrEqual(1000);
});
