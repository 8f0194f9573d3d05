import { NO_ANSWER } from "../../src/answering/prompt.ts";
import { splitSentences } from "../../src/text/sentences.ts";
import { containsAnswer } from "../metrics.ts";
import { mulberry32, SEED } from "../sample.ts";
import { readPrompt, type ReadPrompt } from "./read-prompt.ts";

/** A model id that no hosted model has. */
export const ORACLE = "oracle";

/** What the oracle knows of a question: its answer, and the documents that hold it. */
export interface Known {
  answer: { parts: string[]; need: "any" | "all" } | undefined;
  documents: { title: string; content: string; isOnlyOfItsTitle: boolean }[];
}

export interface Oracle {
  ai: Ai;
  /** Its error rate. A mistake is an abstention where it could answer, or a quotation that does not answer. */
  setNoise: (share: number) => void;
  /** The number of questions since the last call, and the characters of their prompts. */
  takeAsked: () => { questions: number; characters: number };
}

/** An answer may span this many neighbouring sentences. */
const MOST_SENTENCES = 3;
const PIECE = 7;

/**
 * A scripted chat model behind `env.AI`. It gets the product's own prompt and knows the answer beforehand. If a source in the
 * prompt holds the answer, it quotes that sentence with the source's marker; otherwise it abstains as the prompt demands. It shows
 * what the product makes of a model that always knows whether to abstain, and of one with a given error rate.
 * @param known what it knows, by question in the form of {@link asWords}
 */
export function openOracle(models: Ai, known: ReadonlyMap<string, Known>): Oracle {
  let noise = 0;
  let asked = { questions: 0, characters: 0 };
  const other = models as unknown as { run(model: string, inputs: unknown): Promise<unknown> };
  const run = async (model: string, inputs: unknown): Promise<unknown> => {
    if (model !== ORACLE) return other.run(model, inputs);
    const { messages } = inputs as { messages: { role: string; content: string }[] };
    const prompt = readPrompt(messages);
    const one = known.get(asWords(prompt.question));
    if (!one) throw new Error(`The oracle does not know the question "${prompt.question}"`);
    asked.questions++;
    for (const { content } of messages) asked.characters += content.length;
    return streamOf(reply(prompt, one, isMistaken(prompt.question, noise)));
  };
  return {
    ai: { run } as unknown as Ai,
    setNoise: (share) => void (noise = share),
    takeAsked: () => {
      const taken = asked;
      asked = { questions: 0, characters: 0 };
      return taken;
    },
  };
}

/** A prompt normalises white space, so the key does, too. */
export function asWords(question: string): string {
  return question.trim().replace(/\s+/gu, " ");
}

function reply(prompt: ReadPrompt, known: Known, mistaken: boolean): string {
  const answer = answerFrom(prompt, known);
  if (!mistaken) return answer ?? NO_ANSWER;
  if (answer !== undefined) return NO_ANSWER;
  const [first] = prompt.sources;
  // The longest sentence is no heading, which nobody would take for an answer.
  const sentence = splitSentences(first?.text ?? "").toSorted((a, b) => b.length - a.length)[0];
  return first && sentence ? `${sentence} [${first.n}]` : NO_ANSWER;
}

/** The sentences that hold the answer's parts, each with its source; undefined if the sources do not hold what is needed. */
function answerFrom(prompt: ReadPrompt, { answer, documents }: Known): string | undefined {
  if (!answer) return undefined;
  const found = answer.parts.map((part) => quoteOf(part, prompt, documents));
  const quotes = found.filter((quote) => quote !== undefined);
  if (quotes.length === 0 || (answer.need === "all" && quotes.length < found.length))
    return undefined;
  return answer.need === "all" ? [...new Set(quotes)].join("\n\n") : quotes[0];
}

function quoteOf(
  part: string,
  { sources }: ReadPrompt,
  documents: Known["documents"],
): string | undefined {
  for (const { n, title, text } of sources) {
    const own = documents.filter((document) => asWords(document.title) === asWords(title));
    const isTheirs = (span: string): boolean =>
      own.some(
        ({ isOnlyOfItsTitle, content }) =>
          isOnlyOfItsTitle || containsAnswer(content, [splitSentences(span)[0] ?? span], "any"),
      );
    for (const span of spansOf(text))
      if (containsAnswer(span, [part], "any") && isTheirs(span)) return `${span} [${n}]`;
  }
  return undefined;
}

/** Runs of consecutive sentences of the text, shortest first. */
function* spansOf(text: string): Generator<string> {
  const sentences = splitSentences(text);
  for (let length = 1; length <= MOST_SENTENCES; length++) {
    for (let from = 0; from + length <= sentences.length; from++) {
      const start = text.indexOf(sentences[from] ?? "");
      const last = sentences[from + length - 1] ?? "";
      const end = text.indexOf(last, start) + last.length;
      if (start >= 0 && end > start) yield text.slice(start, end);
    }
  }
}

/** A fixed random number per question: a question that fails at a low error rate also fails at a higher one. */
function isMistaken(question: string, noise: number): boolean {
  let hash = SEED;
  for (const character of question)
    hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 16_777_619);
  return mulberry32(hash)() < noise;
}

/** In the format of a Workers AI stream: events with pieces of the text, the usage, and the end. */
function streamOf(text: string): ReadableStream<Uint8Array> {
  const pieces = text.match(new RegExp(`[^]{1,${PIECE}}`, "gu")) ?? [];
  const events = [
    ...pieces.map((response) => JSON.stringify({ response })),
    JSON.stringify({ response: "", usage: { prompt_tokens: 1, completion_tokens: pieces.length } }),
    "[DONE]",
  ];
  return new Response(events.map((event) => `data: ${event}\n\n`).join(""))
    .body as ReadableStream<Uint8Array>;
}
