import type { Run } from "../actions/run.ts";
import { withTimeout } from "../models/deadline.ts";
import type {
  ChatMessage,
  ChatModel,
  FunctionCall,
  ModelFunction,
  TokenUsage,
} from "../models/ports.ts";
import { NO_TOKENS } from "../models/token-usage.ts";
import type { AskedField } from "../playbook/fields.ts";
import type { PlaybookItem } from "../playbook/playbook.ts";
import { Pseudonyms } from "../privacy/pseudonyms.ts";
import { estimateTokens } from "../text/tokens.ts";
import { withoutInvisible } from "../text/invisible-characters.ts";
import type { HistoryMessage } from "./history.ts";

/** Messages of the visitor that the model reads. */
const MAX_MESSAGES = 5;
const MAX_CHARACTERS = 1500;
const MAX_TOKENS = 300;
/** Functions that one call of a model offers: with more of them small models choose worse. */
const MAX_FUNCTIONS = 20;
/** Chosen, not measured: the answer waits for it. */
const PLAN_MS = 6000;

const RULES = [
  "You choose which functions are called for a visitor of a company's support chat.",
  "Call a function only if the visitor asks for what it does. If none fits, call none.",
  "Take every argument from the visitor's words, as written. Leave out what the visitor has not said. Never invent a value.",
].join("\n");

/** A tool or procedure that the model has chosen. */
export interface Planned {
  calls: FunctionCall[];
  /** What the model read and wrote; null where none was asked. */
  used: { model: string; usage: TokenUsage } | null;
}

export const NO_PLAN: Planned = { calls: [], used: null };

/**
 * Has a language model choose tools and procedures. It reads the visitor's words and the owner's descriptions, and nothing else: no document, no
 * result of a tool and no earlier answer, which may quote either. So none of them can choose a call or an argument, whatever they say.
 * It never rejects.
 */
export async function planCalls(
  model: ChatModel | undefined,
  { message, messages }: { message: string; messages: HistoryMessage[] },
  items: PlaybookItem<"tool" | "procedure">[],
  { hidesPersonalData, left }: { hidesPersonalData: boolean; left: number },
): Promise<Planned> {
  if (!model?.choose || items.length === 0) return NO_PLAN;
  const earlier = messages.filter(({ role }) => role === "visitor").slice(-MAX_MESSAGES + 1);
  const texts = [...earlier.map(({ text }) => text), message].map((text) =>
    withoutInvisible(text).slice(0, MAX_CHARACTERS),
  );
  const pseudonyms = hidesPersonalData ? new Pseudonyms(texts) : undefined;
  const prompt: ChatMessage[] = [
    { role: "system", content: RULES },
    { role: "user", content: texts.map((text) => pseudonyms?.hide(text) ?? text).join("\n\n") },
  ];
  const functions = items.slice(0, MAX_FUNCTIONS).map(toFunction);
  const read = estimateTokens(JSON.stringify([prompt, functions]));
  const used = (usage: TokenUsage | undefined): Planned["used"] => ({
    model: model.id,
    usage: usage ?? { ...NO_TOKENS, inputTokens: read },
  });
  try {
    const choosing = model.choose(prompt, functions, MAX_TOKENS);
    const { calls, usage } = await withTimeout(choosing, Math.min(PLAN_MS, left), model.id);
    return { calls: calls.map((call) => restored(call, pseudonyms)), used: used(usage) };
  } catch (error) {
    console.warn("plan: without a model", { model: model.id, error: String(error) });
    return { calls: [], used: used(undefined) };
  }
}

function restored(call: FunctionCall, pseudonyms: Pseudonyms | undefined): FunctionCall {
  const given = call.arguments;
  if (!pseudonyms || typeof given !== "object" || given === null) return call;
  const entries = Object.entries(given).map(([name, value]: [string, unknown]) => [
    name,
    typeof value === "string" ? pseudonyms.restore(value) : value,
  ]);
  return { ...call, arguments: Object.fromEntries(entries) };
}

function toFunction({ kind, id, content }: PlaybookItem<"tool" | "procedure">): ModelFunction {
  const fields = "input" in content ? content.input.properties : content.ask;
  const asked = Object.entries(fields).filter(([, { from }]) => from === undefined);
  return {
    name: functionName(kind, id),
    description: content.description ?? content.title,
    parameters: {
      type: "object",
      properties: Object.fromEntries(asked.map(([name, field]) => [name, schemaOf(field)])),
      required: [],
    },
  };
}

/** A tool and a procedure may have the same name. */
export function functionName(kind: Run["kind"], id: string): string {
  return kind === "tool" ? id : `start_${id}`;
}

/** What a model is told of a field: JSON Schema without our own keywords. */
function schemaOf({
  question: _question,
  phrases: _phrases,
  from: _from,
  ...schema
}: AskedField): object {
  return schema;
}
