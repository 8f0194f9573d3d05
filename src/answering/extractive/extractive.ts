import { withoutForeignMarkers } from "../../citations/source-text.ts";
import type { Source, SourcePassage } from "../../citations/source.ts";
import { fillPlaceholders } from "../../releases/sentences.ts";
import type { Finding } from "../../retrieval/candidates.ts";
import { bestPassage, relevance } from "./best-passage.ts";
import { excerpt, withoutQuoted, type Stretch } from "./excerpt.ts";

/**
 * Composes an answer without a language model, question by question. Unanswered questions are named last: before a citation marker, the
 * visitor's words and numbers would have to be supported by its source.
 * @param unanswered the release's sentence for a question that was not answered
 */
export function extractiveAnswer(
  findings: Finding[],
  sources: Source[],
  unanswered: string,
): string {
  const isFound = ({ decision }: Finding): boolean => decision.action === "answer";
  const quoted = new Map<Source, Stretch[]>();
  const answers = findings.filter(isFound).map((finding) => answerOne(finding, sources, quoted));
  const misses = findings
    .filter((finding) => !isFound(finding))
    .map(({ question }) => {
      return fillPlaceholders(unanswered, { question: withoutForeignMarkers(question.text) });
    });
  return [...answers, ...misses].filter(Boolean).join("\n\n");
}

/**
 * Quotes the best passage of the best source verbatim. One passage is enough: chunks are cut so that each can be understood alone, and a
 * second source adds only length (docs/decisions/0044). Text that answered an earlier question is not quoted again.
 */
function answerOne(finding: Finding, sources: Source[], quoted: Map<Source, Stretch[]>): string {
  const [source, passage] = sourceOf(finding, sources) ?? [];
  if (!source || !passage) return "";
  const before = quoted.get(source) ?? [];
  const stretches = excerpt(
    passage.text,
    { before: beside(passage, source, -1), after: beside(passage, source, 1) },
    relevance(finding),
  ).flatMap((stretch) => withoutQuoted(stretch, before));
  quoted.set(source, [...before, ...stretches]);
  return stretches
    .map(({ text, continues }, index) => {
      const space = index === 0 ? "" : continues ? "\n" : "\n\n";
      return `${space}${withoutForeignMarkers(text)} [${source.n}]`;
    })
    .join("");
}

/**
 * The best source for a question, and its passage to answer from. Sources are tried in the order of this question's passages, not of
 * their numbers. A source that was chosen for another question is skipped if none of its passages was found for this one.
 */
function sourceOf(finding: Finding, sources: Source[]): [Source, SourcePassage] | undefined {
  for (const { externalId } of finding.passages) {
    const source = sources.find((one) => one.externalId === externalId);
    const passage = source && bestPassage(finding, source.passages);
    if (passage) return [source, passage];
  }
  return undefined;
}

/** The text of the passage at this distance in the same section. */
function beside(passage: SourcePassage, source: Source, distance: number): string | undefined {
  const section = passage.headingPath.join("\n");
  return source.passages.find(
    ({ ordinal, headingPath }) =>
      ordinal === passage.ordinal + distance && headingPath.join("\n") === section,
  )?.text;
}
