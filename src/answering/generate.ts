import type { Finding } from "../retrieval/candidates.ts";
import { currentText, type CachedAnswer } from "./cached-answer.ts";
import type { Citation, Source } from "../citations/source.ts";
import type { Services } from "../runtime/services.ts";
import { affordableModels } from "../limits/budget.ts";
import { estimateTokens } from "../text/tokens.ts";
import { ModelUnavailable, type ChatModel, type TokenUsage } from "../models/ports.ts";
import { Pseudonyms } from "../privacy/pseudonyms.ts";
import { AnswerWriter } from "./verify.ts";
import { extractiveAnswer } from "./extractive/extractive.ts";
import { linkPolicy } from "../guards/output-filter.ts";
import { PromptLeak } from "../guards/prompt-guard.ts";
import { buildPrompt, NO_ANSWER } from "./prompt.ts";
import type { Timer } from "./timer.ts";
import type { Emit, Rung, Turn } from "./turn.ts";

/** Longest answer, in tokens of the model. */
const MAX_ANSWER_TOKENS = 600;

/** What a rung of the ladder wrote. `text` is empty when it found that the sources hold no answer. */
export interface Draft {
  text: string;
  citations: Citation[];
  rung: Rung;
  model: string | null;
  usage: TokenUsage;
  /** Of models whose answer was given up: they have to be paid for, too. */
  wasted: { model: string; usage: TokenUsage }[];
}

/** What the rungs draw on. */
interface Material {
  turn: Turn;
  findings: Finding[];
  sources: Source[];
  cached: CachedAnswer | undefined;
  /**
   * False where the passages hardly seem to answer: a model reads them and can tell, while sentences picked by their words
   * would be a guess.
   */
  isLikely: boolean;
}

/**
 * Down the ladder: model → smaller model → cached → extractive. The day's budget decides where it starts; the last rung
 * always answers, unless an answer is not likely to be there: then no rung is left, and the draft is empty.
 */
export async function generate(
  services: Services,
  material: Material,
  emit: Emit,
  timer: Timer,
): Promise<Draft> {
  const { turn, findings, sources, cached, isLikely } = material;
  const mayLinkTo = linkPolicy(turn.allowance.settings.link_hosts, sources);
  const show = (delta: string): void => {
    if (!delta) return;
    timer.lap("first_text");
    emit({ type: "text", delta });
  };
  const wasted: Draft["wasted"] = [];
  for (const model of affordableModels(services.chatModels, turn.allowance)) {
    const answer = prepare(services, turn, sources, mayLinkTo);
    try {
      return { ...(await streamAnswer(model, answer, show)), wasted };
    } catch (error) {
      if (!(error instanceof ModelUnavailable || error instanceof PromptLeak)) throw error;
      console.warn("generate: a rung failed", { model: model.id, error: error.message });
      wasted.push({ model: model.id, usage: estimateUsage(answer) });
      if (answer.writer.text) emit({ type: "restart" });
    }
  }
  const write = (text: string, rung: Rung): Draft => {
    const writer = new AnswerWriter(sources, mayLinkTo);
    show(writer.push(text) + writer.end());
    return {
      text: writer.text,
      citations: writer.citations,
      rung,
      model: null,
      usage: NO_TOKENS,
      wasted,
    };
  };
  const kept = cached && currentText(cached, sources);
  if (kept) return write(kept, "cached");
  return isLikely ? write(extractiveAnswer(findings, sources), "extractive") : write("", "none");
}

export const NO_TOKENS: TokenUsage = { input_tokens: 0, output_tokens: 0 };

interface Answering {
  messages: ReturnType<typeof buildPrompt>["messages"];
  writer: AnswerWriter;
  /** Characters that the model has sent. */
  received: string;
}

/** The prompt for one rung and what its answer passes through. */
function prepare(
  services: Services,
  turn: Turn,
  sources: Source[],
  mayLinkTo: (host: string) => boolean,
): Answering {
  const texts = [turn.message, ...turn.history.map(({ text }) => text)];
  const hides = turn.allowance.settings.hide_personal_data;
  const pseudonyms = hides ? new Pseudonyms(texts) : undefined;
  const hide = (text: string): string => pseudonyms?.hide(text) ?? text;
  const history = turn.history.map(({ role, text }) => ({ role, text: hide(text) }));
  const canary = services.newId("ref");
  const prompt = buildPrompt(hide(turn.message), history, sources, canary);
  const writer = new AnswerWriter(sources, mayLinkTo, { prompt, canary, pseudonyms });
  return { messages: prompt.messages, writer, received: "" };
}

async function streamAnswer(
  model: ChatModel,
  answer: Answering,
  show: (delta: string) => void,
): Promise<Omit<Draft, "wasted">> {
  const { messages, writer } = answer;
  let usage = NO_TOKENS;
  let opening = "";
  let refusing = true;
  for await (const part of model.stream(messages, MAX_ANSWER_TOKENS)) {
    if (part.type === "usage") {
      usage = part.usage;
      continue;
    }
    answer.received += part.delta;
    if (!refusing) {
      show(writer.push(part.delta));
      continue;
    }
    // The first characters wait until it is clear that they are not the refusal.
    opening += part.delta;
    refusing = NO_ANSWER.startsWith(opening.trim()) || opening.trim().startsWith(NO_ANSWER);
    if (!refusing) show(writer.push(opening));
  }
  // Some models report no usage; the budget must not take that for free.
  if (usage.input_tokens + usage.output_tokens === 0) usage = estimateUsage(answer);
  const draft = { rung: model.rung, model: model.id, usage };
  if (refusing && opening.trim().startsWith(NO_ANSWER))
    return { ...draft, text: "", citations: [] };
  if (refusing) show(writer.push(opening));
  show(writer.end());
  if (!writer.text.trim())
    throw new ModelUnavailable("The model answered nothing", { transient: true });
  return { ...draft, text: writer.text, citations: writer.citations };
}

/** A model that said nothing was most likely never run. */
function estimateUsage({ messages, received }: Answering): TokenUsage {
  if (!received) return NO_TOKENS;
  const prompt = messages.map(({ content }) => content).join("\n");
  return { input_tokens: estimateTokens(prompt), output_tokens: estimateTokens(received) };
}
