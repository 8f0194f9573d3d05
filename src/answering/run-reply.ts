import type { Run, Script, StepResult } from "../actions/run.ts";
import type { Source } from "../citations/source.ts";
import { NO_TOKENS } from "../models/token-usage.ts";
import { inLanguage, type AskedField } from "../playbook/fields.ts";
import { say, sentencesIn } from "../releases/sentences.ts";
import type { Sentences } from "../releases/release.ts";
import type { Acted } from "./actions.ts";
import type { PlaybookItem } from "../playbook/playbook.ts";
import type { Occasion } from "./occasion.ts";
import { shownValues, textFilter, type Advanced } from "./advance.ts";
import type { Answer, Choice, Emit, Outcome } from "./answer.ts";
import type { Applied } from "./apply-playbook.ts";
import { appliedOf } from "./apply-playbook.ts";
import type { EngineInput } from "./engine-input.ts";
import { toReference } from "./sources.ts";
import { listed, toolCitation, toolSource, toolText } from "./tool-source.ts";

type OwnSentence = keyof Sentences["actions"];

/** A sentence about what is done, in the language of the reply. */
export function sentenceOf(
  { release, language, deps }: EngineInput,
  name: OwnSentence,
  values: Record<string, string> = {},
): string {
  const sentences = sentencesIn(release, language);
  return say(sentences.actions[name], sentences, deps.names, values);
}

/** A reply of one sentence, by which a procedure ends or nothing happens. */
export function sayOwn(
  input: EngineInput,
  { standalone, played }: Pick<Occasion, "standalone" | "played">,
  {
    sentence,
    run,
    values = {},
  }: { sentence: OwnSentence; run: Run | null; values?: Record<string, string> },
  emit: Emit,
): Answer {
  emit({ type: "decided", action: "answer" });
  const text = sentenceOf(input, sentence, values);
  emit({ type: "text", delta: text });
  return ownAnswer(input, {
    text,
    outcome: sentence === "stuck" ? "abstained" : "small_talk",
    standalone,
    applied: played.applied,
    acted: { run, takenFrom: undefined, refused: [], handover: undefined },
  });
}

interface Said {
  text: string;
  outcome: Outcome;
  standalone: string;
  applied: Applied[];
  acted: Acted;
  sources?: Source[];
  choices?: Choice[];
}

/** An answer that the owner's words and our own sentences make up. */
export function ownAnswer({ language }: EngineInput, said: Said): Answer {
  const { sources = [], choices = [], outcome, ...rest } = said;
  return {
    ...rest,
    own: "",
    language: language ?? "en",
    outcome,
    confidence: outcome === "abstained" ? 0 : 1,
    rung: outcome === "abstained" ? "none" : "owner",
    model: null,
    reranker: null,
    citations: sources.map(toolCitation),
    sources,
    choices,
    usage: NO_TOKENS,
    wasted: [],
    personWanted: outcome === "handed_over",
  };
}

interface Telling extends Pick<Occasion, "standalone" | "played"> {
  script: Script;
  isInvalid?: boolean;
  isDeclined?: boolean;
  isResumed?: boolean;
  takenFrom?: string | undefined;
  probability?: number;
}

/** What a visitor reads of where a run has come to. */
export class RunReply {
  readonly #input: EngineInput;
  readonly #telling: Telling;

  constructor(input: EngineInput, telling: Telling) {
    this.#input = input;
    this.#telling = telling;
  }

