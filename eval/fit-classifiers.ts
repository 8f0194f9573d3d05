// `npm run eval:fit-classifiers`: trains the classifiers of src/language/classifiers/ on the texts of eval/classifiers/.
import { writeFileSync } from "node:fs";
import path from "node:path";
import { readArguments, runCommand, UsageError } from "../cli/command.ts";
import type { FeatureRule } from "../src/text/ngram-features.ts";
import { crossValidate } from "./classifiers/cross-validate.ts";
import { hashOf, readExamples } from "./classifiers/examples.ts";
import { toData, train } from "./classifiers/train.ts";

const HELP = `
Usage: npm run eval:fit-classifiers -- [name …] [--dry]

Trains the text classifiers, "intents" and "promises", and writes them to src/language/classifiers/. Prints by five-fold
cross-validation how many texts of each label are recognised at how many false alarms among the texts of the label "none".
The same texts give the same classifier.

  --dry    only prints

Exit code: 0 done, 2 wrong usage.
`;

const FOLDER = path.join(import.meta.dirname, "classifiers");
const TARGET = path.resolve(import.meta.dirname, "../src/language/classifiers");
/** More buckets recognised little more, for files of twice the size. */
const CLASSIFIERS: Record<string, FeatureRule> = {
  intents: { bits: 15, hasGrammar: false },
  promises: { bits: 16, hasGrammar: true },
};

await runCommand(HELP, async (args) => {
  const { values, positionals } = readArguments(args, { dry: { type: "boolean" } });
  const unknown = positionals.find((name) => !Object.hasOwn(CLASSIFIERS, name));
  if (unknown !== undefined) throw new UsageError(`There is no classifier "${unknown}".`);
  for (const [name, rule] of Object.entries(CLASSIFIERS)) {
    if (positionals.length > 0 && !positionals.includes(name)) continue;
    const examples = readExamples(path.join(FOLDER, name));
    console.log(`${name}: ${examples.length} texts`);
    crossValidate(examples, rule);
    if (values.dry) continue;
    const data = toData(train(examples, rule), hashOf(examples));
    writeFileSync(path.join(TARGET, `${name}.json`), `${JSON.stringify(data, null, 2)}\n`);
  }
  return 0;
});
