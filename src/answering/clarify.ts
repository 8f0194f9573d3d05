import type { Source } from "../citations/source.ts";
import { wordsOf } from "../text/words.ts";
import { AnswerWriter } from "./verify.ts";

const ORDINALS = [
  /^(?:1|one|(?:the )?first)(?: one)?$/,
  /^(?:2|two|(?:the )?second)(?: one)?$/,
  /^(?:3|three|(?:the )?third)(?: one)?$/,
];

/** Asks which article a question is about, by their titles, which pass what every answer passes. */
export function clarification(sources: Source[], mayLinkTo: (host: string) => boolean): string {
  const titles = sources.map(({ title }) => `- ${title}`);
  const which = titles.length === 1 ? "this" : "one of these";
  const writer = new AnswerWriter([], mayLinkTo);
  writer.push(
    `I'm not sure I understood you right. Is it about ${which}?\n\n${titles.join("\n")}\n\nIf not, could you tell me a little more, or contact our support team?`,
  );
  writer.end();
  return writer.text;
}

/** The title that a visitor's message takes up, by its place or its words; undefined when it says something else. */
export function chosenTitle(message: string, titles: string[]): string | undefined {
  const said = wordsOf(message.toLowerCase()).join(" ");
  const place = ORDINALS.findIndex((ordinal) => ordinal.test(said));
  return titles[place] ?? titles.find((title) => wordsOf(title.toLowerCase()).join(" ") === said);
}
