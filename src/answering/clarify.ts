import { plainText } from "../citations/plain-text.ts";
import { sectionHeading } from "../citations/section-heading.ts";
import type { Source } from "../citations/source.ts";
import type { Sentences } from "../releases/release.ts";
import { say, type OwnNames } from "../releases/sentences.ts";
import type { Finding, Value } from "../retrieval/candidates.ts";
import type { Choice } from "./answer.ts";
import { bestPassage } from "./extractive/best-passage.ts";
import { AnswerWriter } from "./verify.ts";

/** A choice as it is written into the question: as an item of a list. */
interface Offered extends Choice {
  item: string;
}

/**
 * The articles that a question may be about, by their titles and the headings of the sections that are nearest to it, which pass the checks that
 * every answer passes. Often the title of a long article says nothing of the question.
 */
export function offeredArticles(
  sources: Source[],
  findings: Finding[],
  mayLinkTo: (host: string) => boolean,
): Offered[] {
  return sources.map((source) => offer(nameOf(source, findings), mayLinkTo));
}

/** The values that an answer depends on. */
export function offeredValues(values: Value[], mayLinkTo: (host: string) => boolean): Offered[] {
  const byDocument = Map.groupBy(values, ({ externalId }) => externalId);
  return values.map(({ label, name, externalId }) => ({
    ...offer(label, mayLinkTo),
    isValue: true,
    ...(name !== undefined && { name }),
    ...(byDocument.get(externalId)?.length === 1 && { externalId }),
  }));
}

function offer(name: string, mayLinkTo: (host: string) => boolean): Offered {
  const writer = new AnswerWriter([], mayLinkTo);
  writer.push(`- ${name}`);
  writer.end();
  const item = writer.text.trim();
  const label = (plainText(item) ?? item).replace(/^- ?/, "").trim();
  return { item, label, message: label };
}

/** Asks which of the offered articles or values a question is about. It can be read where no client makes buttons of them. */
export function clarification(offered: Offered[], sentences: Sentences, names: OwnNames): string {
  const { one, several, value } = sentences.clarification;
  const titles = offered.map(({ item }) => item).join("\n");
  const isValue = offered.some((choice) => choice.isValue);
  const text = offered.length === 1 ? one : several;
  return say(isValue ? value : text, sentences, names, { titles });
}

function nameOf(source: Source, findings: Finding[]): string {
  const finding = findings.find(({ passages }) =>
    passages.some(({ externalId }) => externalId === source.externalId),
  );
  const passage = finding && bestPassage(finding, source.passages);
  return sectionHeading(source.title, passage?.headingPath.at(-1) ?? "", true);
}
