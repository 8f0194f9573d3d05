import { readFileSync } from "node:fs";
import { measureRedaction, type MarkedText } from "./personal-data-metrics.ts";

/** `npm run eval:pii -- [file]`: prints recall, precision and all mistakes of redaction on texts with marked personal data. */
const path = process.argv[2] ?? "../shared/data/pii-presidio/data.jsonl";
const texts = readFileSync(path, "utf8")
  .split("\n")
  .filter(Boolean)
  .map((line) => JSON.parse(line) as MarkedText);

const counts = measureRedaction(texts);
console.log(`${texts.length} texts of ${path}\n\nkind          marked  recall  found  precision`);
for (const count of counts) print(count.kind, count);
print("all", {
  marked: total("marked"),
  removed: total("removed"),
  found: total("found"),
  right: total("right"),
});
for (const { kind, mistakes } of counts) {
  for (const mistake of mistakes) console.log(`${kind} ${mistake}`);
}

type Figures = Record<"marked" | "removed" | "found" | "right", number>;

function total(name: keyof Figures): number {
  return counts.reduce((sum, count) => sum + count[name], 0);
}

function print(kind: string, { marked, removed, found, right }: Figures): void {
  const share = (part: number, whole: number): string => (whole ? (part / whole).toFixed(3) : "-");
  console.log(
    `${kind.padEnd(12)}  ${String(marked).padStart(6)}  ${share(removed, marked).padStart(6)}  ` +
      `${String(found).padStart(5)}  ${share(right, found).padStart(9)}`,
  );
}
