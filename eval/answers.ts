// `npm run eval:answers`: how many messages get the owner's answer that they ask for, and how many others get one.
import { readFileSync } from "node:fs";
import path from "node:path";
import { z } from "zod";
import { Api } from "../cli/api.ts";
import { readArguments, runCommand } from "../cli/command.ts";
import { DEMO_KEYS } from "../local/config.ts";
import { loadDemo } from "../local/dev/demo.ts";
import { readArticles } from "../local/dev/demo-articles.ts";
import { ROOT } from "../local/dev/root.ts";
import { shippedRelease } from "../src/releases/release.ts";
import { chat } from "./ask.ts";
import { startInProcess } from "./in-process/instance.ts";
import { fit, predict, type Example } from "./logistic.ts";
import { readLines } from "./sets/lines.ts";

const HELP = `
Usage: npm run eval:answers -- [file ...] [--fit]

Stores the owner's answers of the files (default: demo/owner-answers.jsonl) in the demo's help centre, and asks what visitors ask:
the messages that mean them ("asked"), those that are near and mean something else ("near"), every second wording while only the
others are stored ("wordings"), and the questions of the demo, its hard ones, and CLINC150's that belong to nothing.
Prints the shares that got an owner's answer, and the messages that should not have; of files named held-out only the shares.

  --fit   trains the weights of the release (playbook.answers and playbook.topics) on the files, demo/calibration.jsonl and CLINC150
`;

const answerLine = z.object({
  id: z.string(),
  wordings: z.array(z.string()),
  text: z.string(),
  asked: z.array(z.string()),
  near: z.array(z.string()),
});
type AnswerLine = z.infer<typeof answerLine>;

/** Questions of the demo's sets that ask what an owner's answer of ours is about: it is right there. */
const MEANT = new Map([
  ["max pause subscription", "longest-pause"],
  ["you dont ship to switzerland do you", "ship-to-switzerland"],
  ["do you have an affiliate program for bloggers", "affiliate-programme"],
]);

interface Case {
  set: string;
  text: string;
  /** The answer that it asks for. */
  wanted: string | undefined;
}

interface Explained {
  id: string;
  kind: string;
  probability: number;
  evidence?: Record<string, number>;
}

/** Nothing is trained on these. */
const EVALUATED = new Set(["golden", "hard"]);
const NAMES = ["nearest", "mean", "said", "lead"] as const;
const SIGNS = [1, 1, 1, 1] as const;
const L2 = 0.1;
/** Off-topic questions that are asked. */
const OFF_TOPIC = 300;

await runCommand(HELP, async (args) => {
  const { positionals, values } = readArguments(args, { fit: { type: "boolean" } });
  const files = positionals.length > 0 ? positionals : ["demo/owner-answers.jsonl"];
  const isHeldOut = files.some((file) => file.includes("held-out"));
  const answers = (await Promise.all(files.map((file) => readLines(file, answerLine)))).flat();
  const instance = await startInProcess();
  const api = new Api({ ...instance, key: DEMO_KEYS.secret, tries: 1, timeoutMs: 60_000 });
  await loadDemo(api, await readArticles(path.join(ROOT, "demo/articles")), () => {});
  const cases = [
    ...answers.flatMap(({ id, asked, near }) => [
      ...asked.map((text): Case => ({ set: "asked", text, wanted: id })),
      ...near.map((text): Case => ({ set: "near", text, wanted: undefined })),
    ]),
    ...(["golden", "hard"] as const).flatMap(demoQuestions),
    ...offTopic(),
    ...(values.fit ? demoQuestions("calibration") : []),
  ];
  const others = answers.flatMap(({ id, wordings }) =>
    wordings.flatMap((text, at): Case[] =>
      at % 2 === 1 ? [{ set: "wordings", text, wanted: id }] : [],
    ),
  );
  const examples: Example[] = [];
  const run = async (some: Case[], stored: AnswerLine[]): Promise<Result[]> => {
    for (const { id, wordings, text } of stored)
      await api.put(`/v1/answers/${id}`, { wordings, text });
    const results: Result[] = [];
    for (const one of some) {
      if (values.fit && !EVALUATED.has(one.set)) examples.push(...(await exampleOf(api, one)));
      if (one.set === "calibration") continue;
      results.push({ ...one, got: await ask(api, one.text) });
    }
    return results;
  };
  const halves = answers.map((one) => ({
    ...one,
    wordings: one.wordings.filter((_, at) => at % 2 === 0),
  }));
  const results = [...(await run(cases, answers)), ...(await run(others, halves))];
  print(results, isHeldOut);
  if (values.fit) printFit(examples);
  return 0;
});

