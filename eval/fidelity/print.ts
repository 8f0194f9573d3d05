import { decimal, printTable } from "../print.ts";
import type { Measured, Measurement } from "./measure.ts";
import type { Score } from "./score.ts";

/** Cases that hold, by area. */
export type Passed = Record<string, { passed: number; cases: number; misses: string[] }>;

export interface Shares {
  recall: number;
  precision: number;
}

const RUNS = 5;
const WORDS_OF_RUN = 16;

export function sharesOf({ found, content, right, read }: Score): Shares {
  return { recall: content ? found / content : 1, precision: read ? right / read : 1 };
}

/** Over all words, not the mean of the documents. */
export function totalsOf({ documents }: Measurement): Shares & Score {
  const total: Score = { content: 0, found: 0, read: 0, right: 0, missing: [], superfluous: [] };
  for (const { score } of documents)
    for (const name of ["content", "found", "read", "right"] as const) total[name] += score[name];
  return { ...total, ...sharesOf(total) };
}

export function printMeasurement(measurement: Measurement, goal: Shares, worst: number): void {
  const { documents, unmeasured } = measurement;
  const isBelow = ({ score }: Measured): boolean => {
    const { recall, precision } = sharesOf(score);
    return recall < goal.recall || precision < goal.precision;
  };
  const shown = documents.toSorted((a, b) => mistakes(b) - mistakes(a)).slice(0, worst);
  const listed = documents.filter((one) => shown.includes(one));
  printTable(
    ["document", "content words", "recall", "read words", "precision"],
    [...listed.map(rowOf), rowOf({ source: "in all", score: totalsOf(measurement) })],
  );
  for (const { source, score } of shown.filter(isBelow)) {
    console.log(`\n${source}`);
    for (const run of score.missing.slice(0, RUNS)) console.log(`  missing: ${shorten(run)}`);
    for (const run of score.superfluous.slice(0, RUNS))
      console.log(`  superfluous: ${shorten(run)}`);
  }
  console.log(
    `\n${documents.length} documents measured, ${documents.filter(isBelow).length} below recall ${goal.recall} or precision ${goal.precision}; ${unmeasured.length} not measured`,
  );
  for (const { source, reason } of unmeasured) console.log(`  ${source}: ${reason}`);
}

export function printPassed(passed: Passed): void {
  console.log("");
  printTable(
    ["area", "cases", "passed"],
    Object.entries(passed).map(([area, { cases, passed }]) => [area, `${cases}`, `${passed}`]),
  );
  for (const { misses } of Object.values(passed))
    for (const miss of misses) console.log(`  ${miss}`);
}

function rowOf({ source, score }: Measured): string[] {
  const { recall, precision } = sharesOf(score);
  return [source, `${score.content}`, decimal(recall), `${score.read}`, decimal(precision)];
}

function mistakes({ score }: Measured): number {
  return score.content - score.found + score.read - score.right;
}

function shorten(run: string): string {
  const words = run.split(" ");
  return words.length > WORDS_OF_RUN
    ? `${words.slice(0, WORDS_OF_RUN).join(" ")} … (${words.length} words)`
    : run;
}
