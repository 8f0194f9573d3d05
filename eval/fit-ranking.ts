import type { Release } from "../src/releases/release.ts";
import { writeFit } from "./release.ts";
// `npm run eval:fit-ranking`: trains the order by text of src/retrieval/rank.ts on questions whose article is known.
import { readArguments, readCount, runCommand } from "../cli/command.ts";
import { decimal, printTable } from "./print.ts";
import {
  collectRankingExamples,
  fitRanking,
  RANK_EVIDENCE,
  RANKING_QUESTIONS,
} from "./ranking-examples.ts";

const HELP = `
Usage: npm run eval:fit-ranking -- [options]

Trains the weights by which passages are ordered: a logistic regression on the differences between the best passage of a right
document and the passages of wrong ones, on the demo's calibration questions and on the questions about one half of SQuAD2's
paragraphs. Both sets weigh the same. No weight may be negative. The wrong passages are those that the current weights rank
first, so write and train again until the weights no longer change. Deterministic.

  --l2 <n>             strength of the regularisation; default 0.01
  --concurrency <n>    concurrent questions; default 4
  --write              writes src/releases/default.json and docs/evaluation/ranking-fit.json; without it, the weights are
                       printed only

Exit code: 0 done, 1 something failed (nothing is written), 2 wrong usage.
`;

await runCommand(HELP, async (args) => {
  const { values } = readArguments(args, {
    l2: { type: "string", default: "0.01" },
    concurrency: { type: "string" },
    write: { type: "boolean" },
  });
  const concurrency = readCount(values.concurrency, "--concurrency", 4);
  const weights = fitRanking(await collectRankingExamples(concurrency), Number(values.l2));
  printTable(
    ["evidence", "weight"],
    RANK_EVIDENCE.map((name) => [name, decimal(weights[name])]),
  );
  const fit = {
    trainedOn: RANKING_QUESTIONS,
    method: "pairwise logistic regression, no weight below 0, similarity = 1",
  };
  const withWeights = (release: Release): Release => ({
    ...release,
    retrieval: { ...release.retrieval, ranking: weights },
  });
  if (values.write) await writeFit("ranking", withWeights, fit);
  return 0;
});
