import path from "node:path";
import { describe, expect, it } from "vitest";
import { checkCase, findCases } from "../../../../eval/fidelity/cases.ts";

const CASES = path.join(import.meta.dirname, "..");

describe("a case of what real sites publish is read whole and without machinery", async () => {
  for (const folder of await findCases(CASES)) {
    const name = path.relative(CASES, folder);
    // Held-out cases are scored by `npm run measure:fidelity`, once.
    it.skipIf(name.startsWith("held-out"))(name, async () => {
      expect(await checkCase(folder)).toEqual([]);
    });
  }
});
