import type { ToolOutcome } from "../actions/call-tool.ts";
import {
  asText,
  follow,
  sameValues,
  type Next,
  type OpenTool,
  type Proposal,
  type Run,
  type Script,
  type StepResult,
} from "../actions/run.ts";
import { OutputFilter, linkPolicy } from "../guards/output-filter.ts";
import type { AskedField, Value } from "../playbook/fields.ts";
import { MAX_CALLS_PER_TURN } from "../playbook/procedure.ts";
import type { Emit } from "./answer.ts";
import type { ActionPort } from "./actions.ts";
import type { EngineInput } from "./engine-input.ts";

/** Where a run has come to in this turn. */
export interface Advanced {
  run: Run;
  /** What the owner's steps say. */
  texts: string[];
  /** What was called in this turn, by step. */
  called: { tool: OpenTool; result: StepResult }[];
  at:
    | { kind: "ask"; name: string; field: AskedField }
    | { kind: "propose"; tool: OpenTool; proposal: Proposal }
    | { kind: "end"; end: "answered" | "handed_over"; lastFailed: StepResult | undefined }
    | { kind: "stuck"; why: string };
}

/**
 * Follows a run as far as it goes without the visitor: over steps that say, branch and look something up. A change stops it, until the visitor
 * has agreed to exactly this call.
 * @param agreed the proposal that the visitor has agreed to with this message
 */
export async function advance(
  input: EngineInput,
  port: ActionPort,
  {
    script,
    run: before,
    tools,
  }: { script: Script; run: Run; tools: ReadonlyMap<string, OpenTool> },
  agreed: Proposal | undefined,
  emit: Emit,
): Promise<Advanced> {
  const { reader, language, deps } = input;
  const clean = textFilter(input);
  const around = { tools, visitor: port.visitor, now: reader.now, language, clean };
  const run: Run = {
    ...structuredClone(before),
    proposal: null,
    asked: null,
    aside: 0,
    at: reader.now,
  };
  const texts: string[] = [];
  const called: Advanced["called"] = [];
  for (;;) {
    const { said, next } = follow(script, run, around);
    texts.push(...said.map(({ text }) => text));
    run.said.push(...said.map(({ step }) => step));
    if (next.do === "ask") {
      run.asked = next.name;
      return { run, texts, called, at: { kind: "ask", name: next.name, field: next.field } };
    }
    if (next.do === "end")
      return {
        run,
        texts,
        called,
        at: { kind: "end", end: next.end, lastFailed: next.lastFailed },
      };
    if (next.do === "stuck") return { run, texts, called, at: { kind: "stuck", why: next.why } };
    const { tool } = next;
    const isAgreed = agreed !== undefined && isSame(agreed, next);
    if (tool.content.effect === "change" && !isAgreed) {
      // A turn that was lost after its call leaves its proposal: under its id the call is not made again.
      const { proposal: left } = before;
      const callId = left && isSame(left, next) ? left.callId : deps.newId("call");
      const proposal = propose(callId, next);
      run.proposal = proposal;
      return { run, texts, called, at: { kind: "propose", tool, proposal } };
    }
    if (called.length === MAX_CALLS_PER_TURN)
      return { run, texts, called, at: { kind: "stuck", why: "it makes too many calls" } };
    emit({ type: "progress", tool: tool.name, title: tool.content.title });
    const callId = isAgreed ? agreed.callId : deps.newId("call");
    const outcome = await port.call({ callId, tool, arguments: next.arguments });
    const result = toResult(tool, { callId, arguments: next.arguments }, outcome);
    called.push({ tool, result });
    run.results[next.step.name] = result;
  }
}

type Call = Extract<Next, { do: "call" }>;

function propose(callId: string, { step, tool, arguments: values }: Call): Proposal {
  return { callId, step: step.name, tool: tool.name, version: tool.version, arguments: values };
}

/** Whether the visitor has agreed to this call: the same tool, unchanged, with the same values. */
function isSame(agreed: Proposal, { step, tool, arguments: values }: Call): boolean {
  return (
    agreed.step === step.name &&
    agreed.tool === tool.name &&
    agreed.version === tool.version &&
    sameValues(agreed.arguments, values)
  );
}

function toResult(
  { name, version, content }: OpenTool,
  { callId, arguments: values }: { callId: string; arguments: Record<string, Value> },
  outcome: ToolOutcome,
): StepResult {
  return {
    tool: name,
    version,
    effect: content.effect,
    status: outcome.status,
    arguments: values,
    fields: outcome.status === "ok" ? outcome.fields : {},
    callId,
  };
}

/** What a tool or visitor wrote is data: it brings no links, markup or credentials into an answer. */
export function textFilter({ deps }: Pick<EngineInput, "deps">): (text: string) => string {
  const mayLinkTo = linkPolicy(deps.linkHosts, []);
  return (text) => {
    const filter = new OutputFilter(mayLinkTo);
    return filter.push(text) + filter.end();
  };
}

/** The values of a proposal, as the visitor is shown them. */
export function shownValues(
  { content }: OpenTool,
  values: Record<string, Value>,
  input: Pick<EngineInput, "language" | "deps">,
): string {
  const clean = textFilter(input);
  const { required } = content.input;
  // As the owner lists them; what is optional comes last.
  const place = (name: string): number => required.indexOf(name) + 1 || required.length + 1;
  return Object.entries(values)
    .toSorted(([left], [right]) => place(left) - place(right))
    .map(([name, value]) => {
      const title = content.input.properties[name]?.title ?? name.replaceAll("_", " ");
      return `- ${title}: ${asText(value, input.language, clean, Infinity)}`;
    })
    .join("\n");
}
