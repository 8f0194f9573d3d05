import type { Source } from "../citations/source.ts";
import { languageName } from "../language/language.ts";
import { withIdleTimeout } from "../models/deadline.ts";
import { ModelUnavailable, type ChatModel, type TokenUsage } from "../models/ports.ts";
import { contextOf } from "../models/table.ts";
import { NO_TOKENS, usageOf } from "../models/token-usage.ts";
import { Pseudonyms } from "../privacy/pseudonyms.ts";
import { fillPlaceholders, type OwnNames } from "../releases/sentences.ts";
import { withoutInvisible } from "../text/invisible-characters.ts";
import type { Draft } from "./draft.ts";
import type { EngineInput } from "./engine-input.ts";
import { buildPrompt, NO_ANSWER } from "./prompt.ts";
import { SupportedText } from "./supported-text.ts";
import { AnswerWriter } from "./verify.ts";

/**
 * Share of a model's context that the conversation may take, in tokens as they are estimated. Real ones may be twice as many; sources, rules and
 * the answer need the rest.
 */
const CONVERSATION_SHARE = 0.2;

/** Characters of a message before the latest ones. */
const MAX_BEFORE = 160;

/** One model's try at an answer. */
export interface Attempt {
  model: ChatModel;
  messages: ReturnType<typeof buildPrompt>["messages"];
  writer: AnswerWriter;
  /** The part of the writer's text that is shown. */
  output: SupportedText;
  /** Characters that the model has sent. */
  received: string;
  /** What the model says that it used so far. */
  usage: TokenUsage;
}

/** What a model answers from. */
interface Basis {
  model: ChatModel;
  sources: Source[];
  /** The message as a model completed it. */
  meant: string | undefined;
  /** What the owner wants of the answer to this message. */
  instructions: string[];
}

/** The prompt for one model, and what checks its text as it comes. Personal data is hidden from the model where the workspace wants that. */
export function prepareAttempt(
  { questions, history, reader, release, language, visitor = {}, deps, policy }: EngineInput,
  { model, sources, meant, instructions }: Basis,
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
    rules: [...release.prompt.rules, ...instructions].map((rule) => fillPlaceholders(rule, spoken)),
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
  return { model, messages: prompt.messages, writer, output, received: "", usage: NO_TOKENS };
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

/**
 * Shows what the model writes as it comes, as far as it may be shown.
 * @throws {ModelUnavailable} where the model fails, is silent for too long or writes nothing; {@link Stopped} where the reader stops it;
 * {@link PromptLeak} where it repeats its prompt
 */
export async function streamAnswer(
  attempt: Attempt,
  { tokens }: { tokens: number },
  { show, limit, stop }: Showing,
): Promise<Omit<Draft, "wasted">> {
  const { model, messages, writer, output } = attempt;
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
    usage: usageOf(attempt),
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
export function endedEarly(attempt: Attempt): Omit<Draft, "wasted"> {
  return {
    text: attempt.output.text,
    citations: attempt.writer.citations,
    shown: attempt.output.text !== "",
    isPartial: false,
    rung: attempt.model.rung,
    model: attempt.model.id,
    usage: usageOf(attempt),
  };
}
