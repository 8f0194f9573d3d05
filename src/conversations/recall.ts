import { isWaiting } from "../actions/run.ts";
import type { Choice, Outcome } from "../answering/answer.ts";
import { meanVector } from "../text/vectors.ts";
import type { AskedValues, History, HistoryMessage, Option } from "../answering/history.ts";
import { inContext, type InContext } from "../answering/in-context.ts";
import { aboutAnswer } from "../answering/last-answer.ts";
import { nearestIntent } from "../answering/nearest-intent.ts";
import { asksSomething, withVectors } from "../answering/sub-queries.ts";
import type { Questions } from "../answering/understand.ts";
import { toLanguageCode, type LanguageCode } from "../language/language.ts";
import { messageLanguage } from "../language/message-language.ts";
import { isOutOfNeurons } from "../limits/quotas.ts";
import { toPlaybook, type Playbook } from "../playbook/playbook.ts";
import { exemplarsOf } from "../releases/exemplar-vectors.ts";
import { liveRelease } from "../releases/live-release.ts";
import type { IdentifiedRelease, Release } from "../releases/release.ts";
import type { EmbeddedText } from "../retrieval/candidates.ts";
import { toHosts } from "../retrieval/own-hosts.ts";
import { toWordContext } from "../retrieval/word-context.ts";
import type { Services } from "../runtime/services.ts";
import type { Admitted } from "./admit.ts";
import { chosenAfter, type ChosenValue } from "./chosen-values.ts";
import type { FirstRead } from "./first-read.ts";
import type { ReferenceJson } from "./schema.ts";
import { startRewriting } from "./start-rewriting.ts";
import { isNoLongerValid, isWithheld } from "./withheld.ts";

interface HistoryRow {
  id: string;
  role: HistoryMessage["role"];
  text: string;
  standalone: string | null;
  outcome: Outcome | null;
  sources: string | null;
  citations: string | null;
  choices: string | null;
  answer_id: string | null;
  failure: string | null;
  stopped: 0 | 1;
  language: string | null;
  /** The documents that an answer was made of. */
  used_documents: string;
}

/** What the engine is told of the conversation, of the message and of how to answer. */
export interface Recalled {
  history: History;
  questions: Questions;
  /** What a language model makes of a follow-up, meanwhile. */
  rewriting: Promise<string | undefined> | undefined;
  release: IdentifiedRelease;
  /** What the owner wants said and done. */
  playbook: Playbook;
  /** Of the reply; null where neither the message nor the conversation tells one. */
  language: LanguageCode | null;
  /** What the conversation remembers as chosen, with this message. */
  chosen: ChosenValue[];
  /** Hosts where the workspace is on the web. */
  ownHosts: string[];
}

/**
 * Reads out of the first batch what was said before, and settles in which model the message is embedded.
 * @param message as typed
 */
export async function recall(
  services: Pick<Services, "config" | "now" | "chatModelOf" | "newId" | "calls">,
  { read: typed, rows, embedding }: FirstRead,
  { caller, allowance, conversation }: Admitted,
  message: string,
): Promise<Recalled> {
  const { config, now } = services;
  const words = toWordContext(rows, caller.workspaceId, config.embeddingModel);
  const isReply = isWaiting(conversation.run) && !asksSomething(message);
  const language = replyLanguage(rows.history as HistoryRow[], message, isReply);
  const audience = caller.visitor?.audience ?? [];
  const history: History = {
    ...toHistory(rows.history as HistoryRow[], audience, language, now()),
    offered: conversation.chosen.map(({ value, others }) => [value, ...others]),
    before: (rows.before as { text: string }[]).map(({ text }) => text).toReversed(),
    handoverRequested: rows.handover.length > 0,
  };
  const { subQueries, context, ...read } = inContext(message, typed, history);
  const live = liveRelease(config, rows.release[0]);
  const rewriting =
    context &&
    live.then(
      ({ release }) => startRewriting(services, { release, allowance, context, history, message }),
      () => undefined,
    );
  const [release, vectors] = await Promise.all([
    live,
    isOutOfNeurons(allowance)
      ? embedding.forgo()
      : embedding.settle(words.generation, subQueries.flat()),
  ]);
  const embedded = withVectors(subQueries, vectors ?? []);
  const alone = context ? vectorAlone(context, embedded[0]) : meanVector(vectors ?? []);
  const byMeaning = { rows, release: release.release, model: words.generation.model, language };
  return {
    history,
    questions: {
      ...read,
      ...(await intentOf(read, alone, byMeaning)),
      context,
      subQueries: embedded,
      ...words,
    },
    rewriting,
    release,
    playbook: toPlaybook(
      {
        workspaceId: caller.workspaceId,
        name: release.release.playbook.name,
        model: words.generation.model,
      },
      rows.playbook,
    ),
    language,
    chosen: chosenAfter(message, conversation.chosen, history.asked),
    ownHosts: toHosts(rows.hosts),
  };
}

