// `npm run eval:ablation`: removes each part of retrieval and of the decision, one at a time, and measures the loss.
import { existsSync } from "node:fs";
import path from "node:path";
import { CommandError, readArguments, runCommand, UsageError } from "../cli/command.ts";
import { replaceModules } from "./ablation/replace-modules.ts";

const HELP = `
Usage: npm run eval:ablation -- [set …] [options]

Measures each set with all parts, and then without each part in turn, with paired bootstrap intervals. Sets that are missing
in ../shared/data are skipped and named. squad2-dev is required, because weights are trained on half of it.

  set …            demo, scifact-mini, squad2-dev, arduino-help-center, tau-banking-kb; default all
  --write <file>   writes the page to this file; without it, the page is printed

Exit code: 0 done, 1 something failed, 2 wrong usage.
`;

const SHARED_DATA = path.resolve(import.meta.dirname, "../../shared/data");

await runCommand(HELP, async (args) => {
  const { values, positionals } = readArguments(args, { write: { type: "string" } });
  // This must run before any module of the application is imported.
  replaceModules();
  const { CORPORA } = await import("./ablation/sets.ts");
  const { components } = await import("./ablation/components.ts");
  const { measureAblations } = await import("./ablation/run.ts");
  const { toPage } = await import("./ablation/page.ts");
  const { checkWritable, writeText } = await import("./report-file.ts");
  const unknown = positionals.find((name) => !Object.hasOwn(CORPORA, name));
  if (unknown !== undefined)
    throw new UsageError(`There is no set "${unknown}": ${Object.keys(CORPORA).join(", ")}.`);
  if (values.write) await checkWritable(values.write);
  if (!isThere("squad2-dev")) throw new CommandError("../shared/data has no squad2-dev.");
  const wanted = positionals.length > 0 ? positionals : Object.keys(CORPORA);
  const names = wanted.filter((name) => {
    const missing = CORPORA[name]?.needs.filter((set) => !isThere(set)) ?? [];
    if (missing.length > 0)
      console.error(`${name}: skipped, ../shared/data has no ${missing.join(" and ")}`);
    return missing.length === 0;
  });
  let page = "";
  await measureAblations(names, async (differences) => {
    page = toPage(differences, components([]));
    if (values.write) await writeText(values.write, page);
  });
  if (!values.write) console.log(page);
  return 0;
});

function isThere(set: string): boolean {
  return existsSync(path.join(SHARED_DATA, set));
}
