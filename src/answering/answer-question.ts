import { ANSWER_PASSAGES, rank } from "../retrieval/rank.ts";
import { read, retrieve } from "../retrieval/retrieve.ts";
import type { Answer, Emit } from "./answer.ts";
import { conclude } from "./conclude.ts";
import { decide, decideAll } from "./decide.ts";
import type { EngineInput } from "./engine-input.ts";
import { generate } from "./generate.ts";
import { selectSources, toReference } from "./sources.ts";
import { understand } from "./understand.ts";

/**
 * Flow 1: understand → retrieve → read → rank → decide → generate → verify (while text is generated) → conclude. Waits on bindings: both
 * legs at the same time, one read of passages, a reranker where the release names one, a language model.
 * @param emit receives the events as they happen; it must not throw
 * @throws when both legs of retrieval, or the read of the passages, fail
 */
export async function answerQuestion(input: EngineInput, emit: Emit): Promise<Answer> {
  const { reader, history, release, deps } = input;
  const { standalone, questions, smallTalk } = understand(input.questions, history);

  const candidates = await Promise.all(
    questions.map((question) => retrieve(deps, reader, question, release.retrieval)),
  );
  const [passages, cached] = await Promise.all([
    Promise.all(candidates.map((of) => read(deps, reader, of, ANSWER_PASSAGES))),
    deps.beforeEvents(standalone),
  ]);
  const ranked = await Promise.all(
    candidates.map((of, index) => rank(deps, of, passages[index] ?? [], release.retrieval.ranking)),
  );

  const mayClarify = history.options.length === 0;
  const findings = ranked.map((ranking) => decide(ranking, release.decision, mayClarify));
  const decision = smallTalk
    ? { action: "small_talk" as const, confidence: 1 }
    : decideAll(findings);
  emit({ type: "decided", action: decision.action });
  const sources = decision.action === "small_talk" ? [] : selectSources(findings, decision.action);
  if (sources.length > 0) emit({ type: "sources", sources: sources.map(toReference) });

  const isLikely = decision.action === "answer";
  const draft =
    sources.length > 0
      ? await generate(input, { findings, sources, cached, isLikely }, emit)
      : undefined;
  return conclude(input, { decision, draft, sources, findings, smallTalk, standalone }, emit);
}
