import { newRun, toolScript, type OpenTool, type Run, type Script } from "../actions/run.ts";
import { datesIn, foldedWords, readPhrases, type Told } from "../actions/read-value.ts";
import { validatorOf, type AskedField, type Value } from "../playbook/fields.ts";
import { matchProbability, type AskedText } from "../playbook/match.ts";
import { NO_PLAYBOOK, type PlaybookItem } from "../playbook/playbook.ts";
import type { RefusedCall } from "./actions.ts";
import { isOpen, questionsOf } from "./apply-playbook.ts";
import type { EngineInput } from "./engine-input.ts";
import type { Finding } from "../retrieval/candidates.ts";
import { functionName, type Planned } from "./plan-calls.ts";
import type { Understood } from "./understand.ts";

export type Startable = PlaybookItem<"tool" | "procedure">;

/** What a message starts, with what it says already. */
export interface Start {
  item: Startable;
  values: Record<string, Value>;
  probability: number;
}

/**
 * Tools and procedures that this visitor may begin now. A tool that a procedure calls is begun by itself only if it has topics of its own: what
 * the procedure asks and checks before would else be left out.
 */
export function startables({ playbook = NO_PLAYBOOK, reader }: EngineInput): Startable[] {
  const called = new Set(
    playbook.procedures.flatMap(({ content }) => content.steps.flatMap(({ tool }) => tool ?? [])),
  );
  const tools = playbook.tools.filter(
    ({ id, content }) => !called.has(id) || content.when.topics.length > 0,
  );
  return [...playbook.procedures, ...tools].filter((item) => isOpen(item, reader));
}

export function openTools(input: EngineInput): Map<string, OpenTool> {
  const { playbook = NO_PLAYBOOK, reader } = input;
  const open = playbook.tools.filter((item) => isOpen(item, reader));
  return new Map(open.map(({ id, hash, content }) => [id, { name: id, version: hash, content }]));
}

export function scriptOf({ kind, id, content }: Startable): Script {
  return kind === "tool" && "input" in content ? toolScript(content, id) : (content as Script);
}

export function runOf({ item, values }: Start, at: number): Run {
  return { ...newRun(item.kind, item.id, at), values };
}

/**
 * The tool or procedure whose topics a message means. One that says a value in the item's own phrase, such as "order 12345", needs to be less near.
 */
export function startedByTopics(
  input: EngineInput,
  understood: Understood,
  findings: Finding[],
  told: Told,
): Start | undefined {
  const { answers, topics } = input.release.playbook;
  const asked = inOwnWords(input, understood, questionsOf(input, understood, findings).flat());
  const starts = startables(input).flatMap((item): Start[] => {
    if (item.wordings.like.length === 0) return [];
    const values = valuesIn(scriptOf(item), told);
    const isPhrased = Object.keys(values).length > 0;
    const rule = isPhrased ? topics : answers;
    const probability = Math.max(
      ...asked.map((one) =>
        matchProbability(isPhrased ? withoutValues(one, values) : one, item.wordings, rule),
      ),
    );
    return probability >= rule.thresholds.sure ? [{ item, values, probability }] : [];
  });
  return starts.toSorted((left, right) => right.probability - left.probability)[0];
}

/**
 * The message in the visitor's words alone: what a follow-up means is told by the answers before it, which may quote a document or a tool.
 */
function inOwnWords(
  { questions }: EngineInput,
  understood: Understood,
  asked: AskedText[],
): AskedText[] {
  if (!questions.context) return asked;
  const alone = understood.questions[0]?.variants?.find(({ kind }) => kind === "alone");
  const pieces = alone?.query.subQueries ?? [];
  return asked.slice(0, 1).map((one) => ({ ...one, text: questions.message, pieces }));
}

/** "Where is my order 12345" has the very words of "Where is my order?". What documents say of it does not count: it is about one order. */
function withoutValues(asked: AskedText, values: Record<string, Value>): AskedText {
  const text = Object.values(values).reduce<string>(
    (rest, value) => rest.replaceAll(String(value), " "),
    asked.text,
  );
  return { ...asked, text, nearestPassage: null };
}

/** The values that a message gives in phrases. */
export function valuesIn({ ask }: Script, told: Told): Record<string, Value> {
  return Object.fromEntries(
    Object.entries(ask).flatMap(([name, field]) => {
      const value = field.from === undefined ? readPhrases(field, told) : undefined;
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

/**
 * What a language model has chosen, as far as it exists, with the arguments that the visitor has said. Any other argument is left out, and the
 * visitor is asked for it.
 */
export function startedByModel(
  input: EngineInput,
  { calls }: Planned,
): { starts: Start[]; refused: RefusedCall[] } {
  const items = new Map(startables(input).map((item) => [functionName(item.kind, item.id), item]));
  const said = [
    ...input.history.messages.flatMap(({ role, text }) => (role === "visitor" ? [text] : [])),
    input.questions.message,
  ].join("\n");
  const starts: Start[] = [];
  const refused: RefusedCall[] = [];
  for (const call of calls.slice(0, MAX_PLANNED)) {
    const tool = call.name.slice(0, MAX_NAME);
    const item = items.get(call.name);
    if (!item) {
      refused.push({ tool, reason: "There is no such tool." });
      continue;
    }
    const { ask } = scriptOf(item);
    const given = call.arguments ?? {};
    if (typeof given !== "object" || Array.isArray(given)) {
      refused.push({ tool, reason: "Its arguments are no object." });
      continue;
    }
    const values: Record<string, Value> = {};
    for (const [name, value] of Object.entries(given).slice(0, MAX_ARGUMENTS)) {
      const field = Object.hasOwn(ask, name) ? ask[name] : undefined;
      const why = field
        ? whyNot(field, value, { said, language: input.language })
        : "it takes none of this name";
      if (why === undefined) values[name] = value as Value;
      else refused.push({ tool, reason: `${name.slice(0, MAX_NAME)}: ${why}.` });
    }
    starts.push({ item, values, probability: 1 });
  }
  return { starts, refused: refused.slice(0, MAX_REFUSED) };
}

const MAX_PLANNED = 5;
/** More of one turn are not recorded. */
const MAX_REFUSED = 10;
const MAX_ARGUMENTS = 20;
const MAX_NAME = 60;

/** Why an argument is not taken from a model. */
function whyNot(
  field: AskedField,
  value: unknown,
  { said, language }: { said: string; language: EngineInput["language"] },
): string | undefined {
  if (field.from !== undefined) return "it is taken from the visitor's token";
  if (!validatorOf(field).safeParse(value).success) return "it does not fit the schema";
  // Of few values that the owner foresaw, the model may tell which one the visitor means.
  if (field.type === "boolean" || field.enum) return undefined;
  const isSaid =
    field.format === "date"
      ? datesIn(said, language).includes(String(value))
      : isIn(foldedWords(said), foldedWords(String(value)));
  return isSaid ? undefined : "the visitor has not said it";
}

/** Words of a value that may be written together: "AB 1234" for AB1234. */
const MAX_JOINED = 4;

function isIn(said: string[], value: string[]): boolean {
  const joined = value.join("");
  if (joined === "") return false;
  if (` ${said.join(" ")} `.includes(` ${value.join(" ")} `)) return true;
  return said.some((_, at) =>
    Array.from({ length: MAX_JOINED }, (_length, more) =>
      said.slice(at, at + more + 1).join(""),
    ).includes(joined),
  );
}