/**
 * A question that failed is asked again as if it had not been asked, and an answer that is withheld from the reader, or made of a document
 * that is no longer valid, was not given, nor was one that was stopped before its first word. A follow-up may still refer to the question.
 * @param rows the latest first
 */
function toHistory(
  rows: HistoryRow[],
  audience: string[],
  language: LanguageCode | null,
  now: number,
): Omit<History, "before" | "handoverRequested" | "offered"> {
  const failures = new Set(rows.flatMap(({ id, failure }) => (failure === null ? [] : [id])));
  const held = rows.filter(
    ({ id, text, answer_id, used_documents }) =>
      !failures.has(id) &&
      !failures.has(answer_id ?? "") &&
      !isWithheld(used_documents, audience) &&
      text !== "" &&
      !isNoLongerValid(used_documents, now),
  );
  const last = held.find(({ role }) => role === "assistant");
  const isLast = last !== undefined && last === held[0];
  const answer = isLast && last.outcome === "answered" ? last : undefined;
  const cited = JSON.parse(answer?.citations ?? "[]") as { external_id: string; title: string }[];
  return {
    messages: held.toReversed().map(({ role, text }): HistoryMessage => ({ role, text })),
    previous: previousQuestion(rows),
    options: offeredOptions(held[0]),
    asked: askedValues(held[0]),
    ...aboutAnswer(answer?.text ?? "", unique(cited.map(({ title }) => title))),
    cited: unique(cited.map(({ external_id }) => external_id)),
    offersContact: isLast && last.outcome === "abstained" && last.stopped === 0,
    language,
  };
}

function unique(values: string[]): string[] {
  return [...new Set(values)];
}

/** Short messages are answered in the language of the conversation: "ok" and "E-07?" tell none. */
function replyLanguage(rows: HistoryRow[], message: string, isReply: boolean): LanguageCode | null {
  const previous = toLanguageCode(rows.find(({ language }) => language !== null)?.language);
  // A name, a street or a product that a procedure asked for tells none.
  if (isReply && previous !== undefined) return previous;
  return messageLanguage(message, previous) ?? previous ?? null;
}

/** The embedding of a message that may depend on what was said before it, and may not; null where it does. */
function vectorAlone(
  { dependence, variants }: InContext,
  [, ...others]: EmbeddedText[] = [],
): number[] | null {
  const at = variants.findIndex(({ kind }) => kind === "alone");
  return dependence === "possible" ? (others[at]?.vector ?? null) : null;
}

/** The intent of a message; one that its words do not surely tell, by the exemplars of the release, too. */
async function intentOf(
  {
    message,
    contact,
    intent,
    isGuessed,
  }: Pick<Questions, "message" | "contact" | "intent" | "isGuessed">,
  vector: number[] | null,
  {
    rows,
    release,
    model,
    language,
  }: Pick<FirstRead, "rows"> & {
    release: Release;
    model: string;
    language: LanguageCode | null;
  },
): Promise<Pick<Questions, "intent" | "isGuessed">> {
  const isSure = contact !== undefined || (intent !== undefined && !isGuessed);
  if (isSure || vector === null) return { intent, isGuessed };
  const exemplars = await exemplarsOf(release, model, rows.exemplars[0]);
  const { threshold } = release.intents;
  const nearest = nearestIntent(message, vector, exemplars, { model, threshold, language });
  if (nearest === "none") return { intent: undefined, isGuessed };
  return { intent: intent ?? nearest, isGuessed: true };
}

function offeredOptions(last: HistoryRow | undefined): Option[] {
  if (last?.outcome !== "clarified") return [];
  const values = valuesIn(last);
  if (values.length > 0)
    return values.map(({ message, externalId }) => ({ externalId, title: message }));
  const sources = JSON.parse(last.sources ?? "[]") as ReferenceJson[];
  // What a tool returned is nothing to choose.
  return sources
    .filter(({ kind }) => kind === undefined)
    .map(({ external_id: externalId, title }) => ({ externalId, title }));
}

/** The values that a clarifying question asks for, and the attribute that they are values of. */
function askedValues(last: HistoryRow | undefined): AskedValues {
  const values = valuesIn(last);
  return { values: values.map(({ message }) => message), name: values[0]?.name };
}

function valuesIn(last: HistoryRow | undefined): Choice[] {
  const choices = JSON.parse(last?.choices ?? "[]") as Choice[];
  return choices.filter(({ isValue }) => isValue);
}

/** The question that a follow-up goes on with. A greeting before the first one is none. */
function previousQuestion(rows: HistoryRow[]): string | undefined {
  const outcomes = new Map(rows.map(({ id, outcome }) => [id, outcome]));
  const last = rows.find(({ role }) => role === "visitor");
  if (!last) return undefined;
  const { text, standalone, answer_id } = last;
  const asksNothing = outcomes.get(answer_id ?? "") === "small_talk" && standalone === text;
  return asksNothing ? undefined : (standalone ?? text);
}
