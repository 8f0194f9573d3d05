import { sectionHeading } from "../citations/section-heading.ts";
import type { Source } from "../citations/source.ts";
import type { Sentences } from "../releases/release.ts";
import { say, type OwnNames } from "../releases/sentences.ts";
import type { Finding } from "../retrieval/candidates.ts";
import { bestPassage } from "./extractive/best-passage.ts";
import { AnswerWriter } from "./verify.ts";

/**
 * Asks which article a question is about, by their titles and the headings of the sections that are nearest to it, which pass the checks that
 * every answer passes. Often the title of a long article says nothing of the question.
 */
export function clarification(
  sources: Source[],
  findings: Finding[],
  sentences: Sentences,
  names: OwnNames,
  mayLinkTo: (host: string) => boolean,
): string {
  const { one, several } = sentences.clarification;
  const writer = new AnswerWriter([], mayLinkTo);
  writer.push(sources.map((source) => `- ${nameOf(source, findings)}`).join("\n"));
  writer.end();
  return say(sources.length === 1 ? one : several, sentences, names, { titles: writer.text });
}

function nameOf(source: Source, findings: Finding[]): string {
  const finding = findings.find(({ passages }) =>
    passages.some(({ externalId }) => externalId === source.externalId),
  );
  const passage = finding && bestPassage(finding, source.passages);
  return sectionHeading(source.title, passage?.headingPath.at(-1) ?? "", true);
}
