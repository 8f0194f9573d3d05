import { fillPlaceholders, say, sentencesIn, type OwnNames } from "../releases/sentences.ts";
import type { Citation, Source } from "../citations/source.ts";
import { linkPolicy } from "../guards/output-filter.ts";
import { PromptLeak } from "../guards/prompt-guard.ts";
import { Stopped, withIdleTimeout } from "../models/deadline.ts";
import { languageName } from "../language/language.ts";
import {
  ModelUnavailable,
  type ChatModel,
  type ModelUsage,
  type TokenUsage,
} from "../models/ports.ts";
import { contextOf } from "../models/table.ts";
import { NO_TOKENS, usageOf } from "../models/token-usage.ts";
import { Pseudonyms } from "../privacy/pseudonyms.ts";
import type { Finding } from "../retrieval/candidates.ts";
import { withoutInvisible } from "../text/invisible-characters.ts";
import type { Emit, Rung } from "./answer.ts";
import { countMarkers, currentText, type CachedAnswer } from "./cached-answer.ts";
import type { EngineInput } from "./engine-input.ts";
import { extractiveAnswer } from "./extractive/extractive.ts";
import { buildPrompt, NO_ANSWER } from "./prompt.ts";
import { SupportedText } from "./supported-text.ts";
import { quotedSections } from "./sources.ts";
import { AnswerWriter } from "./verify.ts";

/** What a rung of the ladder wrote. `text` is empty when it found that the sources hold no answer. */
export interface Draft {
  text: string;
  citations: Citation[];
  /** Whether any of the text was shown. */
  shown: boolean;
  /** Whether it says of a part of the message that it is not answered. */
  isPartial: boolean;
  rung: Rung;
  model: string | null;
  usage: TokenUsage;
  /** The reader stopped it: `text` is what was shown. */
  stopped?: true;
  /** Tokens of models whose text was discarded. They cost money, too. */
  wasted: ModelUsage[];
  /** Of a kept answer that came before the model: what that used. */
  saved?: ModelUsage;
  /** The model failed, and its text ends early. */
  isCut?: true;
}

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
}

/**
 * Share of a model's context that the conversation may take, in tokens as they are estimated. Real ones may be twice as many; sources, rules and
 * the answer need the rest.
 */
const CONVERSATION_SHARE = 0.2;

/** Characters of a message before the latest ones. */
const MAX_BEFORE = 160;

/** A model that has less time than this is not asked: it would be cut in the middle of its answer. */
const LEAST_MODEL_MS = 5000;

/**
 * Down the ladder: language models in their order → cached → extractive. A cached answer may also come first. The extractive rung always
 * answers; it is left out if an answer is not likely, and then the draft may be empty. A reader who stops the answer ends the ladder where
 * it is.
 */
