import type { Candidates, Finding, FoundPassage, Query, Ranking } from "../retrieval/candidates.ts";
import { LEG_PASSAGES, rank } from "../retrieval/rank.ts";
import { read, retrieve } from "../retrieval/retrieve.ts";
import type { Answer, Emit } from "./answer.ts";
import { isAnsweredByUs } from "../language/intents.ts";
import { choicesAmong } from "./choices.ts";
import { conclude } from "./conclude.ts";
import { decide, decideAll } from "./decide.ts";
import type { EngineInput } from "./engine-input.ts";
import { eligible } from "./eligible.ts";
import { generate } from "./generate.ts";
import { selectSources, toReference } from "./sources.ts";
import { stoppedAnswer } from "./stopped-answer.ts";
import { understand, type Understood } from "./understand.ts";

/**
 * Flow 1: understand → retrieve → read → rank → decide → generate → verify (while text is generated) → conclude. Waits on bindings: both
 * legs at the same time, one read of passages, a reranker where the release names one, a language model or the
 * rest of a long section.
 * @param emit receives the events as they happen; it must not throw
 * @throws when both legs of retrieval, or the read of the passages, fail
 */
export async function answerQuestion(input: EngineInput, emit: Emit): Promise<Answer> {
  const understood = understand(input.questions, input.history);
  const candidates = await retrieveEach(input, understood.questions);
  const [passages, cached] = await Promise.all([
    readEach(input, candidates),
    input.deps.beforeEvents(understood.standalone),
  ]);
  const rankings = await rankEach(input, candidates, passages);
  const findings = decideEach(input, understood, rankings);
  const decision = isOurs(understood) ? SMALL_TALK : decideAll(findings);
  emit({ type: "decided", action: decision.action });

  const sources = decision.action === "small_talk" ? [] : selectSources(findings, decision.action);
  const isUnclear = decision.action === "clarify";
  const choices = isUnclear ? choicesAmong(findings, sources, input.release.decision) : [];
  const shown = isUnclear && input.deps.chatModels.length === 0 ? choices : sources;
  if (shown.length > 0) emit({ type: "sources", sources: shown.map(toReference) });
  const isLikely = decision.action === "answer";
  const draft =
    sources.length > 0
      ? await generate(input, { findings, sources, cached, isLikely }, emit)
      : undefined;
  if (draft?.stopped) {
    const { confidence } = decision;
    const language = input.language ?? "en";
    return stoppedAnswer({ ...understood, draft, sources, findings, confidence, language });
  }
  return conclude(input, { ...understood, decision, draft, sources, choices, findings }, emit);
}

/** Whether a sentence of ours answers, whatever the documents say. */
function isOurs({ intent, contact }: Understood): boolean {
  return isAnsweredByUs(intent) && contact?.rest === undefined;
}

const SMALL_TALK = { action: "small_talk", confidence: 1 } as const;

function retrieveEach(
  { deps, reader, release }: EngineInput,
  questions: Query[],
): Promise<Candidates[]> {
  return Promise.all(
    questions.map((question) => retrieve(deps, reader, question, release.retrieval)),
  );
}

function readEach(
  { deps, reader, release }: EngineInput,
  candidates: Candidates[],
): Promise<FoundPassage[][]> {
  const { retrieval } = release;
  return Promise.all(candidates.map((found) => read(deps, reader, found, LEG_PASSAGES, retrieval)));
}

function rankEach(
  { deps, release }: EngineInput,
  candidates: Candidates[],
  passages: FoundPassage[][],
): Promise<Ranking[]> {
  return Promise.all(
    candidates.map((found, index) => rank(deps, found, passages[index] ?? [], release.retrieval)),
  );
}

/** Decides each question, by the passages of the documents that the message leaves to answer from. */
function decideEach(
  { history, release }: EngineInput,
  understood: Understood,
  rankings: Ranking[],
): Finding[] {
  // After a clarifying question no second one is asked: it would lead the visitor in circles. Whoever wants to reach somebody is told how.
  const mayClarify = history.options.length === 0 && understood.contact === undefined;
  return rankings.map((ranking) => {
    const { passages, isNamed } = eligible(ranking, understood);
    return decide({ ...ranking, passages }, release.decision, { mayClarify, isNamed });
  });
}
