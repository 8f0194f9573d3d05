import type { Outcome } from "../answering/answer.ts";
import { meanVector } from "../text/mean-vector.ts";
import type { History, HistoryMessage, Option } from "../answering/history.ts";
import { nearestIntent } from "../answering/nearest-intent.ts";
import { withVectors } from "../answering/sub-queries.ts";
import type { Questions } from "../answering/understand.ts";
import type { Intent } from "../language/intents.ts";
import { toLanguageCode, type LanguageCode } from "../language/language.ts";
import { messageLanguage } from "../language/message-language.ts";
import { isOutOfNeurons } from "../limits/quotas.ts";
import { exemplarsOf } from "../releases/exemplar-vectors.ts";
import { liveRelease } from "../releases/live-release.ts";
import type { IdentifiedRelease, Release } from "../releases/release.ts";
import { toHosts } from "../retrieval/own-hosts.ts";
import { toWordContext } from "../retrieval/word-context.ts";
import type { Services } from "../runtime/services.ts";
import type { Admitted } from "./admit.ts";
import type { FirstRead } from "./first-read.ts";
import { isNoLongerValid, isWithheld } from "./withheld.ts";

interface HistoryRow {
  id: string;
  role: HistoryMessage["role"];
  text: string;
  standalone: string | null;
  embedding: number[] | null;
  embedding_model: string | null;
  outcome: Outcome | null;
  sources: string | null;
  answer_id: string | null;
  failure: string | null;
  language: string | null;
  /** The documents that an answer was made of. */
  used_documents: string;
}

/** What the engine is told of the conversation, of the message and of how to answer. */
export interface Recalled {
  history: History;
  questions: Questions;
  release: IdentifiedRelease;
  /** Of the reply; null where neither the message nor the conversation tells one. */
  language: LanguageCode | null;
  /** Hosts where the workspace is on the web. */
  ownHosts: string[];
}

/**
 * Reads out of the first batch what was said before, and settles in which model the message is embedded.
 * @param message as typed
 */
export async function recall(
  { config, now }: Pick<Services, "config" | "now">,
  { read, rows, subQueries, embedding }: FirstRead,
  { caller, allowance }: Admitted,
  message: string,
): Promise<Recalled> {
  const words = toWordContext(rows, caller.workspaceId, config.embeddingModel);
  const [release, vectors] = await Promise.all([
    liveRelease(config, rows.release[0]),
    isOutOfNeurons(allowance) ? embedding.forgo() : embedding.settle(words.generation),
  ]);
  const vector = meanVector(vectors ?? []);
  const language = replyLanguage(rows.history as HistoryRow[], message);
  const byMeaning = { rows, release: release.release, model: words.generation.model, language };
  return {
    history: {
      ...toHistory(
        rows.history as HistoryRow[],
        words.generation.model,
        caller.visitor?.audience ?? [],
        now(),
      ),
      handoverRequested: rows.handover.length > 0,
    },
    questions: {
      ...read,
      intent: read.intent ?? (await intentByMeaning(read, vector, byMeaning)),
      vector,
      subQueries: withVectors(subQueries, vectors ?? []),
      ...words,
    },
    release,
    language,
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
  model: string,
  audience: string[],
  now: number,
): Omit<History, "handoverRequested"> {
  const failures = new Set(rows.flatMap(({ id, failure }) => (failure === null ? [] : [id])));
  const held = rows.filter(
    ({ id, text, answer_id, used_documents }) =>
      !failures.has(id) &&
      !failures.has(answer_id ?? "") &&
      !isWithheld(used_documents, audience) &&
      text !== "" &&
      !isNoLongerValid(used_documents, now),
  );
  return {
    messages: held.toReversed().map(({ role, text }): HistoryMessage => ({ role, text })),
    previous: previousQuestion(rows, model),
    options: offeredOptions(held[0]),
  };
}

/** Short messages are answered in the language of the conversation: "ok" and "E-07?" tell none. */
function replyLanguage(rows: HistoryRow[], message: string): LanguageCode | null {
  const previous = toLanguageCode(rows.find(({ language }) => language !== null)?.language);
  return messageLanguage(message, previous) ?? previous ?? null;
}

/** The intent of a message that the lists of words do not know, by the exemplars of the release. */
async function intentByMeaning(
  { message, contact }: FirstRead["read"],
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
): Promise<Intent | undefined> {
  if (contact !== undefined || vector === null) return undefined;
  const exemplars = await exemplarsOf(release, model, rows.exemplars[0]);
  const { threshold } = release.intents;
  return nearestIntent(message, vector, exemplars, { model, threshold, language });
}

function offeredOptions(last: HistoryRow | undefined): Option[] {
  if (last?.outcome !== "clarified") return [];
  const sources = JSON.parse(last.sources ?? "[]") as { external_id: string; title: string }[];
  return sources.map(({ external_id: externalId, title }) => ({ externalId, title }));
}

/** Its embedding is used only if the model of the live index made it: embeddings of different models cannot be compared. */
function previousQuestion(rows: HistoryRow[], model: string): History["previous"] {
  const last = rows.find((row) => row.role === "visitor");
  if (!last) return undefined;
  const vector =
    last.embedding && last.embedding_model === model
      ? Array.from(new Float32Array(new Uint8Array(last.embedding).buffer))
      : null;
  return { text: last.standalone ?? last.text, vector };
}
