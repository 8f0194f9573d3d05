import { answerQuestion } from "../answering/answer-question.ts";
import type { Answer } from "../answering/answer.ts";
import type { CachedAnswer } from "../answering/cached-answer.ts";
import type { EmitPolicy, EngineDeps } from "../answering/engine-input.ts";
import type { Questions } from "../answering/understand.ts";
import type { VisitorValues } from "../retrieval/attributes.ts";
import { withTimeout } from "../models/deadline.ts";
import { affordableModels } from "../limits/budget.ts";
import { isOutOfNeurons } from "../limits/quotas.ts";
import { Problem } from "../http/problem.ts";
import { holdsPersonalData } from "../privacy/redact.ts";
import { liveRelease } from "../releases/live-release.ts";
import type { Release } from "../releases/release.ts";
import { introduction } from "../releases/sentences.ts";
import type { Services } from "../runtime/services.ts";
import type { WorkspaceSettings } from "../workspaces/settings.ts";
import { admit, type Admitted } from "./admit.ts";
import { countEmbedding } from "./early-embedding.ts";
import { readFirst, type FirstRead } from "./first-read.ts";
import { recall, type Recalled } from "./recall.ts";
import { closeFailedTurn, recordAnswer, type Answered } from "./record-answer.ts";
import type { CacheUse, Turn } from "./recorded-turn.ts";
import { storeQuestion } from "./store-question.ts";
import { chatModelsOf, rerankerOf } from "./release-models.ts";
import { rememberAnswered, type Repeated } from "./retries.ts";
import { watchForStop } from "./stop.ts";
import { actionPort } from "./tool-calls.ts";
import { startTimer, type Timer } from "./timer.ts";
import type { TurnEvent, TurnResult } from "./turn-events.ts";
import type { TurnRequest } from "./turn-request.ts";
import { visitorValues } from "./visitor-values.ts";

/**
 * One turn: admit → recall → engine → record. At most four sequential waits on bindings come before the first word: the first batch (with
 * the embedding) → both legs → passages (with storing the question) → model. A reranker model adds one, as does a message that may depend on
 * what was said before, because it is embedded after the first batch. Without a model the rest
 * of a long section is read in its place. A request that is sent again gets the answer of its first sending, and is no turn.
 * @param emit receives the events of the turn as they happen; it must not throw
 * @throws Problem before the first event, for a caller who may not ask, while another turn runs, or for a question that could not be stored
 * @throws Error for a turn that failed or took too long. A question that it has stored is closed
 */
export async function takeTurn(
  services: Services,
  request: TurnRequest,
  policy: EmitPolicy,
  emit: (event: TurnEvent) => void,
): Promise<TurnResult> {
  const timer = startTimer(services.now);
  const running: Running = {
    policy,
    timer,
    emit,
    asking: undefined,
    answered: undefined,
    unwatch: () => {},
  };
  try {
    return await runTurn(services, request, running);
  } catch (error) {
    // A stage that hangs may still go on. It says nothing more.
    running.emit = () => {};
    const failure = timer.left() > 0 ? "error" : "late";
    // A turn that is refused has stored nothing.
    if (running.asking && !(error instanceof Problem))
      await closeFailedTurn(services, running.asking, failure, running.answered);
    throw error;
  }
}

/** A longer address of a page is ignored. */
const MAX_PAGE_CHARACTERS = 2000;

interface Running {
  policy: EmitPolicy;
  timer: Timer;
  emit: (event: TurnEvent) => void;
  /** The turn, once its question may have been stored. */
  asking: Turn | undefined;
  /** Its answer, once there is one. */
  answered: Answered | undefined;
  /** Ends looking whether somebody has asked to stop the turn. */
  unwatch: () => void;
}

async function runTurn(
  services: Services,
  request: TurnRequest,
  running: Running,
): Promise<TurnResult> {
  const { timer } = running;
  const inTurn = <T>(stage: Promise<T>): Promise<T> => withTimeout(stage, timer.left(), "The turn");
  const read = await inTurn(readFirst(services, request));
  const admitted = await inTurn(admit(services, request, read));
  if (admitted.repeated) return repeat(services, read, admitted, admitted.repeated, running);
  const recalled = await inTurn(recall(services, read, admitted, request.message));
  timer.lap("recall");
  const turn = describeTurn(services, { request, admitted, timer }, recalled);
  const { standalone, wasted, personWanted, ...answer } = await inTurn(
    runEngine(services, turn, recalled, running),
  ).finally(() => running.unwatch());
  const result: TurnResult = {
    ...answer,
    ...openingOf(turn),
    release: turn.release.id,
    timingsMs: timer.report(),
    bindingCalls: services.calls.report(),
  };
  running.emit({ type: "outcome", result });
  running.answered = { result, standalone, sources: answer.sources, wasted, personWanted };
  await inTurn(recordAnswer(services, turn, running.answered));
  rememberAnswered(admitted.requestKey);
  running.emit({ type: "finish" });
  return result;
}

/** Says the answer to a retry again, as the first sending was answered. */
async function repeat(
  services: Services,
  { rows }: FirstRead,
  { caller, allowance }: Admitted,
  { isFirst, ...repeated }: Repeated,
  { emit }: Running,
): Promise<TurnResult> {
  const { conversationId, conversationToken, messageId, language, sources, text } = repeated;
  countEmbedding(services, caller.workspaceId);
  const { release } = await liveRelease(services.config, rows.release[0]);
  const disclosure = isFirst ? introduction(release, language, allowance.settings) : null;
  const result = { ...repeated, disclosure, bindingCalls: services.calls.report() };
  emit({ type: "start", conversationId, conversationToken, messageId, language, disclosure });
  if (sources.length > 0) emit({ type: "sources", sources });
  if (text) emit({ type: "text", delta: text });
  emit({ type: "outcome", result });
  emit({ type: "finish" });
  return result;
}

