import { leftAside } from "../actions/run.ts";
import type { Source } from "../citations/source.ts";
import { MAX_CALLS_PER_TURN } from "../playbook/procedure.ts";
import type { Finding } from "../retrieval/candidates.ts";
import type { Acted, ActionPort } from "./actions.ts";
import { advance, textFilter, type Advanced } from "./advance.ts";
import type { Answer, Emit } from "./answer.ts";
import { appliedOf, type Applied } from "./apply-playbook.ts";
import type { Draft } from "./draft.ts";
import type { EngineInput } from "./engine-input.ts";
import { generate } from "./generate.ts";
import type { Occasion } from "./occasion.ts";
import { ownAnswer, sentenceOf } from "./run-reply.ts";
import { selectSources, toReference } from "./sources.ts";
import { openTools, runOf, scriptOf, type Start } from "./start-run.ts";
import { listed, toolSource, toolText } from "./tool-source.ts";

/** A look-up that a language model has chosen, with what came of it. */
interface Looked extends Advanced {
  start: Start;
}

/**
 * Looks up what a language model has chosen, and has it answer from the results beside the documents. Where it fails, or says what none of them
 * says, the results are told as the owner wrote it. What could not be looked up is said in any case.
 */
export async function answerFromTools(
  input: EngineInput,
  port: ActionPort,
  { occasion, starts }: { occasion: Occasion; starts: Start[] },
  emit: Emit,
): Promise<Answer> {
  const { findings, standalone, played } = occasion;
  emit({ type: "decided", action: "answer" });
  const looked = await lookUp(input, port, starts.slice(0, MAX_CALLS_PER_TURN), emit);
  const found = looked.filter(({ called }) => called[0]?.result.status === "ok");
  const own = found.map((one, at) => sourceOf(input, one, at + 1));
  const answered = findings.filter(({ decision }) => decision.action === "answer");
  const documents = selectSources(answered, "answer").map((one) => ({
    ...one,
    n: one.n + own.length,
  }));
  const told = {
    standalone,
    applied: [...played.applied, ...looked.map(({ start }) => appliedFor(start))],
    acted: actedBy(port, starts),
    notes: looked
      .filter((one) => !found.includes(one))
      .map(({ start }) => failureOf(input, start))
      .join("\n\n"),
  };
  const sources = [...own, ...documents];
  if (sources.length === 0) return tell(input, { ...told, texts: [], own }, emit);
  emit({ type: "sources", sources: sources.map(toReference) });
  const draft = await write(input, { answered, sources, hasResults: own.length > 0, played }, emit);
  if (draft.stopped || draft.citations.length > 0)
    return supported(input, { ...told, draft, sources }, emit);
  if (draft.shown) emit({ type: "restart" });
  const texts = found.map((one, at) => `${resultText(one, own[at])} [${at + 1}]`);
  const spent = draft.model === null ? [] : [{ model: draft.model, usage: draft.usage }];
  const answer = tell(input, { ...told, texts, own }, emit);
  return { ...answer, wasted: [...draft.wasted, ...spent] };
}

async function lookUp(
  input: EngineInput,
  port: ActionPort,
  starts: Start[],
  emit: Emit,
): Promise<Looked[]> {
  const tools = openTools(input);
  const looked: Looked[] = [];
  for (const start of starts) {
    const run = runOf(start, input.reader.now);
    const script = scriptOf(start.item);
    const advanced = await advance(input, port, { script, run, tools }, undefined, emit);
    looked.push({ ...advanced, start });
  }
  return looked;
}

/** Calls beyond what one turn makes are recorded as refused. */
function actedBy(port: ActionPort, starts: Start[]): Acted {
  const reason = `A turn makes at most ${MAX_CALLS_PER_TURN} calls.`;
  const refused = starts.slice(MAX_CALLS_PER_TURN).map(({ item }) => ({ tool: item.id, reason }));
  return {
    run: port.run ? leftAside(port.run) : null,
    takenFrom: undefined,
    refused,
    handover: undefined,
  };
}

function sourceOf(input: EngineInput, { called, start }: Looked, n: number): Source {
  const { language } = input;
  const clean = textFilter(input);
  const [one] = called;
  if (!one) throw new Error("A look-up without a call has no source");
  return toolSource(n, one.tool, toolText(one.tool, one.result, start.values, { language, clean }));
}

function appliedFor({ item, probability }: Start): Applied {
  const { kind, id } = item;
  return appliedOf(item, { kind, id, probability });
}

function failureOf(input: EngineInput, { item }: Start): string {
  return sentenceOf(input, "failed", { title: item.content.title });
}

function write(
  input: EngineInput,
  {
    answered,
    sources,
    hasResults,
    played,
  }: { answered: Finding[]; sources: Source[]; hasResults: boolean; played: Occasion["played"] },
  emit: Emit,
): Promise<Draft> {
  const material = {
    findings: answered,
    sources,
    cached: undefined,
    // Beside a result, what the documents alone say is no answer to what was looked up.
    isLikely: !hasResults,
    isSure: true,
    meant: undefined,
    instructions: played.instructions,
  };
  return generate(input, material, emit);
}

interface Told {
  standalone: string;
  applied: Applied[];
  acted: Acted;
  /** What could not be looked up. */
  notes: string;
}

/** The answer that a model, or the documents, gave with support. */
function supported(
  input: EngineInput,
  { draft, sources, notes, ...told }: Told & { draft: Draft; sources: Source[] },
  emit: Emit,
): Answer {
  const { rung, model, usage, wasted } = draft;
  const own = notes && !draft.stopped ? `\n\n${notes}` : "";
  if (own) emit({ type: "text", delta: own });
  return {
    ...ownAnswer(input, { ...told, text: draft.text.trim() + own, outcome: "answered" }),
    own,
    rung,
    model,
    usage,
    wasted,
    confidence: input.release.decision.sure,
    citations: draft.citations.toSorted((a, b) => a.n - b.n),
    sources,
    ...(draft.isCut && { isCut: draft.isCut }),
    ...(draft.stopped && { stopped: draft.stopped }),
  };
}

/** The results as the owner tells them, and what could not be looked up. */
function tell(
  input: EngineInput,
  { texts, own, notes, ...told }: Told & { texts: string[]; own: Source[] },
  emit: Emit,
): Answer {
  const text = [...texts, ...(notes ? [notes] : [])].join("\n\n");
  emit({ type: "text", delta: text });
  const outcome = texts.length > 0 ? "answered" : "abstained";
  return ownAnswer(input, { ...told, text, outcome, sources: own });
}

/** What the owner says of a result, or its lines as a list under its title. */
function resultText({ texts }: Looked, source: Source | undefined): string {
  return texts.length > 0 || !source ? texts.join("\n\n") : listed(source);
}
