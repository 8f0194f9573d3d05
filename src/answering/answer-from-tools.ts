import { NO_TOKENS } from "../models/token-usage.ts";
import { MAX_CALLS_PER_TURN } from "../playbook/procedure.ts";
import type { Occasion } from "./occasion.ts";
import type { ActionPort, RefusedCall } from "./actions.ts";
import { advance, textFilter, type Advanced } from "./advance.ts";
import type { Answer, Emit } from "./answer.ts";
import { appliedOf } from "./apply-playbook.ts";
import type { EngineInput } from "./engine-input.ts";
import { generate } from "./generate.ts";
import { ownAnswer, sentenceOf } from "./run-reply.ts";
import { selectSources, toReference } from "./sources.ts";
import { openTools, runOf, scriptOf, type Start } from "./start-run.ts";
import { toolSource, toolText } from "./tool-source.ts";

/**
 * Looks up what a language model has chosen, and has it answer from the results beside the documents. Where it fails, or says what none of them
 * says, the results are told as the owner wrote it.
 */
export async function answerFromTools(
  input: EngineInput,
  port: ActionPort,
  { occasion, starts }: { occasion: Occasion; starts: Start[] },
  emit: Emit,
): Promise<Answer> {
  const { findings, standalone, played } = occasion;
  emit({ type: "decided", action: "answer" });
  const tools = openTools(input);
  const looked: (Advanced & { start: Start })[] = [];
  const left: RefusedCall[] = [];
  for (const start of starts) {
    if (looked.length === MAX_CALLS_PER_TURN) {
      left.push({
        tool: start.item.id,
        reason: `A turn makes at most ${MAX_CALLS_PER_TURN} calls.`,
      });
      continue;
    }
    const run = runOf(start, input.reader.now);
    const script = scriptOf(start.item);
    looked.push({
      ...(await advance(input, port, { script, run, tools }, undefined, emit)),
      start,
    });
  }
  const clean = textFilter(input);
  const { language } = input;
  const results = looked.flatMap(({ called, start, texts }) =>
    called.map((one) => ({ ...one, start, texts })),
  );
  const found = results.filter(({ result }) => result.status === "ok");
  const own = found.map(({ tool, result, start }, at) =>
    toolSource(at + 1, tool, toolText(tool, result, start.values, { language, clean })),
  );
  const answered = findings.filter(({ decision }) => decision.action === "answer");
  const documents = selectSources(answered, "answer").map((one) => ({
    ...one,
    n: one.n + own.length,
  }));
  const sources = [...own, ...documents];
  const failures = results
    .filter(({ result }) => result.status !== "ok")
    .map(({ tool }) => sentenceOf(input, "failed", { title: tool.content.title }));
  const notes = failures.join("\n\n");
  const applied = [
    ...played.applied,
    ...looked.map(({ start }) =>
      appliedOf(start.item, { ...start.item, probability: start.probability }),
    ),
  ];
  const acted = {
    run: port.run ?? null,
    takenFrom: undefined,
    refused: left,
    handover: undefined,
  };
  if (found.length === 0) {
    emit({ type: "text", delta: notes });
    return ownAnswer(input, { text: notes, outcome: "abstained", standalone, applied, acted });
  }
  emit({ type: "sources", sources: sources.map(toReference) });
  const draft = await generate(
    input,
    {
      findings: answered,
      sources,
      cached: undefined,
      // What the documents alone say is no answer to what a tool was asked for.
      isLikely: false,
      isSure: true,
      meant: undefined,
      instructions: played.instructions,
    },
    emit,
  );
  if (draft.stopped || draft.citations.length > 0) {
    const said = notes && !draft.stopped ? `\n\n${notes}` : "";
    if (said) emit({ type: "text", delta: said });
    return {
      ...ownAnswer(input, {
        text: draft.text.trim() + said,
        outcome: "answered",
        standalone,
        applied,
        acted,
      }),
      own: said,
      rung: draft.rung,
      model: draft.model,
      confidence: input.release.decision.sure,
      citations: draft.citations.toSorted((a, b) => a.n - b.n),
      sources,
      usage: draft.usage,
      wasted: draft.wasted,
      ...(draft.isCut && { isCut: draft.isCut }),
      ...(draft.stopped && { stopped: draft.stopped }),
    };
  }
  if (draft.shown) emit({ type: "restart" });
  const told = found.map(({ texts }, at) => {
    const said = texts.join("\n\n") || listed(own[at]?.passages[0]?.text ?? "");
    return `${said} [${at + 1}]`;
  });
  const text = [...told, ...failures].join("\n\n");
  emit({ type: "text", delta: text });
  const spent = draft.model === null ? [] : [{ model: draft.model, usage: draft.usage }];
  return {
    ...ownAnswer(input, { text, outcome: "answered", standalone, applied, acted, sources: own }),
    usage: NO_TOKENS,
    wasted: [...draft.wasted, ...spent],
  };
}

/** The lines of a result as a list under its title. */
function listed(text: string): string {
  const [title = "", ...lines] = text.split("\n");
  return [`${title}:`, "", ...lines.map((line) => `- ${line}`)].join("\n");
}
