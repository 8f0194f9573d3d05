import { Api } from "../../cli/api.ts";
import { CommandError } from "../../cli/command.ts";
import { DEMO_KEYS } from "../../local/config.ts";
import { openModels } from "../in-process/embeddings.ts";
import { startInProcess } from "../in-process/instance.ts";
import { measureChat, type ChatRow } from "../measure.ts";
import { ASKS_EACH_TIME, answersFrom, publishRelease, SHIPPED_THRESHOLD } from "../release.ts";
import { ingest } from "../target.ts";
import { openOracle, ORACLE } from "./oracle-model.ts";
import { knowledgeOf, type OracleSet } from "./sets.ts";

const TIMEOUT_MS = 120_000;
const CONCURRENCY = 4;

/** What writes the answers: no model, a model that is never mistaken, or one with a given error rate. */
export interface Writer {
  name: string;
  /** The error rate; null without a model. */
  noise: number | null;
}

export interface Outcome {
  set: string;
  writer: string;
  threshold: number;
  answerable: { n: number; right: number; wrong: number; text: number };
  unanswerable: { n: number; wrong: number };
  /** Questions that reached a model, and the mean length of their prompts in characters; null without one. */
  asked: { answerable: number; unanswerable: number; characters: number } | null;
}

/** Asks every question of a set with each writer at each threshold. */
export async function measureWriters(
  set: OracleSet,
  writers: Writer[],
  thresholds: number[],
): Promise<Outcome[]> {
  const oracle = openOracle(openModels(), knowledgeOf(set));
  const withModel = await startWith(set, oracle.ai, ORACLE);
  const withoutModel = await startWith(set, oracle.ai);
  const outcomes: Outcome[] = [];
  for (const { name, noise } of writers) {
    const api = noise === null ? withoutModel : withModel;
    oracle.setNoise(noise ?? 0);
    for (const threshold of noise === null ? [SHIPPED_THRESHOLD] : thresholds) {
      await publishRelease(api, answersFrom(threshold));
      console.error(`${set.name}: ${name} from ${threshold}`);
      const outcome = { set: set.name, writer: name, threshold };
      const answerable = await ask(api, set, true, oracle);
      const unanswerable = await ask(api, set, false, oracle);
      outcomes.push({ ...outcome, ...combine(answerable, unanswerable, noise !== null) });
    }
  }
  return outcomes;
}

async function startWith({ documents }: OracleSet, models: Ai, chatModel?: string): Promise<Api> {
  const instance = await startInProcess(
    models,
    chatModel ? { CHAT_MODEL: chatModel, ...ASKS_EACH_TIME } : {},
  );
  const api = new Api({ ...instance, key: DEMO_KEYS.secret, tries: 1, timeoutMs: TIMEOUT_MS });
  const [failure] = await ingest(api, documents, 1);
  if (failure) throw new CommandError(`${failure.id}: ${failure.reason}`);
  return api;
}

interface Asked {
  rows: ChatRow[];
  questions: number;
  characters: number;
}

async function ask(
  api: Api,
  { questions }: OracleSet,
  answerable: boolean,
  oracle: ReturnType<typeof openOracle>,
): Promise<Asked> {
  const own = questions.filter((one) => one.answerable === answerable);
  const { rows, failures } = await measureChat(api, own, CONCURRENCY);
  const [failure] = failures;
  if (failure) throw new CommandError(`${failure.id}: ${failure.reason}`);
  const asked = oracle.takeAsked();
  const fallen = [...rows.values()].find(({ rung }) => rung === "extractive" || rung === "cached");
  if (fallen && asked.questions > 0)
    throw new CommandError(`The rung ${fallen.rung} answered instead of the model, which failed.`);
  return { rows: [...rows.values()], ...asked };
}

function combine(
  answerable: Asked,
  unanswerable: Asked,
  hasModel: boolean,
): Pick<Outcome, "answerable" | "unanswerable" | "asked"> {
  const count = ({ rows }: Asked, is: (row: ChatRow) => boolean): number => rows.filter(is).length;
  const questions = answerable.questions + unanswerable.questions;
  return {
    answerable: {
      n: answerable.rows.length,
      right: count(answerable, ({ verdict }) => verdict === "right"),
      wrong: count(answerable, ({ verdict }) => verdict === "wrong"),
      text: count(answerable, ({ contains_answer }) => contains_answer === true),
    },
    unanswerable: {
      n: unanswerable.rows.length,
      wrong: count(unanswerable, ({ verdict }) => verdict === "wrong"),
    },
    asked: hasModel
      ? {
          answerable: answerable.questions,
          unanswerable: unanswerable.questions,
          characters: (answerable.characters + unanswerable.characters) / Math.max(1, questions),
        }
      : null,
  };
}
