import { setTimeout as sleep } from "node:timers/promises";
import { Api } from "../cli/api.ts";
import { CommandError } from "../cli/command.ts";
import { uploadDocuments } from "../cli/upload.ts";
import { DEMO_KEYS } from "../local/config.ts";
import type { ChosenEmbedding } from "../local/dev/embedding-server.ts";
import { workersAiEmbedder } from "../src/models/workers-ai-embedder.ts";
import { BindingCalls } from "../src/runtime/binding-calls.ts";
import { openModels } from "./in-process/embeddings.ts";
import { startInProcess } from "./in-process/instance.ts";
import { rounded } from "./report-file.ts";
import { sample } from "./sample.ts";
import type { EvaluationSet } from "./sets/question.ts";

interface Listed {
  documents: unknown[];
  progress: { chunks_done: number; chunks_total: number };
}

export interface CosineRange {
  unrelatedCosine: number;
  matchingCosine: number;
}

/** With all-MiniLM-L6-v2 and the demo's calibration questions these give .08 and .71; the table says .1 and .7 (docs/decisions/0051). */
const UNRELATED_QUANTILE = 0.5;
const MATCHING_QUANTILE = 0.95;
const STUCK_MS = 600_000;
const POLL_MS = 100;
/** Passages that each question is compared with for the median. */
const MOST_COMPARED = 500;

/**
 * The cosines that an unrelated and that a well-matching pair reach: the median over all pairs of a question and a passage, and
 * a high quantile of each question's best passage.
 */
export function cosineRange(questions: number[][], passages: number[][]): CosineRange {
  const asked = questions.map(toUnit);
  const found = passages.map(toUnit);
  const some = sample(found, MOST_COMPARED);
  const all = asked.flatMap((question) => some.map((passage) => dot(question, passage)));
  const best = asked.map((question) =>
    found.reduce((highest, passage) => Math.max(highest, dot(question, passage)), -1),
  );
  return {
    unrelatedCosine: rounded(quantile(all, UNRELATED_QUANTILE)),
    matchingCosine: rounded(quantile(best, MATCHING_QUANTILE)),
  };
}

/** Measures the range on the passages of a set's documents and on its questions that have an answer. */
export async function measureCosines(
  { documents, questions }: Pick<EvaluationSet, "documents" | "questions">,
  embedding: ChosenEmbedding,
  vars: Record<string, string>,
): Promise<CosineRange> {
  const models = openModels(undefined, undefined, embedding);
  const passages: number[][] = [];
  const run = async (model: string, inputs: object): Promise<unknown> => {
    const answer: unknown = await models.run(model as never, inputs as never);
    passages.push(...(answer as { data: number[][] }).data);
    return answer;
  };
  const instance = await startInProcess({ run } as unknown as Ai, vars, { embedding });
  const api = new Api({ ...instance, key: DEMO_KEYS.secret, tries: 3, timeoutMs: 120_000 });
  await uploadDocuments(api, documents, { concurrency: 8 });
  await waitUntilEmbedded(api);
  const asked = questions.filter(({ answerable }) => answerable).map(({ text }) => text);
  const embedder = workersAiEmbedder(models, embedding.id, new BindingCalls());
  return cosineRange(await embedder.embed(asked, "query"), passages);
}

/** @throws CommandError when documents fail, or when nothing more is embedded for a long time */
async function waitUntilEmbedded(api: Api): Promise<void> {
  let done = -1;
  for (let since = Date.now(); Date.now() - since < STUCK_MS; await sleep(POLL_MS)) {
    const { progress, documents } = (await api.get<Listed>("/v1/documents?status=failed")).body;
    if (documents.length > 0) throw new CommandError(`${documents.length} documents failed.`);
    if (progress.chunks_done === progress.chunks_total) return;
    if (progress.chunks_done > done) since = Date.now();
    done = progress.chunks_done;
  }
  throw new CommandError("Documents are not embedded.");
}

function toUnit(vector: number[]): number[] {
  const length = Math.hypot(...vector) || 1;
  return vector.map((value) => value / length);
}

function dot(left: number[], right: number[]): number {
  return left.reduce((sum, value, at) => sum + value * (right[at] ?? 0), 0);
}

function quantile(values: number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const value = sorted[Math.floor(share * (sorted.length - 1))];
  if (value === undefined)
    throw new CommandError("The set has no answerable question, or no passage.");
  return value;
}
