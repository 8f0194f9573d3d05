import type { Citation, Source } from "../citations/source.ts";
import { linkPolicy } from "../guards/output-filter.ts";
import { PromptLeak } from "../guards/prompt-guard.ts";
import { languageName } from "../language/language.ts";
import { Stopped } from "../models/deadline.ts";
import { ModelUnavailable } from "../models/ports.ts";
import { NO_TOKENS, usageOf } from "../models/token-usage.ts";
import { say, sentencesIn } from "../releases/sentences.ts";
import type { Finding } from "../retrieval/candidates.ts";
import type { Emit, Rung } from "./answer.ts";
import { endedEarly, prepareAttempt, streamAnswer } from "./attempt.ts";
import { countMarkers, currentText, type CachedAnswer } from "./cached-answer.ts";
import type { Draft } from "./draft.ts";
import type { EngineInput } from "./engine-input.ts";
import { extractiveAnswer } from "./extractive/extractive.ts";
import { quotedSections } from "./sources.ts";
import { AnswerWriter } from "./verify.ts";

/** What the rungs of the ladder work with. */
interface Material {
  findings: Finding[];
  sources: Source[];
  cached: CachedAnswer | undefined;
  /**
   * False if the passages probably do not answer. A model can still read them and refuse; the extractive generator would have to guess.
   */
  isLikely: boolean;
  /** Whether quoted text need not say that it may be no answer. */
  isSure: boolean;
  /** The message as a model completed it. */
  meant: string | undefined;
  /** What the owner wants of the answer to this message. */
  instructions: string[];
}

/** A model that has less time than this is not asked: it would be cut in the middle of its answer. */
const LEAST_MODEL_MS = 5000;

/**
 * Down the ladder: language models in their order → cached → extractive. A cached answer may also come first. The extractive rung always
 * answers; it is left out if an answer is not likely, and then the draft may be empty. A reader who stops the answer ends the ladder where
 * it is.
 */
export async function generate(
  input: EngineInput,
  { findings, sources, cached, isLikely, isSure, meant, instructions }: Material,
  emit: Emit,
): Promise<Draft> {
  const { release, deps, policy } = input;
  const mayLinkTo = linkPolicy(deps.linkHosts, sources);
  const show = (delta: string): void => {
    if (delta) emit({ type: "text", delta });
  };
  const wasted: Draft["wasted"] = [];
  const compose = (text: string, rung: Rung): Draft => {
    const writer = new AnswerWriter(sources, mayLinkTo);
    const checked = writer.push(text) + writer.end();
    const { citations } = writer;
    const made = { model: null, usage: NO_TOKENS, wasted };
    return { text: checked, citations, shown: false, isPartial: false, rung, ...made };
  };
  const reveal = (draft: Draft): Draft => {
    const shown = draft.text !== "" && (policy === "stream" || draft.citations.length > 0);
    if (shown) show(draft.text);
    return { ...draft, shown };
  };
  const kept = cached && cachedDraft(cached, sources, compose);
  if (kept && cached.comesFirst && deps.chatModels.length > 0 && !deps.stop?.aborted)
    return { ...reveal(kept), saved: cached.saved };
  for (const [index, model] of deps.chatModels.entries()) {
    if (deps.stop?.aborted) break;
    const left = deps.timeLeft();
    if (left < LEAST_MODEL_MS) {
      console.warn("generate: no time for a rung", { model: model.id, left });
      break;
    }
    const attempt = prepareAttempt(input, { model, sources, meant, instructions }, mayLinkTo);
    // A model that is silent leaves the models after it their share of the time.
    const limit = (isFirst: boolean): number =>
      isFirst ? left / (deps.chatModels.length - index) : deps.timeLeft();
    try {
      const draft = await streamAnswer(attempt, release.models.parameters, {
        show,
        limit,
        stop: deps.stop,
      });
      return { ...draft, wasted };
    } catch (error) {
      if (error instanceof Stopped) return { ...endedEarly(attempt), stopped: true, wasted };
      if (!(error instanceof ModelUnavailable || error instanceof PromptLeak)) throw error;
      console.warn("generate: a rung failed", { model: model.id, error: error.message });
      // Under `hold`, shown text is supported by a citation. It stays, although the answer ends early.
      if (policy === "hold" && attempt.output.text)
        return { ...endedEarly(attempt), isCut: true, wasted };
      wasted.push({ model: model.id, usage: usageOf(attempt) });
      if (attempt.output.text) emit({ type: "restart" });
    }
  }
  if (deps.stop?.aborted) return { ...compose("", "none"), stopped: true };
  if (kept) return reveal(kept);
  if (!isLikely) return compose("", "none");
  // Only here: a model waits for nothing more, and reads what was found.
  const quoted = await quotedSections(deps, input.reader, findings, sources);
  const sentences = sentencesIn(release, input.language);
  const own = {
    unanswered: say(sentences.unanswered, sentences, deps.names),
    continued: say(sentences.continued, sentences, deps.names),
  };
  const { text, isPartial } = extractiveAnswer(findings, sources, own, mayLinkTo, quoted);
  const unsure = isSure ? "" : unsureNote(input);
  const quote = compose(text, "extractive");
  const note = unsure + foreignNote(input, findings, quote.citations);
  return reveal({ ...quote, text: note + quote.text, isPartial });
}

/** A kept answer, if all that it cites stands in the passages that this question found. */
function cachedDraft(
  cached: CachedAnswer,
  sources: Source[],
  compose: (text: string, rung: Rung) => Draft,
): Draft | undefined {
  const text = currentText(cached, sources);
  const draft = text === undefined ? undefined : compose(text, "cached");
  const isSupported =
    draft !== undefined &&
    draft.citations.length > 0 &&
    countMarkers(draft.text) === countMarkers(text ?? "");
  return isSupported ? draft : undefined;
}

/** Says of quoted text that it may be no answer: a model would have read it, and refused. */
function unsureNote({ language, release, deps }: EngineInput): string {
  const sentences = sentencesIn(release, language);
  return `${say(sentences.unsure, sentences, deps.names)}\n\n`;
}

/** Says that quoted text is in another language than the reply, where all of it is. */
function foreignNote(
  { language, release, deps }: EngineInput,
  findings: Finding[],
  cited: Citation[],
): string {
  const passages = findings.flatMap((finding) => finding.passages);
  const languages = cited.map(
    ({ externalId }) =>
      passages.find((one) => one.externalId === externalId)?.language?.split("-")[0],
  );
  const [foreign] = languages;
  if (!language || !foreign || languages.some((one) => !one || one === language)) return "";
  const sentences = sentencesIn(release, language);
  const others = { language: languageName(foreign, language) };
  return `${say(sentences.foreign, sentences, deps.names, others)}\n\n`;
}