export async function generate(
  input: EngineInput,
  { findings, sources, cached, isLikely, isSure, meant }: Material,
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
    const attempt = prepare(input, { model, sources, meant }, mayLinkTo);
    // A model that is silent leaves the models after it their share of the time.
    const limit = (isFirst: boolean): number =>
      isFirst ? left / (deps.chatModels.length - index) : deps.timeLeft();
    try {
      const draft = await streamAnswer(model, attempt, release.models.parameters, {
        show,
        limit,
        stop: deps.stop,
      });
      return { ...draft, wasted };
    } catch (error) {
      if (error instanceof Stopped) return { ...endedEarly(model, attempt), stopped: true, wasted };
      if (!(error instanceof ModelUnavailable || error instanceof PromptLeak)) throw error;
      console.warn("generate: a rung failed", { model: model.id, error: error.message });
      // Under `hold`, shown text is supported by a citation. It stays, although the answer ends early.
      if (policy === "hold" && attempt.output.text)
        return { ...endedEarly(model, attempt), isCut: true, wasted };
      wasted.push({
        model: model.id,
        usage: usageOf(attempt.messages, attempt.received, attempt.usage),
      });
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

/** One model's try at an answer. */
interface Attempt {
  messages: ReturnType<typeof buildPrompt>["messages"];
  writer: AnswerWriter;
  /** The part of the writer's text that is shown. */
  output: SupportedText;
  /** Characters that the model has sent. */
  received: string;
  /** What the model says that it used so far. */
  usage: TokenUsage;
}

function prepare(
  { questions, history, reader, release, language, visitor = {}, deps, policy }: EngineInput,
  { model, sources, meant }: Pick<Material, "sources" | "meant"> & { model: ChatModel },
  mayLinkTo: (host: string) => boolean,
): Attempt {
  // The prompt has no invisible characters, so personal data is searched in texts without them.
  const values = Object.entries(visitor);
  const texts = [
    questions.message,
    ...history.before,
    ...history.messages.map(({ text }) => text),
    ...Object.values(visitor),
  ];
  const pseudonyms = deps.hidePersonalData
    ? new Pseudonyms(texts.map(withoutInvisible))
    : undefined;
  const hide = (text: string): string => pseudonyms?.hide(withoutInvisible(text)) ?? text;
  const talk = {
    before: history.before.map((text) => beginningOf(hide(text))),
    messages: history.messages.map(({ role, text }) => ({ role, text: hide(text) })),
    message: hide(questions.message),
    meant: meant && hide(meant),
  };
  const spoken = { language: languageName(language ?? "en", "en") };
  const rules = {
    ...release.prompt,
    role: namedRole(release.prompt.role, deps.names),
    rules: release.prompt.rules.map((rule) => fillPlaceholders(rule, spoken)),
  };
  const mark = deps.newId("mark");
  const room = CONVERSATION_SHARE * contextOf(model.id);
  const attributes = Object.fromEntries(values.map(([name, value]) => [name, hide(value)]));
  const prompt = buildPrompt({ ...talk, attributes }, sources, rules, {
    random: mark,
    now: reader.now,
    room,
  });
  const writer = new AnswerWriter(sources, mayLinkTo, {
    prompt,
    pseudonyms,
    handoverRequested: history.handoverRequested,
  });
  const output = new SupportedText(policy === "hold");
  return { messages: prompt.messages, writer, output, received: "", usage: NO_TOKENS };
}

/** Cut behind what hides personal data: half an address is one, too. */
function beginningOf(text: string): string {
  return text.slice(0, MAX_BEFORE).replace(/\[[A-Z_]*$/, "");
}

/** The role with the names that the workspace gives its company and its assistant. */
function namedRole(role: string, { company_name, assistant_name }: OwnNames): string {
  const company = company_name === null ? "" : ` The company is called ${company_name}.`;
  return role + company + (assistant_name === null ? "" : ` Your name is ${assistant_name}.`);
}

async function streamAnswer(
  model: ChatModel,
  attempt: Attempt,
  { tokens }: { tokens: number },
  { show, limit, stop }: Showing,
): Promise<Omit<Draft, "wasted">> {
  const { messages, writer, output } = attempt;
  const write = (delta: string): void => show(output.push(writer.push(delta)));
  let opening = "";
  let refusing = true;
  const parts = withIdleTimeout(model.stream(messages, tokens), model.id, limit, stop);
  for await (const part of parts) {
    if (part.type === "usage") {
      attempt.usage = part.usage;
      continue;
    }
    attempt.received += part.delta;
    if (!refusing) {
      write(part.delta);
      continue;
    }
    // The first characters wait until it is clear that they are not the refusal.
    opening += part.delta;
    refusing = NO_ANSWER.startsWith(opening.trim()) || opening.trim().startsWith(NO_ANSWER);
    if (!refusing) write(opening);
  }
  const draft = {
    rung: model.rung,
    model: model.id,
    usage: usageOf(attempt.messages, attempt.received, attempt.usage),
    isPartial: false,
  };
  if (refusing && opening.trim().startsWith(NO_ANSWER))
    return { ...draft, text: "", citations: [], shown: false };
  if (refusing) write(opening);
  show(output.push(writer.end()));
  if (!writer.text.trim())
    throw new ModelUnavailable("The model answered nothing", { transient: true });
  return { ...draft, text: output.text, citations: writer.citations, shown: output.text !== "" };
}

interface Showing {
  show: (delta: string) => void;
  /** Milliseconds for the first part, or for one after it. */
  limit: (isFirst: boolean) => number;
  stop: AbortSignal | undefined;
}

/** What was shown is all that there is. */
function endedEarly(model: ChatModel, attempt: Attempt): Omit<Draft, "wasted"> {
  return {
    text: attempt.output.text,
    citations: attempt.writer.citations,
    shown: attempt.output.text !== "",
    isPartial: false,
    rung: model.rung,
    model: model.id,
    usage: usageOf(attempt.messages, attempt.received, attempt.usage),
  };
}
