import { ModelUnavailable, type ChatModel, type TokenUsage } from "../models/ports.ts";
import type { Services } from "../services.ts";
import { extractiveAnswer } from "./extractive.ts";
import type { Finding } from "./find.ts";
import { buildPrompt, NO_ANSWER } from "./prompt.ts";
import type { Timer } from "./timer.ts";
import type { Citation, Emit, Rung, Source, Turn } from "./turn.ts";
import { CitationVerifier } from "./verify.ts";

/** Longest answer, in tokens of the model. */
const MAX_ANSWER_TOKENS = 600;

/** What a rung of the ladder wrote. `text` is empty when it found that the sources hold no answer. */
export interface Draft {
  text: string;
  citations: Citation[];
  rung: Rung;
  model: string | null;
  usage: TokenUsage;
}

/** Down the ladder: model → smaller model → extractive. The last rung always answers. */
export async function generate(
  services: Services,
  turn: Turn,
  findings: Finding[],
  sources: Source[],
  emit: Emit,
  timer: Timer,
): Promise<Draft> {
  const show = (delta: string): void => {
    if (!delta) return;
    timer.lap("first_text");
    emit({ type: "text", delta });
  };
  for (const model of services.chatModels) {
    const verifier = new CitationVerifier(sources);
    try {
      return await streamAnswer(model, turn, sources, verifier, show);
    } catch (error) {
      if (!(error instanceof ModelUnavailable)) throw error;
      console.warn("generate: a rung failed", { model: model.id, error: error.message });
      if (verifier.text) emit({ type: "restart" });
    }
  }
  const verifier = new CitationVerifier(sources);
  show(verifier.push(extractiveAnswer(findings, sources)) + verifier.end());
  const { text, citations } = verifier;
  return { text, citations, rung: "extractive", model: null, usage: NO_TOKENS };
}

export const NO_TOKENS: TokenUsage = { input_tokens: 0, output_tokens: 0 };

async function streamAnswer(
  model: ChatModel,
  turn: Turn,
  sources: Source[],
  verifier: CitationVerifier,
  show: (delta: string) => void,
): Promise<Draft> {
  let usage = NO_TOKENS;
  let opening = "";
  let refusing = true;
  const prompt = buildPrompt(turn.message, turn.history, sources);
  for await (const part of model.stream(prompt, MAX_ANSWER_TOKENS)) {
    if (part.type === "usage") {
      usage = part.usage;
      continue;
    }
    if (!refusing) {
      show(verifier.push(part.delta));
      continue;
    }
    // The first characters wait until it is clear that they are not the refusal.
    opening += part.delta;
    refusing = NO_ANSWER.startsWith(opening.trim()) || opening.trim().startsWith(NO_ANSWER);
    if (!refusing) show(verifier.push(opening));
  }
  const draft = { rung: model.rung, model: model.id, usage };
  if (refusing && opening.trim().startsWith(NO_ANSWER))
    return { ...draft, text: "", citations: [] };
  if (refusing) show(verifier.push(opening));
  show(verifier.end());
  if (!verifier.text.trim())
    throw new ModelUnavailable("The model answered nothing", { transient: true });
  return { ...draft, text: verifier.text, citations: verifier.citations };
}
