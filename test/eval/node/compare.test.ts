import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { UsageError } from "../../../cli/command.ts";
import { compareReports, hasRegression } from "../../../eval/compare.ts";
import {
  fingerprint,
  readReport,
  writeReport,
  type ReportFile,
  type Row,
} from "../../../eval/report-file.ts";

const folder = mkdtempSync(path.join(os.tmpdir(), "edgewise-compare-"));
afterAll(() => rmSync(folder, { recursive: true }));

const QUESTIONS = 60;

function report(row: (index: number) => Row, over: Partial<ReportFile> = {}): ReportFile {
  return {
    kind: "questions",
    set: "garden",
    question_file: "golden.jsonl",
    fingerprint: "f",
    rows: Array.from({ length: QUESTIONS }, (_, index) => ({
      id: `q${index}`,
      answerable: index % 3 > 0,
      topic: index < QUESTIONS / 2 ? "soil" : "light",
      ...row(index),
    })),
    ...over,
  };
}

const good = report((index) => ({
  fused_ndcg_at_10: 0.9,
  verdict: index % 3 > 0 ? "right" : "abstained",
}));
const differencesOf = (after: ReportFile, before = good) =>
  compareReports(before, after, 0.05, 1000);

describe("two reports", () => {
  it("equal reports show no difference", () => {
    const differences = differencesOf(good);
    expect(differences.length).toBeGreaterThan(4);
    expect(differences.every((one) => one.difference.value === 0)).toBe(true);
    expect(hasRegression(differences)).toBe(false);
  });

  it("passages are compared, by trait too, between reports with the same noted words only", () => {
    const of = (right: number, words: string) =>
      report((index) => ({ right_passage: right, traits: index % 2 ? "typo,angry" : null }), {
        words,
      });
    const same = differencesOf(of(0, "w"), of(1, "w"));
    expect(same.map(({ metric, slice, verdict }) => [metric, slice, verdict])).toContainEqual([
      "right_passage",
      "trait: angry",
      "worse",
    ]);
    expect(differencesOf(of(0, "v"), of(1, "w"))).toEqual([]);
  });

  it("the difference is the mean loss over the questions, with an interval around it", () => {
    const worse = report((index) => ({ fused_ndcg_at_10: index % 2 === 0 ? 0.6 : 0.9 }));
    const found = differencesOf(worse).find((one) => one.metric === "fused_ndcg_at_10");
    expect(found).toMatchObject({ slice: "all", n: QUESTIONS, verdict: "worse" });
    expect(found?.difference.value).toBeCloseTo(-0.15, 12);
    expect(found?.difference.high).toBeLessThan(0);
    expect(differencesOf(good, worse)[0]?.verdict).toBe("better");
  });

  it("changes in both directions are no significant difference", () => {
    const noisy = report((index) => ({ fused_ndcg_at_10: 0.9 + (index % 2 === 0 ? 0.1 : -0.1) }));
    expect(hasRegression(differencesOf(noisy))).toBe(false);
  });

  it("a gain in one slice does not hide a loss in another", () => {
    const moved = report((index) => ({ fused_ndcg_at_10: index < QUESTIONS / 2 ? 0.7 : 1 }));
    const verdicts = differencesOf(moved).map(({ slice, verdict }) => [slice, verdict]);
    expect(verdicts).toContainEqual(["topic: soil", "worse"]);
    expect(verdicts).toContainEqual(["topic: light", "better"]);
  });

  it("fewer wrong answers count as better; abstention counts as better only for unanswerable questions", () => {
    const talkative = report((index) => ({ verdict: index % 3 > 0 ? "right" : "wrong" }));
    const silent = differencesOf(talkative).find((one) => one.metric === "silent");
    expect(silent).toMatchObject({ n: QUESTIONS / 3, before: 1, after: 0, verdict: "worse" });
    const wrong = report(() => ({ verdict: "wrong" }));
    const fewer = differencesOf(good, wrong).find((one) => one.metric === "wrong");
    expect(fewer?.verdict).toBe("better");
  });

  it("the bootstrap resamples whole conversations, not single turns", () => {
    const turns = (right: number): ReportFile =>
      report((index) => ({ conversation: `c${index % 4}`, turn_right: right }), {
        kind: "conversations",
      });
    const [found] = compareReports(turns(1), turns(0), 0.05, 200);
    expect(found).toMatchObject({ metric: "turn_right", n: 4, verdict: "too few" });
  });

  it("a comparison of very few questions gives no verdict", () => {
    const few = (value: number): ReportFile => ({
      ...report(() => ({ fused_ndcg_at_10: value })),
      rows: report(() => ({ fused_ndcg_at_10: value })).rows.slice(0, 5),
    });
    expect(differencesOf(few(0), few(1)).map((one) => one.verdict)).not.toContain("worse");
  });

  it.each([
    ["another set", { set: "kitchen" }],
    ["another file of questions", { question_file: "hard.jsonl" }],
    ["other documents", { fingerprint: "g" }],
    ["conversations", { kind: "conversations" as const }],
    ["fewer questions", { rows: good.rows.slice(1) }],
    [
      "other questions",
      { rows: good.rows.map((row) => ({ ...row, id: `x${String(row["id"])}` })) },
    ],
    ["one question twice", { rows: [...good.rows, good.rows[0] as Row] }],
    ["no question", { rows: [] }],
  ])("a report of %s cannot be compared with this one", (_, over) => {
    expect(() => differencesOf({ ...good, ...over })).toThrow(UsageError);
  });
});

