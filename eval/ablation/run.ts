import type { Api } from "../../cli/api.ts";
import { CommandError } from "../../cli/command.ts";
import { collectCases, FEATURES } from "../decision-cases.ts";
import {
  BESIDE_SETS,
  BESIDE_WEIGHT,
  collectBeside,
  fitDecision,
  L2,
} from "../decision-training.ts";
import type { Example } from "../logistic.ts";
import { collectRankingExamples } from "../ranking-examples.ts";
import { readSet } from "../sets/read-set.ts";
import { publishRelease } from "../release.ts";
import { ingest, OWN_INSTANCE, withTarget } from "../target.ts";
import { REDUNDANT_FOR_DECISION, components, type Component } from "./components.ts";
import { compareDecisions, compareRuns, type Difference } from "./differences.ts";
import { measureSet, type Run } from "./measure.ts";
import { CORPORA, type AblationSet, type Corpus } from "./sets.ts";

const CONCURRENCY = 4;

/**
 * Measures each set with all components, and then without each component in turn.
 * @param onMeasured receives all differences so far, after each corpus
 */
export async function measureAblations(
  names: string[],
  onMeasured: (differences: Difference[]) => Promise<void>,
): Promise<void> {
  const ranking = await collectRankingExamples(CONCURRENCY);
  const decision = await collectDecisionExamples();
  const differences: Difference[] = [];
  for (const name of names) {
    const corpus = await (CORPORA[name] as (typeof CORPORA)[string]).read();
    const parts = components(ranking).filter((one) => isMeasured(one, name, corpus.sets));
    const full = await withIngested(corpus, async (api) => {
      const runs = await measureAll(api, corpus);
      for (const part of parts.filter((one) => !one.atIngestion)) {
        const restore = part.off?.();
        if (part.overlay) await publishRelease(api, part.overlay);
        differences.push(...compareAll(corpus, part.name, runs, await measureAll(api, corpus)));
        restore?.();
        if (part.overlay) await publishRelease(api, {});
        console.error(`${name}: without ${part.name}`);
      }
      return runs;
    });
    for (const part of parts.filter((one) => one.atIngestion)) {
      const restore = part.off?.();
      const runs = await withIngested(corpus, (api) => measureAll(api, corpus));
      differences.push(...compareAll(corpus, part.name, full, runs));
      restore?.();
    }
    differences.push(...withoutEvidence(corpus, full, decision));
    await onMeasured(differences);
  }
}

function isMeasured(part: Component, corpus: string, sets: AblationSet[]): boolean {
  if (part.atIngestion && corpus !== "demo") return false;
  const own = sets.filter(({ chat }) => chat || !part.chatOnly);
  return own.some((set) => !part.acts || messagesOf(set).some(part.acts));
}

function messagesOf({ questions, conversations }: AblationSet): string[] {
  const turns = conversations.flatMap((one) => one.turns);
  return [...questions.map(({ text }) => text), ...turns.map(({ message }) => message)];
}

async function withIngested<T>(
  { documents }: Pick<Corpus, "documents">,
  measure: (api: Api) => Promise<T>,
): Promise<T> {
  return withTarget(OWN_INSTANCE, async (api) => {
    const [failure] = await ingest(api, documents, 1);
    if (failure) throw new CommandError(`${failure.id}: ${failure.reason}`);
    return measure(api);
  });
}

async function measureAll(api: Api, { sets }: Pick<Corpus, "sets">): Promise<Run[]> {
  const runs: Run[] = [];
  for (const set of sets) runs.push(await measureSet(api, set));
  return runs;
}

function compareAll(
  { sets }: Pick<Corpus, "sets">,
  component: string,
  full: Run[],
  without: Run[],
): Difference[] {
  return sets.flatMap(({ name }, index) =>
    compareRuns(name, component, full[index] as Run, without[index] as Run),
  );
}

/** The training examples of the shipped decision. */
async function collectDecisionExamples(): Promise<Example[]> {
  const { documents, questions } = await readSet("demo", { questionFile: "calibration.jsonl" });
  const cases = await withIngested({ documents }, (api) =>
    collectCases(api, questions, CONCURRENCY, "first result"),
  );
  const examples: Example[] = [...cases];
  for (const set of BESIDE_SETS) {
    const beside = { set, weight: BESIDE_WEIGHT, cases: cases.length };
    const { halves } = await collectBeside(OWN_INSTANCE, beside, CONCURRENCY);
    examples.push(...halves[0]);
  }
  return examples;
}

function withoutEvidence(
  { sets }: Pick<Corpus, "sets">,
  full: Run[],
  examples: Example[],
): Difference[] {
  const whole = fitDecision(examples, L2);
  return [...FEATURES.map((name) => [name]), ...REDUNDANT_FOR_DECISION].flatMap((names) => {
    const models = { full: whole, without: fitDecision(examples, L2, names) };
    const component = `decision: ${names.join(" + ")}`;
    return sets.flatMap(({ name }, index) =>
      compareDecisions(name, component, (full[index] as Run).evidence, models),
    );
  });
}
