import { argumentsOf } from "../playbook/check-procedure.ts";
import {
  inLanguage,
  validatorOf,
  valueAt,
  type AskedField,
  type Fields,
  type Localized,
  type Value,
} from "../playbook/fields.ts";
import type { Condition, Procedure, Step, ValueSource } from "../playbook/procedure.ts";
import { REFERENCE } from "../playbook/references.ts";
import type { Tool } from "../playbook/tool.ts";
import type { LanguageCode } from "../language/language.ts";

/**
 * What came of a call. `unknown`: it may have happened, and nobody can tell. `declined`: the visitor did not want it.
 */
export interface StepResult {
  tool: string;
  /** The hash of the tool's content when it was called. */
  version: string;
  effect: Tool["effect"];
  status: "ok" | "failed" | "unknown" | "declined";
  arguments: Record<string, Value>;
  /** What it returned, checked against its schema. */
  fields: Fields;
  callId: string;
}

/** A change that the visitor is asked to agree to. */
export interface Proposal {
  /** Names the call, for the record and for the tool (`Idempotency-Key`). */
  callId: string;
  step: string;
  tool: string;
  version: string;
  arguments: Record<string, Value>;
}

/** A procedure that a visitor is in, or a tool that needs something of them. It is stored with the conversation. */
export interface Run {
  kind: "procedure" | "tool";
  id: string;
  /** What the visitor has said, by the names in `ask`. */
  values: Record<string, Value>;
  /** By the name of the step. */
  results: Record<string, StepResult>;
  /** Steps whose text has been said. */
  said: string[];
  /** What the visitor was asked for last. */
  asked: string | null;
  /** How often in a row no value was found in the reply to a question. */
  missed: number;
  /** How many messages since the last question or proposal were about something else. */
  aside: number;
  proposal: Proposal | null;
  /** When a message last moved it, in milliseconds since the epoch. */
  at: number;
}

/** Whether the visitor has been asked something that a run waits for. */
export function isWaiting(run: Run | undefined): run is Run {
  return run !== undefined && (run.asked !== null || run.proposal !== null);
}

/** A run after a message about something else that did not come back to it: a mere "yes" agrees to nothing from then on. */
export function leftAside(run: Run): Run {
  return { ...run, aside: REMINDED + 1 };
}

/** How many messages about something else may come before a mere "yes": the visitor is reminded after the first. */
export const REMINDED = 1;

/** A procedure, or a tool as one: it asks for what the tool needs, calls it and says the result. */
export type Script = Pick<Procedure, "title" | "ask" | "steps">;

/** A tool as the turn may call it. */
export interface OpenTool {
  name: string;
  version: string;
  content: Tool;
}

/** What a run needs next. `stuck`: something that it needs is no longer there. */
export type Next =
  | { do: "ask"; name: string; field: AskedField }
  | { do: "call"; step: Step; tool: OpenTool; arguments: Record<string, Value> }
  | { do: "end"; end: "answered" | "handed_over"; lastFailed: StepResult | undefined }
  | { do: "stuck"; why: string };

export interface Surroundings {
  tools: ReadonlyMap<string, OpenTool>;
  /** Verified attributes of the visitor. */
  visitor: Record<string, Value>;
  now: number;
  language: LanguageCode | null;
  /** Takes links, markup and credentials out of what a visitor or a tool wrote. */
  clean: (text: string) => string;
}

/** A tool as a procedure. */
export function toolScript(tool: Tool, id: string): Script {
  const fields = Object.entries(tool.input.properties);
  const known = fields.filter(([, { from }]) => from !== undefined);
  // Of the list, because properties are stored in no order.
  const asked = tool.input.required.filter(
    (name) => tool.input.properties[name]?.from === undefined,
  );
  const sources = Object.fromEntries(known.map(([name, { from = "" }]) => [name, from]));
  return {
    title: tool.title,
    ask: tool.input.properties,
    steps: [
      ...asked.map((name): Step => ({ name: `ask_${name}`, ask: name })),
      { name: CALL, tool: id, with: sources },
      { name: "done", ...(tool.says !== undefined && { say: tool.says }), end: "answered" },
    ],
  };
}

/** The step of {@link toolScript} that calls. Its `says` refers to fields without naming it. */
export const CALL = "call";

export function newRun(kind: Run["kind"], id: string, at: number): Run {
  return {
    kind,
    id,
    values: {},
    results: {},
    said: [],
    asked: null,
    missed: 0,
    aside: 0,
    proposal: null,
    at,
  };
}

/**
 * Where a run stands. It is followed from its first step each time, over what is known already: what was asked, called or said is not asked,
 * called or said again. So a procedure that was changed meanwhile goes on with what still fits, and one that was left goes on anywhere.
 * @returns what is to be said first, and what comes next
 */
export function follow(
  script: Script,
  run: Run,
  surroundings: Surroundings,
): { said: { step: string; text: string }[]; next: Next } {
  const said: { step: string; text: string }[] = [];
  let at = 0;
  let lastFailed: StepResult | undefined;
  // Steps lead to later ones, so it ends.
  for (;;) {
    const step = script.steps[at];
    if (!step) return { said, next: { do: "stuck", why: "a step is missing" } };
    if (step.say !== undefined && !run.said.includes(step.name))
      said.push({ step: step.name, text: fill(step.say, script, run, surroundings) });
    if (step.end !== undefined) return { said, next: { do: "end", end: step.end, lastFailed } };
    if (step.ask !== undefined && !Object.hasOwn(run.values, step.ask)) {
      const field = script.ask[step.ask];
      return field
        ? { said, next: { do: "ask", name: step.ask, field } }
        : { said, next: { do: "stuck", why: `nothing describes ${step.ask}` } };
    }
    const result = step.tool === undefined ? undefined : run.results[step.name];
    if (step.tool !== undefined && !(result && isCurrent(result, step, script, run, surroundings)))
      return { said, next: callOf(step, script, run, surroundings) };
    const isFailed = result !== undefined && result.status !== "ok";
    if (result) lastFailed = isFailed ? result : undefined;
    // What the owner says of a failure is not true of a call that may have been carried out.
    if (isFailed && (step.failed === undefined || result.status === "unknown"))
      return { said, next: { do: "end", end: "answered", lastFailed } };
    const to = isFailed ? step.failed : nextOf(step, script, run, surroundings);
    at = to === undefined ? at + 1 : script.steps.findIndex(({ name }) => name === to);
  }
}