function describeTurn(
  { newId, now }: Pick<Services, "newId" | "now">,
  { request, admitted, timer }: { request: TurnRequest; admitted: Admitted; timer: Timer },
  { history, questions, release, language, chosen }: Recalled,
): Turn {
  const { workspaceId, visitor } = admitted.caller;
  const values = visitorValues(request, admitted, chosen);
  return {
    request,
    admitted,
    reader: { workspaceId, audience: visitor?.audience ?? [], now: now() },
    release,
    language,
    visitor: values,
    chosen,
    questionId: newId("msg"),
    messageId: newId("msg"),
    hasHistory: history.messages.length > 0,
    cache: isPersonal(request.message, values) ? undefined : cacheUse(questions, release.release),
    leaseExpiresAt: timer.endsAt,
  };
}

/** Such an answer is for the one who asked: it is neither kept for others nor taken from what was kept. */
function isPersonal(message: string, visitor: VisitorValues): boolean {
  return holdsPersonalData(message) || Object.keys(visitor).length > 0;
}

/**
 * How the turn uses kept answers. One that depends on the conversation is given only where no model answers; what is said in more than one
 * question, or asks for a contact, has no embedding of its own.
 */
function cacheUse(
  { context, contact, subQueries, generation }: Questions,
  { cache }: Release,
): CacheUse {
  const [embedded, ...others] = subQueries.flat();
  const isOne = context === undefined && contact === undefined && others.length === 0;
  const vector = isOne ? embedded?.vector : undefined;
  return {
    before: cache.before && context === undefined,
    embedded: vector ? { model: generation.model, vector } : null,
  };
}

/** What the visitor is told before the answer. */
function openingOf({ admitted, messageId, language, release }: Turn) {
  const { id, token, lastSeq } = admitted.conversation;
  const { settings } = admitted.allowance;
  return {
    conversationId: id,
    conversationToken: token,
    messageId,
    language: language ?? ("en" as const),
    disclosure: lastSeq === 0 ? introduction(release.release, language, settings) : null,
  };
}

/** Answers the message, and stores the question once both legs of retrieval have answered: a failed search leaves no question behind. */
function runEngine(
  services: Services,
  turn: Turn,
  { history, questions, rewriting, playbook, ownHosts }: Recalled,
  running: Running,
): Promise<Answer> {
  const { reader, release, admitted, language } = turn;
  const { policy, timer } = running;
  const beforeEvents = (standalone: string): Promise<CachedAnswer | undefined> => {
    running.asking = turn;
    const { conversation } = admitted;
    const watched = { ...reader, conversationId: conversation.id, questionId: turn.questionId };
    running.unwatch = watchForStop(services, watched, () => stop.abort());
    return storeQuestion(services, turn, standalone);
  };
  const stop = new AbortController();
  const deps = {
    ...engineDeps(services, release.release, admitted),
    linkHosts: linkHosts(admitted.allowance.settings, ownHosts),
    timeLeft: timer.leftForModels,
    stop: stop.signal,
    beforeEvents,
  };
  return answerQuestion(
    {
      reader,
      history,
      questions,
      ...(rewriting && { rewriting }),
      release: release.release,
      playbook,
      actions: actionPort(services, turn, timer.left),
      ...pageOf(turn),
      language,
      visitor: turn.visitor,
      attributeNames: admitted.allowance.settings.visitor_attributes,
      policy,
      deps,
    },
    (event) => {
      // The first event: the question is stored, and its passages are read.
      if (event.type === "decided") {
        running.emit({ type: "start", ...openingOf(turn) });
        timer.lap("retrieve");
      }
      if (event.type === "text") timer.lap("first_text");
      running.emit(event);
    },
  );
}

/** The path of the page on which the visitor writes, as the message says or the first one of the conversation. */
function pageOf({ request, admitted }: Turn): { page?: string } {
  const given = request.metadata.page ?? admitted.conversation.metadata.page;
  if (typeof given !== "string" || given.length > MAX_PAGE_CHARACTERS) return {};
  const path = URL.parse(given, "https://page.invalid")?.pathname;
  return path === undefined ? {} : { page: decoded(path) };
}

/** As the owner writes it: `/straße`. */
function decoded(path: string): string {
  try {
    return decodeURI(path);
  } catch {
    return path;
  }
}

/** What the engine works with in a turn: the models of the release that the budget pays for, and the workspace's settings. */
function engineDeps(
  services: Services,
  release: Release,
  { allowance }: Admitted,
): Omit<EngineDeps, "beforeEvents" | "timeLeft" | "linkHosts" | "stop"> {
  const { settings } = allowance;
  return {
    db: services.db,
    vectors: services.vectors,
    chatModels: affordableModels(chatModelsOf(release, services), allowance),
    reranker: isOutOfNeurons(allowance) ? undefined : rerankerOf(release, services),
    newId: services.newId,
    hidePersonalData: settings.hide_personal_data,
    names: settings,
  };
}

/** Hosts that every answer may link to: those that the workspace lists, and its own (decision 0066). */
function linkHosts({ link_hosts, contact_url }: WorkspaceSettings, ownHosts: string[]): string[] {
  const contact = contact_url === null ? [] : [new URL(contact_url).hostname];
  return [...link_hosts, ...contact, ...ownHosts];
}
