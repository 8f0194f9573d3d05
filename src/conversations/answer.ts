import type { Services } from "../runtime/services.ts";
import { findCandidates, readCandidates } from "../retrieval/retrieve.ts";
import { ANSWER_PASSAGES } from "../retrieval/rerank.ts";
import { conclude } from "../answering/conclude.ts";
import { decideAll, judge } from "../answering/decide.ts";
import { generate } from "../answering/generate.ts";
import { recall } from "./recall.ts";
import { recordAnswer, storeQuestion } from "./record.ts";
import { smallTalkReply } from "../answering/small-talk.ts";
import { selectSources, toReference } from "../answering/sources.ts";
import { startTimer } from "../answering/timer.ts";
import type { ChatRequest, Emit, TurnResult } from "../answering/turn.ts";
import { understand } from "../answering/understand.ts";

/**
 * One turn, from the question to the recorded answer. At most four sequential waits on bindings come before the first
 * word: recall (with the question's embedding) → both legs → passages (with storing the question) → model. A reranker model
 * adds one.
 * @param emit receives the events of the turn as they happen; it must not throw
 * @throws Problem before the first event, for a caller who may not ask or a question that could not be stored
 */
export async function answer(
  services: Services,
  request: ChatRequest,
  emit: Emit,
): Promise<TurnResult> {
  const timer = startTimer(services.now);
  const turn = await recall(services, request);
  timer.lap("recall");
  const { caller, conversationId, conversationToken, messageId } = turn;
  const reader = { workspaceId: caller.workspaceId, audience: caller.visitor?.audience ?? [] };
  const smallTalk = smallTalkReply(turn.message);
  const { standalone, questions } = understand(turn);

  const candidates = await Promise.all(
    smallTalk ? [] : questions.map((question) => findCandidates(services, reader, question)),
  );
  // Of the answers that are kept: who asked this before under the same conditions gets the same one.
  const key = {
    ...reader,
    release: services.config.release,
    question: standalone.text,
  };
  // Stored once both legs have answered: a search that fails leaves no question behind that nobody answers.
  const [passages, cached] = await Promise.all([
    Promise.all(candidates.map((of) => readCandidates(services, reader, of, ANSWER_PASSAGES))),
    storeQuestion(services, turn, standalone, key),
  ]);
  emit({ type: "start", conversationId, conversationToken, messageId });
  const findings = await judge(services, candidates, passages, turn.options.length === 0);
  timer.lap("retrieve");

  const decision = smallTalk
    ? { action: "small_talk" as const, confidence: 1 }
    : decideAll(findings);
  const sources = decision.action === "small_talk" ? [] : selectSources(findings, decision.action);
  if (sources.length > 0) emit({ type: "sources", sources: sources.map(toReference) });

  const isLikely = decision.action === "answer";
  const draft =
    sources.length > 0
      ? await generate(services, { turn, findings, sources, cached, isLikely }, emit, timer)
      : undefined;
  const reranker = findings[0]?.reranker ?? null;
  const result = conclude(services, turn, {
    decision,
    draft,
    sources,
    reranker,
    smallTalk,
    timer,
    emit,
  });
  emit({ type: "outcome", result });
  await recordAnswer(services, turn, result, { draft, sources, key });
  emit({ type: "finish" });
  return result;
}