interface Result extends Case {
  got: { id: string; isSure: boolean } | undefined;
}

async function ask(api: Api, message: string): Promise<Result["got"]> {
  const { rung, citations, confidence } = (await chat(api, message)).answer;
  const cited = citations.find(({ external_id }) => external_id.startsWith("answer:"));
  if (rung !== "owner" || !cited) return undefined;
  return {
    id: cited.external_id.slice("answer:".length),
    isSure: confidence >= shippedRelease.playbook.answers.thresholds.sure,
  };
}

function demoQuestions(name: "golden" | "hard" | "calibration"): Case[] {
  return readFileSync(path.join(ROOT, `demo/${name}.jsonl`), "utf8")
    .trim()
    .split("\n")
    .map((line) => (JSON.parse(line) as { question: string }).question)
    .filter((text) => !MEANT.has(text))
    .map((text) => ({ set: name, text, wanted: undefined }));
}

function offTopic(): Case[] {
  const file = path.resolve(ROOT, "../shared/data/clinc150/data.jsonl");
  const texts = readFileSync(file, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as { split: string; text: string })
    .filter(({ split }) => split.startsWith("oos_"))
    .map(({ text }) => text);
  return texts.slice(0, OFF_TOPIC).map((text) => ({ set: "off-topic", text, wanted: undefined }));
}

/** The evidence of the answer that is meant, or of the likeliest one where none is. */
async function exampleOf(api: Api, { text, wanted, set }: Case): Promise<Example[]> {
  const { body } = await api.post<{ playbook: Explained[] }>("/v1/search", {
    query: text,
    limit: 1,
    explain: true,
  });
  const all = body.playbook.filter(({ evidence }) => evidence);
  const own = wanted === undefined ? all[0] : all.find(({ id }) => id === wanted);
  if (!own?.evidence) return [];
  const features = NAMES.map((name) => own.evidence?.[name] ?? 0);
  return [{ features, label: wanted === undefined ? 0 : 1, weight: set === "near" ? 2 : 1 }];
}

function print(results: Result[], isHeldOut: boolean): void {
  for (const set of new Set(results.map((one) => one.set))) {
    const own = results.filter((one) => one.set === set);
    const share = (of: (one: Result) => boolean): string =>
      (own.filter(of).length / own.length).toFixed(3);
    const right = share(({ got, wanted }) => wanted !== undefined && got?.id === wanted);
    const sure = share(({ got, wanted }) => got?.isSure === true && got.id === wanted);
    const wrong = share(({ got, wanted }) => got !== undefined && got.id !== wanted);
    const surelyWrong = share(({ got, wanted }) => got?.isSure === true && got.id !== wanted);
    console.log(
      `${set.padEnd(10)} ${own.length} messages: right ${right} (surely ${sure}), wrong ${wrong} (surely ${surelyWrong})`,
    );
  }
  if (isHeldOut) return;
  for (const { set, text, wanted, got } of results)
    if (got?.id !== wanted)
      console.log(
        `  ${set}: ${got?.id ?? "none"}${wanted ? ` for ${wanted}` : ""}: ${text.slice(0, 100)}`,
      );
}

function printFit(examples: Example[]): void {
  // Guidance says nothing itself, and documents take nothing from it.
  const withoutDocuments = examples.map((one) => ({
    ...one,
    features: one.features.map((value, at) =>
      ["said", "lead"].includes(NAMES[at] ?? "") ? 0 : value,
    ),
  }));
  printModel("answers", examples);
  printModel("topics", withoutDocuments);
}

function printModel(rule: string, examples: Example[]): void {
  const { bias, weights } = fit(examples, SIGNS, L2);
  const model = { bias, weights };
  for (const threshold of [0.3, 0.4, 0.5, 0.6, 0.7, 0.8]) {
    const share = (label: 0 | 1): string => {
      const own = examples.filter((one) => one.label === label);
      const found = own.filter(({ features }) => predict(model, features) >= threshold);
      return (found.length / own.length).toFixed(3);
    };
    console.log(
      `${rule}, from ${threshold} on: ${share(1)} of those that mean it, ${share(0)} of the others`,
    );
  }
  const rounded = NAMES.map((name, at) => [name, Math.round((weights[at] ?? 0) * 1000) / 1000]);
  console.log(
    JSON.stringify({ bias: Math.round(bias * 1000) / 1000, weights: Object.fromEntries(rounded) }),
  );
}
