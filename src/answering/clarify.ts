import type { Source } from "../citations/source.ts";
import type { Sentences } from "../releases/release.ts";
import { say, type OwnNames } from "../releases/sentences.ts";
import { AnswerWriter } from "./verify.ts";

/** Asks which article a question is about, by their titles, which pass the checks that every answer passes. */
export function clarification(
  sources: Source[],
  sentences: Sentences,
  names: OwnNames,
  mayLinkTo: (host: string) => boolean,
): string {
  const { one, several } = sentences.clarification;
  const writer = new AnswerWriter([], mayLinkTo);
  writer.push(sources.map(({ title }) => `- ${title}`).join("\n"));
  writer.end();
  return say(sources.length === 1 ? one : several, sentences, names, { titles: writer.text });
}
