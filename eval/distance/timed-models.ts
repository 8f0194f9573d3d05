import { splitSentences } from "../../src/text/sentences.ts";
import { readPrompt } from "../oracle/read-prompt.ts";
import type { VirtualClock } from "./virtual-clock.ts";

/** A model id that no hosted model has. */
export const TIMED = "timed";

/** In milliseconds. */
export interface ModelTimes {
  embedding: number;
  firstWord: number;
  nextWord: number;
}

interface Message {
  role: string;
  content: string;
}

/**
 * `env.AI` whose models take their time, with a chat model that quotes its first source word by word.
 * @param hear receives the chat model's prompts
 */
export function timedModels(
  models: Ai,
  clock: VirtualClock,
  times: ModelTimes,
  hear: (prompt: Message[]) => void,
): Ai {
  const others = models as unknown as { run(model: string, inputs: unknown): Promise<unknown> };
  const run = async (model: string, inputs: unknown): Promise<unknown> => {
    if (model === TIMED) {
      const { messages } = inputs as { messages: Message[] };
      hear(messages);
      return streamOf(quoteOf(messages), clock, times);
    }
    await clock.sleep(times.embedding);
    return others.run(model, inputs);
  };
  return { run } as unknown as Ai;
}

function quoteOf(prompt: Message[]): string[] {
  const [source] = readPrompt(prompt).sources;
  if (!source) throw new Error("The prompt has no source");
  // The longest sentence is no heading.
  const [quote = ""] = splitSentences(source.text).toSorted((a, b) => b.length - a.length);
  return [...quote.split(/(?<= )/u), ` [${source.n}]`];
}

/** In the format of a Workers AI stream: events with pieces of the text, the usage, and the end. */
function streamOf(
  words: string[],
  clock: VirtualClock,
  { firstWord, nextWord }: ModelTimes,
): ReadableStream<Uint8Array> {
  const usage = { prompt_tokens: 1, completion_tokens: words.length };
  const events = [
    ...words.map((response) => JSON.stringify({ response })),
    JSON.stringify({ response: "", usage }),
    "[DONE]",
  ];
  let sent = 0;
  return new ReadableStream({
    async pull(controller) {
      await clock.sleep(sent === 0 ? firstWord : nextWord);
      controller.enqueue(new TextEncoder().encode(`data: ${events[sent]}\n\n`));
      if (++sent === events.length) controller.close();
    },
  });
}
