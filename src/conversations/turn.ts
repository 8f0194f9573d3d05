import { answerQuestion } from "../answering/answer-question.ts";
import type { EmitPolicy, EngineDeps } from "../answering/engine-input.ts";
import type { Standalone } from "../answering/understand.ts";
import { affordableModels } from "../limits/budget.ts";
import type { Release } from "../releases/release.ts";
import type { Services } from "../runtime/services.ts";
import { admit, type Admitted } from "./admit.ts";
import { readFirst } from "./first-read.ts";
import { recall } from "./recall.ts";
import { recordAnswer, storeQuestion } from "./record.ts";
import { chatModelsOf, rerankerOf } from "./release-models.ts";
import { startTimer } from "./timer.ts";
import type { TurnEvent, TurnResult } from "./turn-events.ts";
import type { TurnRequest } from "./turn-request.ts";

/**
 * One turn: admit → recall → engine → record. At most four sequential waits on bindings come before the first word: the first batch (with
 * the embedding) → both legs → passages (with storing the question) → model. A reranker model adds one.
 * @param emit receives the events of the turn as they happen; it must not throw
 * @throws Problem before the first event, for a caller who may not ask or a question that could not be stored
 */
export async function takeTurn(
  services: Services,
  request: TurnRequest,
  policy: EmitPolicy,
  emit: (event: TurnEvent) => void,
): Promise<TurnResult> {
  const timer = startTimer(services.now);
  const read = await readFirst(services, request);
  const admitted = await admit(services, request, read);
  const { history, questions, release } = await recall(services, read, admitted);
  timer.lap("recall");

  const { caller, conversation } = admitted;
  const reader = { workspaceId: caller.workspaceId, audience: caller.visitor?.audience ?? [] };
  const hasHistory = history.messages.length > 0;
  const turn = { request, admitted, reader, release, messageId: services.newId("msg"), hasHistory };
  const id = {
    conversationId: conversation.id,
    conversationToken: conversation.token,
    messageId: turn.messageId,
  };
  const deps = {
    ...engineDeps(services, release.release, admitted),
    // Stored once both legs have answered: a search that fails leaves no question behind that nobody answers.
    beforeEvents: async (standalone: Standalone) => {
      const cached = await storeQuestion(services, turn, standalone);
      emit({ type: "start", ...id });
      return cached;
    },
  };
  const answer = await answerQuestion(
    { reader, history, questions, release: release.release, policy, deps },
    (event) => {
      if (event.type === "decided") timer.lap("retrieve");
      if (event.type === "text") timer.lap("first_text");
      emit(event);
    },
  );

  const { standalone, wasted, ...said } = answer;
  const result: TurnResult = {
    ...said,
    ...id,
    release: release.id,
    timingsMs: timer.report(),
    bindingCalls: services.calls.report(),
  };
  emit({ type: "outcome", result });
  await recordAnswer(services, turn, result, { standalone, wasted });
  emit({ type: "finish" });
  return result;
}

/** What the engine works with in a turn: the models of the release that the budget pays for, and the workspace's settings. */
function engineDeps(
  services: Services,
  release: Release,
  { allowance }: Admitted,
): Omit<EngineDeps, "beforeEvents"> {
  const { settings } = allowance;
  return {
    db: services.db,
    vectors: services.vectors,
    chatModels: affordableModels(chatModelsOf(release, services), allowance),
    reranker: rerankerOf(release, services),
    newId: services.newId,
    linkHosts: settings.link_hosts,
    hidePersonalData: settings.hide_personal_data,
    contact: settings.contact ?? undefined,
  };
}