describe("a report on disk", () => {
  const file = (name: string, text: string): string => {
    const at = path.join(folder, name);
    writeFileSync(at, text);
    return at;
  };

  it("a written report reads back unchanged", async () => {
    const at = path.join(folder, "same.json");
    await writeReport(at, good, { notes: ["more"] });
    expect(await readReport(at)).toEqual(good);
  });

  it.each([
    ["empty.json", ""],
    ["text.json", "nothing"],
    ["list.json", "[]"],
    ["old.json", JSON.stringify({ format: 1, set: "garden" })],
    ["short.json", JSON.stringify({ format: 2, ...good, rows: { columns: ["id"], cells: [[]] } })],
    ["deep.json", JSON.stringify({ format: 2, ...good, rows: { columns: ["id"], cells: [[{}]] } })],
  ])("an invalid report file (%s) is refused with a reason", async (name, text) => {
    await expect(readReport(file(name, text))).rejects.toThrow(UsageError);
  });

  it("a report's fingerprint changes with its documents or questions", () => {
    const document = { external_id: "a", title: "A", content: "x", content_type: "text/plain" };
    const once = fingerprint([document], [{ id: "q" }]);
    expect(fingerprint([document], [{ id: "q" }])).toBe(once);
    expect(fingerprint([{ ...document, content: "y" }], [{ id: "q" }])).not.toBe(once);
    expect(fingerprint([document], [{ id: "r" }])).not.toBe(once);
  });
});

describe("npm run eval -- compare", () => {
  const run = (...args: string[]): { code: number | null; output: string } => {
    const main = path.resolve(import.meta.dirname, "../../../eval/main.ts");
    const { status, stdout, stderr } = spawnSync(process.execPath, [main, "compare", ...args], {
      encoding: "utf8",
    });
    return { code: status, output: stdout + stderr };
  };

  it("eval compare exits 0 without a regression, 1 with one, 2 when there is nothing to compare", async () => {
    const worse = report(() => ({ fused_ndcg_at_10: 0.1, verdict: "wrong" }));
    const [before, after, other] = ["before", "after", "other"].map((name) =>
      path.join(folder, `${name}.json`),
    ) as [string, string, string];
    await writeReport(before, good);
    await writeReport(after, worse);
    await writeReport(other, { ...good, set: "kitchen" });
    expect(run(before, before)).toMatchObject({ code: 0 });
    expect(run(before, after)).toMatchObject({
      code: 1,
      output: expect.stringContaining("fused_ndcg_at_10 (all)"),
    });
    expect(run(before, other)).toMatchObject({ code: 2 });
    expect(run(before, "--alpha", "2")).toMatchObject({ code: 2 });
  }, 120_000);
});