  answer(advanced: Advanced, emit: Emit): Answer {
    const { standalone, played, isResumed, isInvalid, isDeclined, script, takenFrom } =
      this.#telling;
    const sources = this.#sources(advanced);
    const ending = this.#ending(advanced);
    const markers = sources.map(({ n }) => `[${n}]`).join("");
    const texts = this.#texts(advanced, sources);
    const said = texts.map((text, at) =>
      at === texts.length - 1 && markers !== "" ? `${text} ${markers}` : text,
    );
    const opening = [
      ...(isResumed ? [this.#say("resumed", { title: script.title })] : []),
      ...(isInvalid ? [this.#say("invalid")] : []),
      ...(isDeclined ? [this.#say("declined")] : []),
    ];
    const isCited = said.length > 0;
    const text = [...opening, ...said, ...(ending.text ? [ending.text] : [])].join("\n\n");
    const shown = isCited ? sources : [];
    if (shown.length > 0) emit({ type: "sources", sources: shown.map(toReference) });
    emit({ type: "text", delta: text });
    const isOver = advanced.at.kind === "end" || advanced.at.kind === "stuck";
    return ownAnswer(this.#input, {
      text,
      outcome: ending.outcome,
      standalone,
      applied: [...played.applied, ...this.#applied(advanced)],
      sources: shown,
      choices: ending.choices,
      acted: {
        run: isOver ? null : advanced.run,
        takenFrom,
        refused: [],
        handover: ending.outcome === "handed_over" ? handoverOf(script, advanced.run) : undefined,
      },
    });
  }

  /** What the owner's steps say; of a tool that says nothing of itself, its result. */
  #texts({ texts, at }: Advanced, sources: Source[]): string[] {
    if (texts.length > 0 || at.kind !== "end") return texts;
    return sources.map(listed);
  }

  #say(name: OwnSentence, values: Record<string, string> = {}): string {
    return sentenceOf(this.#input, name, values);
  }

  #sources({ called, run }: Advanced): Source[] {
    const { language } = this.#input;
    const clean = textFilter(this.#input);
    return called
      .filter(({ result }) => result.status === "ok")
      .map(({ tool, result }, at) =>
        toolSource(
          at + 1,
          tool,
          toolText(tool, result, argumentsIn(run, tool.content), { language, clean }),
        ),
      );
  }

  #ending(advanced: Advanced): { text: string; outcome: Outcome; choices: Choice[] } {
    const { at, called } = advanced;
    const { title } = this.#telling.script;
    const unknown = called.find(({ result }) => result.status === "unknown")?.tool;
    const warning = unknown ? [this.#say("unknown", { title: unknown.content.title })] : [];
    const ended = (text: string, outcome: Outcome) => ({
      text: [...warning, ...(text ? [text] : [])].join("\n\n"),
      outcome,
      choices: [],
    });
    switch (at.kind) {
      case "ask":
      case "propose": {
        const { text, choices } = pendingOf(this.#input, this.#telling.script, advanced.run);
        return { ...ended(text, "clarified"), choices };
      }
      case "stuck":
        console.warn("actions: a run is stuck", { why: at.why });
        return ended(this.#say("stuck", { title }), "abstained");
      case "end": {
        if (at.end === "handed_over") return ended("", "handed_over");
        const isSaid = advanced.texts.length > 0;
        if (at.lastFailed?.status === "declined" && !isSaid) return ended("", "small_talk");
        if (at.lastFailed && !isSaid)
          return ended(this.#failure(at.lastFailed, called), "abstained");
        return ended("", at.lastFailed ? "abstained" : "answered");
      }
    }
  }

  /** What is said of a failure about which the owner says nothing. */
  #failure({ tool, effect, status }: StepResult, called: Advanced["called"]): string {
    if (status === "unknown" || status === "declined") return "";
    const title = called.find((one) => one.tool.name === tool)?.tool.content.title ?? tool;
    return this.#say(effect === "change" ? "unchanged" : "failed", { title });
  }

  /** The procedure, and the tools whose results it may tell: who may not use one of them may not read the reply. */
  #applied({ run, called }: Advanced): Applied[] {
    const { tools = [], procedures = [] } = this.#input.playbook ?? {};
    const { probability = 1 } = this.#telling;
    const own = { kind: run.kind, id: run.id };
    const beside = [...Object.values(run.results), ...called.map(({ result }) => result)].map(
      ({ tool: id }) => ({ kind: "tool" as const, id }),
    );
    const all = new Map([own, ...beside].map((one) => [`${one.kind} ${one.id}`, one]));
    return Array.from(all.values(), ({ kind, id }) => {
      const items: PlaybookItem[] = kind === "tool" ? tools : procedures;
      return appliedOf(
        items.find((one) => one.id === id),
        { kind, id, probability },
      );
    });
  }
}

/** The question or the proposal that a run waits with. */
export function pendingOf(
  input: EngineInput,
  script: Script,
  run: Run,
): { text: string; choices: Choice[] } {
  const { proposal, asked } = run;
  if (proposal) {
    const tool = input.playbook?.tools.find(({ id }) => id === proposal.tool);
    const title = tool?.content.title ?? proposal.tool;
    const open = tool && { name: tool.id, version: tool.hash, content: tool.content };
    const values = open ? shownValues(open, proposal.arguments, input) : "";
    return {
      text: sentenceOf(input, "propose", { title, values }),
      choices: [
        {
          label: sentenceOf(input, "yes"),
          message: sentenceOf(input, "yes"),
          confirm: proposal.callId,
        },
        { label: sentenceOf(input, "no"), message: sentenceOf(input, "no") },
      ],
    };
  }
  const field = asked === null ? undefined : script.ask[asked];
  if (asked === null || !field) return { text: "", choices: [] };
  const choices = optionsOf(input, field);
  // Clients without buttons read what can be chosen.
  const listed = field.type === "boolean" ? [] : choices.map(({ label }) => `- ${label}`);
  const text = [questionOf(input, asked, field), ...(listed.length > 0 ? [listed.join("\n")] : [])];
  return { text: text.join("\n\n"), choices };
}

function questionOf(input: EngineInput, name: string, field: AskedField): string {
  if (field.question !== undefined) return inLanguage(field.question, input.language);
  return sentenceOf(input, "ask", { name: field.title ?? name.replaceAll("_", " ") });
}

const MAX_OPTIONS = 12;

function optionsOf(input: EngineInput, { enum: values = [], type }: AskedField): Choice[] {
  const options = type === "boolean" ? [sentenceOf(input, "yes"), sentenceOf(input, "no")] : values;
  const shown = options.length > MAX_OPTIONS ? [] : options;
  return shown.map((value) => ({
    label: value.replaceAll("_", " "),
    message: value.replaceAll("_", " "),
  }));
}

/** What of a run's values a tool was called with, as far as they have the same names. */
function argumentsIn({ values }: Run, { input }: { input: { properties: object } }): Run["values"] {
  return Object.fromEntries(
    Object.entries(values).filter(([name]) => Object.hasOwn(input.properties, name)),
  );
}

/** What a person is told who takes over. */
function handoverOf({ title }: Script, { id, values, results }: Run): object {
  return {
    procedure: id,
    title,
    values,
    results: Object.fromEntries(
      Object.entries(results).map(([step, { tool, status, fields }]) => [
        step,
        { tool, status, fields },
      ]),
    ),
  };
}
