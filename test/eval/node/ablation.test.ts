import { execFileSync } from "node:child_process";
import path from "node:path";
import { expect, it } from "vitest";
import { compareRuns, type Difference } from "../../../eval/ablation/differences.ts";
import type { Measurement, Run } from "../../../eval/ablation/measure.ts";
import { harms, helps, toPage } from "../../../eval/ablation/page.ts";

const ROOT = path.resolve(import.meta.dirname, "../../..");

const meanOf = (values: number[]): Measurement => ({
  units: values.length,
  statistic: (counts) => {
    const drawn = counts.reduce((sum, count) => sum + count, 0);
    return counts.reduce((sum, count, i) => sum + count * (values[i] ?? 0), 0) / drawn;
  },
});
const run = (values: number[]): Run => ({ measures: { right: meanOf(values) }, evidence: [] });
const differenceOf = (full: number[], without: number[]): Difference =>
  compareRuns("set", "part", run(full), run(without))[0] as Difference;

it("the ablation takes a part out of the application's own modules, and puts it back", () => {
  const script = `
    import { replaceModules } from "./eval/ablation/replace-modules.ts";
    replaceModules();
    // This imports the whole application: its modules must find every export they need in the replacements.
    await import("./eval/in-process/instance.ts");
    const { switchOff, wasAsked } = await import("./eval/ablation/switches.ts");
    const { corrections } = await import("./src/retrieval/spelling.ts");
    const correct = () => corrections([{ typed: "recieve", word: "receive" }]).size;
    const before = correct();
    const on = switchOff("spelling");
    const asked = [wasAsked("spelling")];
    const without = correct();
    asked.push(wasAsked("spelling"));
    on();
    console.log(JSON.stringify({ before, without, after: correct(), asked }));`;
  const output = execFileSync(process.execPath, ["--input-type=module", "-e", script], {
    cwd: ROOT,
    encoding: "utf8",
  });
  expect(JSON.parse(output)).toEqual({ before: 1, without: 0, after: 1, asked: [false, true] });
});

it("a gain is told from chance by the paired results of each question", () => {
  const hard = Array.from({ length: 100 }, (_, i) => i % 2);
  const better = hard.map((value, i) => (i % 5 === 0 ? 1 : value));
  const gain = differenceOf(better, hard);
  expect([helps(gain), harms(gain)]).toEqual([true, false]);
  const loss = differenceOf(hard, better);
  expect([helps(loss), harms(loss)]).toEqual([false, true]);
  const swapped = hard.map((value, i) => (i < 20 ? 1 - value : value));
  const chance = differenceOf(swapped, hard);
  expect([helps(chance), harms(chance)]).toEqual([false, false]);
});

it("the ablation's page says of each part whether it was shown to help", () => {
  const values = Array.from({ length: 50 }, (_, i) => i % 2);
  const differences = [
    {
      ...differenceOf(
        values.map(() => 1),
        values,
      ),
      component: "useful",
    },
    { ...differenceOf(values, values), component: "idle" },
    {
      ...differenceOf(
        values,
        values.map(() => 1),
      ),
      component: "harmful",
    },
  ];
  const parts = ["useful", "idle", "harmful", "unused"].map((name) => ({ name, without: "" }));
  const page = toPage(differences, parts);
  expect(page).toContain("| useful | set right +.500 |  |  |");
  expect(page).toContain("| idle |  |  | changes nothing |");
  expect(page).toContain("| harmful |  | set right −.500 | helps nowhere |");
  expect(page).toContain("| unused |  |  | no set has a message for it |");
});
