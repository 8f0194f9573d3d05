import { existsSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { measureRedaction, type MarkedText } from "../../../eval/personal-data-metrics.ts";
import { redact } from "../../../src/privacy/redact.ts";

// In Node: the clock of workerd stands still while code runs, and it reads no files.

const PUBLIC_SET = "../shared/data/pii-presidio/data.jsonl";

it.skipIf(!existsSync(PUBLIC_SET))("finds the personal data that a public set marks", () => {
  const texts = readFileSync(PUBLIC_SET, "utf8")
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as MarkedText);
  const counts = measureRedaction(texts);
  expect(counts.reduce((sum, { marked }) => sum + marked, 0)).toBeGreaterThan(150);
  for (const { kind, marked, removed, found, right } of counts) {
    expect(removed / marked, `recall of ${kind}`).toBeGreaterThanOrEqual(0.95);
    expect(right / found, `precision of ${kind}`).toBeGreaterThanOrEqual(0.9);
  }
});

it("the metrics of personal data count misses and false positives", () => {
  const text = "Write to ada@example.com or ben@example.com";
  const span = { entity_type: "EMAIL_ADDRESS", start_position: 0, end_position: 5 };
  const [emails] = measureRedaction([{ text, spans: [span] }]);
  expect(emails).toMatchObject({ kind: "EMAIL", marked: 1, removed: 0, found: 2, right: 0 });
});

it("personal data is detected in linear time", () => {
  const units = [
    "1",
    "12 ",
    "(1",
    "+1",
    "a@",
    "a",
    "a.",
    "DE12 ",
    "aB3",
    "1-",
    "sk_",
    "eyJ.",
    "x ",
    "[A",
  ];
  for (const unit of [...units, "-----BEGIN PRIVATE KEY-----", "call 555-0142-99 "]) {
    const text = unit.repeat(40_000 / unit.length);
    const start = performance.now();
    redact(text);
    expect(performance.now() - start, unit).toBeLessThan(3000);
  }
});
