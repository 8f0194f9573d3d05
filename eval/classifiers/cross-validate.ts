import { probabilities } from "../../src/text/linear-classifier.ts";
import type { FeatureRule } from "../../src/text/ngram-features.ts";
import type { Example } from "./examples.ts";
import { NONE, toData, train } from "./train.ts";

const FOLDS = 5;
/** Neighbouring texts of a file are of the same kind, so they are left out together. */
const BLOCK = 8;
const FALSE_ALARMS = [0.002, 0.005, 0.01, 0.02];

/** Prints the recall of each label at some shares of false alarms, on texts that were left out of the training. */
export function crossValidate(examples: readonly Example[], rule: FeatureRule): void {
  const folds = foldsOf(examples);
  const scored = folds.flatMap((left, index) => {
    const rest = folds.flatMap((fold, other) => (other === index ? [] : fold));
    const data = toData(train(rest, rule), "");
    return left.map((example) => ({ ...example, by: probabilities(data, example.text) }));
  });
  const none = scored.filter(({ label }) => label === NONE);
  for (const label of new Set(examples.map((one) => one.label))) {
    if (label === NONE) continue;
    const own = scored.filter((one) => one.label === label);
    const alarms = none.map(({ by }) => by[label] ?? 0).toSorted((a, b) => b - a);
    const recalls = FALSE_ALARMS.map((share) => {
      const threshold = alarms[Math.floor(share * alarms.length)] ?? 1;
      const recall = own.filter(({ by }) => (by[label] ?? 0) > threshold).length / own.length;
      return `${recall.toFixed(3)} at ${share} (${threshold.toFixed(2)})`;
    });
    console.log(`  ${label.padEnd(9)} ${String(own.length).padStart(5)}  ${recalls.join("  ")}`);
  }
}

function foldsOf(examples: readonly Example[]): Example[][] {
  const counts = new Map<string, number>();
  const folds: Example[][] = Array.from({ length: FOLDS }, () => []);
  for (const example of examples) {
    const key = `${example.language} ${example.label}`;
    const count = counts.get(key) ?? 0;
    counts.set(key, count + 1);
    folds[Math.floor(count / BLOCK) % FOLDS]?.push(example);
  }
  return folds;
}
