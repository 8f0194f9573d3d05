// `npm run eval:reports`: regenerates every file of docs/evaluation/, each with the command that its README names.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";
import { readArguments, runCommand, UsageError } from "../cli/command.ts";

const HELP = `
Usage: npm run eval:reports -- [name …]

Regenerates the committed reports under docs/evaluation/: all, or the named ones. Reports whose sets are missing in
../shared/data are skipped and named. Computed embeddings are cached in node_modules/.cache, so only the first run takes hours.

Exit code: 0 done, 1 a report failed, 2 wrong usage.
`;

const ROOT = path.resolve(import.meta.dirname, "..");
const FOLDER = "docs/evaluation";

interface Report {
  script: string;
  args: string[];
  /** The folders of ../shared/data that the report needs. */
  needs: string[];
}

const measured = (needs: string[], ...args: string[]): Report => ({
  script: "eval/main.ts",
  args,
  needs,
});

/** Ordered by duration, shortest first. */
const REPORTS: Record<string, Report> = {
  demo: measured([], "demo"),
  "demo-hard": measured([], "demo", "--questions", "hard.jsonl"),
  "demo-conversations": measured([], "demo", "--conversations", "conversations.jsonl"),
  tern: measured([], "eval/questions/tern"),
  "demo-off-topic": measured(["clinc150"], "demo", "--off-topic", "clinc150"),
  "scifact-mini": measured(["scifact-mini"], "scifact-mini", "--chat", "0"),
  arduino: measured(
    ["arduino-help-center", "clinc150"],
    "arduino-help-center",
    "--questions",
    "eval/questions/arduino.jsonl",
    "--off-topic",
    "clinc150",
  ),
  banking77: measured(["banking77"], "banking77"),
  clinc150: measured(["clinc150"], "clinc150"),
  "tau-banking-kb": measured(["tau-banking-kb"], "tau-banking-kb"),
  "squad2-dev": measured(["squad2-dev"], "squad2-dev"),
  guarantee: { script: "eval/guarantee.ts", args: ["--write", FOLDER], needs: ["squad2-dev"] },
  "model-abstention": {
    script: "eval/model-abstention.ts",
    args: ["--write", `${FOLDER}/model-abstention.md`],
    needs: ["squad2-dev"],
  },
  ablation: {
    script: "eval/ablation.ts",
    args: ["--write", `${FOLDER}/ablation.md`],
    needs: ["squad2-dev"],
  },
  "beir-scifact": measured(["beir-scifact"], "beir-scifact", "--chat", "0"),
};

await runCommand(HELP, async (args) => {
  const { positionals } = readArguments(args, {});
  const unknown = positionals.find((name) => !(name in REPORTS));
  if (unknown)
    throw new UsageError(`There is no report "${unknown}": ${Object.keys(REPORTS).join(", ")}.`);
  const wanted = positionals.length > 0 ? positionals : Object.keys(REPORTS);
  const failed: string[] = [];
  for (const name of wanted) {
    const { script, args: own, needs } = REPORTS[name] as Report;
    const missing = needs.filter((set) => !existsSync(path.join(ROOT, "../shared/data", set)));
    if (missing.length > 0) {
      console.error(`${name}: skipped, ../shared/data has no ${missing.join(" and ")}`);
      continue;
    }
    const report = script === "eval/main.ts" ? ["--report", `${FOLDER}/${name}.json`] : [];
    console.log(`\n== ${name}: ${script} ${[...own, ...report].join(" ")}`);
    const { status } = spawnSync(process.execPath, [path.join(ROOT, script), ...own, ...report], {
      cwd: ROOT,
      stdio: "inherit",
    });
    if (status !== 0) failed.push(name);
  }
  if (failed.length > 0) console.error(`Failed: ${failed.join(", ")}`);
  return failed.length > 0 ? 1 : 0;
});
