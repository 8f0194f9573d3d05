import { expect, it } from "vitest";
import { isRoutine } from "../../../local/dev/console-lines.ts";

it.each([
  ['[edgewise] {"work":"queue-ingest","items":3,"d1":{}}', true],
  ["[edgewise] cron, knowledge { woken: 1 }", true],
  ["[edgewise] retrieval: a leg failed { leg: 'vectors' }", false],
  ['[edgewise] unhandled error {"request":"1"}', false],
  ["[edgewise] Error: Network connection lost", false],
])("whether the terminal leaves out %s: %s", (line, isLeftOut) => {
  expect(isRoutine(line)).toBe(isLeftOut);
});
