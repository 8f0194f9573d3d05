import type { Source } from "../citations/source.ts";
import { ORDINALS } from "../language/english.ts";
import type { Release } from "../releases/release.ts";
import { fillPlaceholders } from "../releases/sentences.ts";
import { wordsOf } from "../text/words.ts";
import { AnswerWriter } from "./verify.ts";

/** Asks which article a question is about, by their titles, which pass the checks that every answer passes. */
export function clarification(
  sources: Source[],
  sentences: Release["sentences"],
  contact: string,
  mayLinkTo: (host: string) => boolean,
): string {
  const { one, several } = sentences.clarification;
  const writer = new AnswerWriter([], mayLinkTo);
  writer.push(sources.map(({ title }) => `- ${title}`).join("\n"));
  writer.end();
  return fillPlaceholders(sources.length === 1 ? one : several, { titles: writer.text, contact });
}

/** The title that a message chooses, by its position ("the second one") or its words; undefined when it chooses none. */
export function chosenTitle(message: string, titles: string[]): string | undefined {
  const said = wordsOf(message.toLowerCase()).join(" ");
  const place = ORDINALS.findIndex((ordinal) => ordinal.test(said));
  return titles[place] ?? titles.find((title) => wordsOf(title.toLowerCase()).join(" ") === said);
}
