// `npm run eval:guarantee`: checks that the risk guarantee of eval/statistics/risk-control.ts holds on real questions.
import path from "node:path";
import { readArguments, readCount, runCommand, UsageError } from "../cli/command.ts";
import { reliabilityDiagram } from "./charts/reliability-diagram.ts";
import { riskCoverageChart } from "./charts/risk-coverage-chart.ts";
import { checkGuarantee, type Checked } from "./check-guarantee.ts";
import { collectCases, type Case } from "./decision-cases.ts";
import { answersFrom, publishRelease } from "./release.ts";
import { decimal, printTable } from "./print.ts";
import { checkWritable, rounded, writeText } from "./report-file.ts";
import { sample, SEED } from "./sample.ts";
import { readShare } from "./share-option.ts";
import { readSet } from "./sets/read-set.ts";
import { brier, calibrationError, type Forecast } from "./statistics/calibration.ts";
import { areaUnderRisk, riskCoverageCurve } from "./statistics/risk-coverage.ts";
import { ingest, OWN_INSTANCE, withTarget } from "./target.ts";

const HELP = `
Usage: npm run eval:guarantee -- [options]

Draws calibration and test questions many times, chooses the threshold on the former and counts the wrong answers that it
would have given, and draws the reliability diagram and the risk-coverage curve. Questions that the decision was trained
on take no part.

  --sets <names>     sets, or set:file of questions, joined by + within a group and , between groups;
                     default demo+demo:hard.jsonl,squad2-dev
  --alpha <shares>   guaranteed shares of wrong answers among the given ones; default 0.1,0.2,0.3,0.5
  --delta <share>    chance that the guarantee is violated; default 0.1
  --splits <n>       draws; default 200
  --limit <n>        questions of each group, drawn with a fixed seed; default all
  --write <folder>   writes guarantee.json and the pictures there

Exit code: 0 the guarantee holds, 1 it does not or something failed, 2 wrong usage.
`;

await runCommand(HELP, async (args) => {
  const options = readOptions(args);
  const { write } = options;
  if (write) await checkWritable(path.join(write, "guarantee.json"));
  const groups: { name: string; cases: Case[] }[] = [];
  for (const name of options.groups)
    groups.push({ name, cases: sample(await collectGroup(name), options.limit) });
  const all = groups.flatMap(({ cases }) => cases);
  if (groups.length > 1) groups.push({ name: "all of them", cases: all });

  const results = groups.map((group) => ({ ...group, ...describeConfidence(group.cases) }));
  const checks = groups.flatMap(({ name, cases }) =>
    options.alphas.map((alpha) => ({
      group: name,
      ...checkGuarantee(cases, { alpha, delta: options.delta }, options.splits),
    })),
  );
  printConfidence(results);
  printChecks(checks, options.delta, options.splits);
  if (write) {
    const drawn = results.filter(({ name }) => name !== "all of them");
    await writeText(path.join(write, "reliability.svg"), reliabilityDiagram(drawn));
    await writeText(path.join(write, "risk-coverage.svg"), riskCoverageChart(drawn));
    const written = results.map(({ name, cases, measures }) => ({
      name,
      questions: cases.length,
      ...measures,
    }));
    const { delta, splits } = options;
    const report = { delta, splits, seed: SEED, groups: written, checks };
    await writeText(path.join(write, "guarantee.json"), `${JSON.stringify(report, null, 2)}\n`);
  }
  return checks.every(({ holds }) => holds) ? 0 : 1;
});

function readOptions(args: string[]) {
  const { values, positionals } = readArguments(args, {
    sets: { type: "string", default: "demo+demo:hard.jsonl,squad2-dev" },
    alpha: { type: "string", default: "0.1,0.2,0.3,0.5" },
    delta: { type: "string", default: "0.1" },
    splits: { type: "string" },
    limit: { type: "string" },
    write: { type: "string" },
  });
  if (positionals.length > 0) throw new UsageError(`What is "${positionals[0]}"?`);
  return {
    groups: values.sets.split(","),
    alphas: values.alpha.split(",").map((text) => readShare(text, "--alpha")),
    delta: readShare(values.delta, "--delta"),
    splits: readCount(values.splits, "--splits", 200),
    limit: readCount(values.limit, "--limit", Number.POSITIVE_INFINITY),
    write: values.write,
  };
}

async function collectGroup(group: string): Promise<Case[]> {
  const cases: Case[] = [];
  for (const name of group.split("+")) {
    const [folder = "", questionFile] = name.split(":");
    const set = await readSet(folder, { questionFile });
    cases.push(
      ...(await withTarget(OWN_INSTANCE, async (api) => {
        await publishRelease(api, answersFrom(0));
        await ingest(api, set.documents, 1);
        return collectCases(api, set.questions, 1, "first citation");
      })),
    );
  }
  return cases;
}

function describeConfidence(cases: Case[]) {
  const forecasts = cases
    .filter((one) => one.canAnswer)
    .map(({ confidence, wrong }): Forecast => ({ probability: confidence, came: !wrong }));
  const curve = riskCoverageCurve(cases);
  return {
    forecasts,
    curve,
    measures: {
      brier: rounded(brier(forecasts)),
      calibration_error: rounded(calibrationError(forecasts)),
      risk_when_all_are_answered: rounded(curve.at(-1)?.risk),
      area_under_risk: rounded(areaUnderRisk(curve)),
    },
  };
}

function printConfidence(
  results: ({ name: string; cases: Case[] } & ReturnType<typeof describeConfidence>)[],
): void {
  console.log("\nConfidence as the probability that the answer is right");
  printTable(
    ["questions", "n", "Brier", "ECE", "AURC", "wrong if all are answered"],
    results.map(({ name, cases, measures }) => [
      name,
      `${cases.length}`,
      ...[measures.brier, measures.calibration_error, measures.area_under_risk].map(decimal),
      decimal(measures.risk_when_all_are_answered),
    ]),
  );
}

function printChecks(checks: (Checked & { group: string })[], delta: number, splits: number): void {
  console.log(
    `\nGuarantee: at most alpha of the answers are wrong, except with probability ${delta}. ${splits} draws each`,
  );
  printTable(
    [
      "questions",
      "alpha",
      "silent",
      "coverage",
      "true risk > alpha",
      "test > alpha",
      "beyond noise",
      "next: coverage",
      "next: test > alpha",
      "",
    ],
    checks.map((one) => [
      one.group,
      `${one.alpha}`,
      decimal(one.infeasible),
      decimal(one.coverage),
      decimal(one.true_risk_exceeds),
      decimal(one.test_exceeds),
      decimal(one.test_exceeds_beyond_noise),
      decimal(one.next_coverage),
      decimal(one.next_exceeds),
      one.holds ? "holds" : "BROKEN",
    ]),
  );
  console.log(`
silent             share of the draws in which no threshold could be shown to keep the guarantee, so that nothing is answered
coverage           share of the test questions that are answered, over all draws
true risk > alpha  the share that the theorem limits to ${delta}: calibration questions are drawn with replacement from a population
                   whose risk is known, because these questions are the population
test > alpha       the raw share of random halvings whose test half has more than alpha wrong; it includes the chance variation of the
                   test half
beyond noise       the same, counting only halves whose excess has a probability below 5 % if the true risk is alpha
next               the threshold whose guarantee is for the share among the test half's answers, not for the true risk; raw, and to be
                   within the same limit`);
}