/** A change stays made. What was looked up with other values, or by another version of the tool, is looked up again. */
function isCurrent(
  result: StepResult,
  step: Step,
  script: Script,
  run: Run,
  surroundings: Surroundings,
): boolean {
  if (result.tool !== step.tool) return false;
  if (result.effect === "change") return true;
  const call = callOf(step, script, run, surroundings);
  // What a tool said is no longer told to somebody who may not use it.
  if (call.do !== "call") return false;
  return call.tool.version === result.version && sameValues(call.arguments, result.arguments);
}

export function sameValues(left: Record<string, Value>, right: Record<string, Value>): boolean {
  const names = new Set([...Object.keys(left), ...Object.keys(right)]);
  return [...names].every((name) => left[name] === right[name]);
}

function nextOf(step: Step, script: Script, run: Run, around: Surroundings): string | undefined {
  if (!step.if) return step.next;
  return holds(step.if, valueOf(step.if.field, script, run, around), around.now)
    ? step.next
    : step.else;
}

function callOf(step: Step, script: Script, run: Run, surroundings: Surroundings): Next {
  const tool = surroundings.tools.get(step.tool ?? "");
  if (!tool) return { do: "stuck", why: `the tool ${step.tool} is not there` };
  const { content } = tool;
  const values: Record<string, Value> = {};
  for (const [name, source] of Object.entries(argumentsOf(step, content, script.ask))) {
    const field = content.input.properties[name];
    const value = sourceValue(source, script, run, surroundings);
    if (!field || value === undefined) continue;
    const checked = validatorOf(field).safeParse(value);
    if (!checked.success)
      return { do: "stuck", why: `${name} is no value that ${step.tool} takes` };
    values[name] = checked.data as Value;
  }
  const missing = content.input.required.find((name) => !Object.hasOwn(values, name));
  if (missing !== undefined) return { do: "stuck", why: `${missing} is not known` };
  return { do: "call", step, tool, arguments: values };
}

function sourceValue(
  source: ValueSource,
  script: Script,
  run: Run,
  surroundings: Surroundings,
): Value | undefined {
  return typeof source === "string" ? valueOf(source, script, run, surroundings) : source.value;
}

/** The value that a reference names (playbook/references.ts), where it is known. */
function valueOf(
  reference: string,
  { steps }: Script,
  { values, results }: Run,
  { visitor }: Surroundings,
): Value | undefined {
  const [name = "", ...path] = reference.split(".");
  const [attribute = ""] = path;
  if (name === "visitor") return Object.hasOwn(visitor, attribute) ? visitor[attribute] : undefined;
  if (path.length > 0) {
    const isStep = steps.some((step) => step.name === name && step.tool !== undefined);
    if (isStep) return valueAt(results[name]?.fields ?? {}, path);
  } else if (Object.hasOwn(values, name)) return values[name];
  // A tool alone refers to what it returns without a step.
  return valueAt(results[CALL]?.fields ?? {}, [name, ...path]);
}

const DAY_MS = 24 * 3600_000;

function holds(condition: Condition, value: Value | undefined, now: number): boolean {
  const { is, in: several, at_least, at_most, within_days, is_set } = condition;
  if (is_set !== undefined) return (value !== undefined) === is_set;
  if (value === undefined) return false;
  if (is !== undefined) return value === is;
  if (several) return several.includes(value);
  if (at_least !== undefined) return Number(value) >= at_least;
  if (at_most !== undefined) return Number(value) <= at_most;
  const today = Math.floor(now / DAY_MS);
  return today - Math.floor(Date.parse(String(value)) / DAY_MS) <= (within_days ?? 0);
}

/** A text with its references filled. What a visitor or a tool wrote is text, and no Markdown. */
function fill(text: Localized, script: Script, run: Run, surroundings: Surroundings): string {
  return inLanguage(text, surroundings.language).replace(REFERENCE, (_place, reference: string) => {
    const value = valueOf(reference, script, run, surroundings);
    const { language, clean } = surroundings;
    return value === undefined ? "–" : asText(value, language, clean) || "–";
  });
}

const MAX_SHOWN = 300;

/** A value as a visitor reads it: one line, in which nothing is Markdown or a link. */
export function asText(
  value: Value,
  language: LanguageCode | null,
  clean: (text: string) => string,
  most = MAX_SHOWN,
): string {
  if (typeof value === "boolean") return value ? "✓" : "✗";
  if (typeof value === "number") {
    const format = { useGrouping: false, maximumFractionDigits: 6 };
    return value.toLocaleString(language ?? "en", format);
  }
  const line = clean(value).replace(/\s+/gu, " ").trim();
  const shown = line.length > most ? `${line.slice(0, most)}…` : line;
  return shown.replace(/[\\`*_[\]()<>#|~!&]/g, (mark) => `\\${mark}`);
}
