import { Problem } from "../http/problem.ts";
import { validatorOf, type Localized, type Scalar } from "./fields.ts";
import {
  followers,
  MAX_CALLS_PER_TURN,
  type Condition,
  type Procedure,
  type Step,
  type ValueSource,
} from "./procedure.ts";
import { mayDecide, referencesIn, resolve, type Terms } from "./references.ts";
import type { Tool } from "./tool.ts";

interface Issue {
  path: string;
  message: string;
}

/**
 * Refuses a procedure that its tools cannot run: one that calls an unknown tool, passes or reads what is not declared or not known by then, lets
 * free text of a tool choose its way, or calls too much between two replies.
 * @throws Problem `validation_failed`
 */
export function requireRunnable(procedure: Procedure, tools: ReadonlyMap<string, Tool>): void {
  const issues = issuesOf(procedure, tools);
  const [first] = issues;
  if (first)
    throw new Problem("validation_failed", `${first.path}: ${first.message}`, { errors: issues });
}

/** Why a procedure cannot run with these tools; empty where it can. */
export function issuesOf({ steps, ask }: Procedure, tools: ReadonlyMap<string, Tool>): Issue[] {
  const terms = { ask, steps, tools };
  const known = knownBefore(steps);
  const calls = callsBefore(steps, tools);
  return steps.flatMap((step, at) => {
    const messages = [
      ...callIssues(step, terms, known[at] ?? new Set()),
      ...(step.if ? conditionIssues(step.if, terms) : []),
      ...textIssues(step.say, terms),
      ...((calls[at] ?? 0) > MAX_CALLS_PER_TURN
        ? [
            `tool: would be call ${calls[at]} of one turn, which makes at most ${MAX_CALLS_PER_TURN}`,
          ]
        : []),
    ];
    return messages.map((text) => {
      const [field = "", ...message] = text.split(": ");
      return { path: `steps.${at}.${field}`, message: message.join(": ") };
    });
  });
}

/** The steps that have returned something on each way to a step. */
function knownBefore(steps: Step[]): Set<string>[] {
  const known: (Set<string> | undefined)[] = steps.map((_, at) =>
    at === 0 ? new Set() : undefined,
  );
  steps.forEach((step, at) => {
    const here = known[at];
    if (!here) return;
    for (const to of new Set(followers(steps, at))) {
      const isFailure = step.failed !== undefined && steps[to]?.name === step.failed;
      const there = step.tool === undefined || isFailure ? here : new Set([...here, step.name]);
      known[to] = known[to]?.intersection(there) ?? there;
    }
  });
  return known.map((one) => one ?? new Set());
}

/** The most calls that a turn has made with a step. A change begins a turn: the visitor has to agree to it. */
function callsBefore(steps: Step[], tools: ReadonlyMap<string, Tool>): number[] {
  const before = steps.map(() => 0);
  const counts = steps.map(() => 0);
  steps.forEach((step, at) => {
    const isChange = tools.get(step.tool ?? "")?.effect === "change";
    const count =
      step.tool === undefined ? (before[at] ?? 0) : isChange ? 1 : (before[at] ?? 0) + 1;
    counts[at] = step.tool === undefined ? 0 : count;
    for (const to of followers(steps, at)) before[to] = Math.max(before[to] ?? 0, count);
  });
  return counts;
}

function callIssues(step: Step, terms: Terms, known: Set<string>): string[] {
  if (step.tool === undefined) return [];
  const tool = terms.tools.get(step.tool);
  if (!tool) return [`tool: there is no tool ${step.tool}`];
  const sources = argumentsOf(step, tool, terms.ask);
  const unknown = Object.keys(step.with ?? {}).filter(
    (name) => !Object.hasOwn(tool.input.properties, name),
  );
  const missing = tool.input.required.filter((name) => !Object.hasOwn(sources, name));
  return [
    ...unknown.map((name) => `with: passes ${name}, which ${step.tool} does not take`),
    ...missing.map((name) => `with: lacks ${name}, which ${step.tool} needs`),
    ...Object.entries(sources).flatMap(([name, source]) => {
      const field = tool.input.properties[name];
      const isNeeded = tool.input.required.includes(name);
      const why = field ? sourceIssue(source, { field, isNeeded, known }, terms) : undefined;
      return why === undefined ? [] : [`with: ${name}: ${why}`];
    }),
  ];
}

/**
 * Where the arguments of a step come from. What is asked for under the same name need not be written; what the tool takes from the visitor's token
 * is not taken from what the visitor types.
 */
export function argumentsOf(
  step: Step,
  tool: Tool,
  ask: Terms["ask"],
): Record<string, ValueSource> {
  const same = Object.keys(tool.input.properties).filter((name) => Object.hasOwn(ask, name));
  const claimed = Object.entries(tool.input.properties).flatMap(([name, { from }]) =>
    from === undefined ? [] : [[name, from] as const],
  );
  return {
    ...Object.fromEntries(same.map((name) => [name, name])),
    ...Object.fromEntries(claimed),
    ...step.with,
  };
}

function sourceIssue(
  source: ValueSource,
  { field, isNeeded, known }: { field: Scalar; isNeeded: boolean; known: Set<string> },
  terms: Terms,
): string | undefined {
  if (typeof source !== "string")
    return validatorOf(field).safeParse(source.value).success
      ? undefined
      : "is no value that it takes";
  const referred = resolve(source, terms);
  if (typeof referred === "string") return referred;
  if (referred.from === "visitor") return undefined;
  if (referred.from === "step") {
    if (!known.has(referred.step)) return `${source} is not known on each way to this step`;
    if (isNeeded && !referred.isRequired)
      return `${source} may be missing: list it in required of the tool's output`;
  }
  return goes(referred.field, field)
    ? undefined
    : `${source} is of type ${referred.field.type}, not ${field.type}`;
}

function goes(from: Scalar, to: Scalar): boolean {
  return from.type === to.type || (from.type === "integer" && to.type === "number");
}

function conditionIssues(condition: Condition, terms: Terms): string[] {
  const { field: reference } = condition;
  const referred = resolve(reference, terms);
  if (typeof referred === "string") return [`if: ${referred}`];
  if (referred.from === "visitor") return [];
  const { field } = referred;
  if (!mayDecide(referred) && condition.is_set === undefined)
    return [
      `if: ${reference} is free text of a tool, which chooses no way: declare its values with enum, or return a number, a boolean or a date`,
    ];
  const isNumber = field.type === "integer" || field.type === "number";
  const { at_least, at_most, within_days, is, in: several = [] } = condition;
  if ((at_least !== undefined || at_most !== undefined) && !isNumber)
    return [`if: ${reference} is no number`];
  if (within_days !== undefined && field.format !== "date") return [`if: ${reference} is no date`];
  const compared = [...(is === undefined ? [] : [is]), ...several];
  const never = compared.find((value) => !validatorOf(field).safeParse(value).success);
  return never === undefined ? [] : [`if: ${reference} never is ${JSON.stringify(never)}`];
}

function textIssues(text: Localized | undefined, terms: Terms): string[] {
  if (text === undefined) return [];
  const texts = typeof text === "string" ? [text] : Object.values(text);
  return texts.flatMap(referencesIn).flatMap((reference) => {
    const referred = resolve(reference, terms);
    return typeof referred === "string" ? [`say: ${referred}`] : [];
  });
}
