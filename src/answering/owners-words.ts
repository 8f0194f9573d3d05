import type { Citation } from "../citations/source.ts";
import { languageName } from "../language/language.ts";
import { NO_TOKENS } from "../models/token-usage.ts";
import { say, sentencesIn } from "../releases/sentences.ts";
import type { Answer, Emit } from "./answer.ts";
import type { EngineInput } from "./engine-input.ts";
import type { Understood } from "./understand.ts";
import type { Played, Said } from "./apply-playbook.ts";
import { toReference } from "./sources.ts";

/** What the owner says to a message, word for word. */
export interface OwnersWords {
  text: string;
  /** The owner's answers themselves. */
  citations: Citation[];
}

/**
 * The owner's answers to the questions of a message, each with a citation of itself.
 * @param first the number of the first citation
 */
export function ownersWords(input: EngineInput, { said }: Played, first: number): OwnersWords {
  const answers = said.flatMap((one) => (one ? [one] : []));
  const different = answers.filter(
    ({ item }, index) => answers.findIndex((other) => other.item.id === item.id) === index,
  );
  const words = different.map((one, index) => wordsOf(input, one, first + index));
  return {
    text: words.map(({ text }) => text).join("\n\n"),
    citations: words.map(({ citation }) => citation),
  };
}

function wordsOf(
  { language, release, deps }: EngineInput,
  { item, isSure }: Said,
  n: number,
): { text: string; citation: Citation } {
  const { content, id } = item;
  const translated = language === null ? undefined : content.translations[language];
  const quote = translated ?? content.text;
  const sentences = sentencesIn(release, language);
  const isForeign = translated === undefined && language !== null && content.language !== language;
  const others = { language: languageName(content.language, language ?? "en") };
  const notes = [
    ...(isSure ? [] : [say(sentences.unsure, sentences, deps.names)]),
    ...(isForeign ? [say(sentences.foreign, sentences, deps.names, others)] : []),
  ];
  const reference = {
    n,
    externalId: `answer:${id}`,
    title: content.wordings[0] ?? id,
    url: content.url ?? null,
    kind: "answer" as const,
  };
  return {
    text: [...notes, `${quote}${endsInBlock(quote) ? "\n\n" : " "}[${n}]`].join("\n\n"),
    citation: { ...reference, quote, quotes: [quote] },
  };
}

/** Whether something behind the last line would become a part of a code block or a table. */
function endsInBlock(text: string): boolean {
  return /(?:^|\n)[ \t]*(?:```|~~~|\|)[^\n]*$/.test(text);
}

/** The reply where the owner's words are all of it: answers to all questions, or what guidance says in place of an answer. */
export function sayOwnersWords(
  input: EngineInput,
  played: Played,
  { standalone, intent }: Pick<Understood, "standalone" | "intent">,
  emit: Emit,
): Answer {
  const { fixed, applied } = played;
  const { text, citations } = fixed
    ? { text: fixed.content.text ?? "", citations: [] }
    : ownersWords(input, played, 1);
  emit({ type: "decided", action: "answer" });
  if (citations.length > 0) emit({ type: "sources", sources: citations.map(toReference) });
  const offer = played.offersPerson ? `\n\n${personOffer(input)}` : "";
  emit({ type: "text", delta: text + offer });
  const form = fixed?.content.form;
  return {
    text: text + offer,
    own: "",
    language: input.language ?? "en",
    outcome: outcomeOf(played),
    confidence: fixed === undefined ? leastOf(applied) : 1,
    rung: "owner",
    model: null,
    reranker: null,
    citations,
    sources: citations.map((one) => ({ ...one, version: 0, readerVersion: 0, passages: [] })),
    choices: [],
    usage: NO_TOKENS,
    wasted: [],
    standalone,
    personWanted: intent === "person",
    applied,
    ...(form && { form }),
  };
}

function outcomeOf({ fixed }: Played): Answer["outcome"] {
  if (!fixed) return "answered";
  return fixed.content.form ? "clarified" : "abstained";
}

function leastOf(applied: Played["applied"]): number {
  return Math.min(
    1,
    ...applied.filter(({ kind }) => kind === "answer").map((one) => one.probability),
  );
}

/** Says how to reach a person. */
function personOffer({ release, language, deps }: EngineInput): string {
  const sentences = sentencesIn(release, language);
  return say(sentences.person, sentences, deps.names);
}

/** An answer from the documents, behind the owner's words to another question of the message. */
export function behindOwnersWords(answer: Answer, { text, citations }: OwnersWords): Answer {
  return {
    ...answer,
    text: `${text}\n\n${answer.text}`,
    outcome: answer.outcome === "clarified" ? "clarified" : "answered",
    rung: answer.rung === "none" ? "owner" : answer.rung,
    citations: [...answer.citations, ...citations],
    sources: [
      ...answer.sources,
      ...citations.map((one) => ({ ...one, version: 0, readerVersion: 0, passages: [] })),
    ],
  };
}

/** Emits the owner's words again after each `restart`. */
export function behind(words: OwnersWords, emit: Emit): Emit {
  return (event) => {
    emit(event);
    if (event.type === "restart") emit({ type: "text", delta: `${words.text}\n\n` });
  };
}
