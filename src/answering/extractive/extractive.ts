import { SourceText, withoutForeignMarkers } from "../../citations/source-text.ts";
import type { Source, SourcePassage } from "../../citations/source.ts";
import { fillPlaceholders } from "../../releases/sentences.ts";
import type { Release } from "../../releases/release.ts";
import type { Finding } from "../../retrieval/candidates.ts";
import { passageToQuote, relevance } from "./best-passage.ts";
import { tableForm } from "./table-form.ts";
import { excerpt, withoutQuoted, type Stretch } from "./excerpt.ts";

/**
 * Composes an answer without a language model, question by question. Unanswered questions are named last: before a citation marker, the
 * visitor's words and numbers would have to be supported by its source.
 * @param sentences the release's: for a question that was not answered, and for steps that go on
 */
export function extractiveAnswer(
  findings: Finding[],
  sources: Source[],
  { unanswered, continued }: Pick<Release["sentences"], "unanswered" | "continued">,
): string {
  const isFound = ({ decision }: Finding): boolean => decision.action === "answer";
  const quoted = new Map<Source, Stretch[]>();
  const ends: string[] = [];
  const misses: Finding[] = findings.filter((finding) => !isFound(finding));
  const answers = findings.filter(isFound).map((finding) => {
    const answer = answerOne(finding, sources, quoted);
    if (answer.goesOn)
      ends.push(fillPlaceholders(continued, { title: withoutForeignMarkers(answer.goesOn) }));
    if (answer.lacksRow) misses.push(finding);
    return answer.text;
  });
  const missed = misses.map(({ question }) => {
    return fillPlaceholders(unanswered, { question: withoutForeignMarkers(question.text) });
  });
  return [...answers, ...ends, ...missed].filter(Boolean).join("\n\n");
}

/**
 * Quotes the best passage of the best source verbatim. One passage is enough: chunks are cut so that each can be understood alone, and a
 * second source adds only length (docs/decisions/0044). Text that answered an earlier question is not quoted again.
 * @returns also the document's title if steps go on in it, and whether it is a table that lacks the row that was asked for: no row is named by the question, and its subject is nowhere
 */
function answerOne(
  finding: Finding,
  sources: Source[],
  quoted: Map<Source, Stretch[]>,
): { text: string; lacksRow: boolean; goesOn: string } {
  const [source, passage] = passageToQuote(finding, sources) ?? [];
  if (!source || !passage) return { text: "", lacksRow: false, goesOn: "" };
  const before = quoted.get(source) ?? [];
  const relevant = relevance(finding);
  const section = sectionOf(passage, source);
  const { goesOn, ...quote } = excerpt(
    section.map(({ text }) => text),
    section.indexOf(passage),
    relevant,
  );
  const stretches = quote.stretches.flatMap((stretch) => withoutQuoted(stretch, before));
  quoted.set(source, [...before, ...stretches]);
  const text = joinTables(stretches)
    .map(({ text, continues, rows }, index) => {
      const space = index === 0 ? "" : continues && !rows ? "\n" : "\n\n";
      const table = rows && readableTable(text, rows === "some", source);
      return space + (table ?? `${withoutForeignMarkers(text)} [${source.n}]`);
    })
    .join("");
  const isTable = stretches.length > 0 && stretches.every(({ rows }) => rows && rows !== "named");
  return {
    text,
    lacksRow: isTable && relevant.missesSubject(wholeText(source)),
    goesOn: goesOn ? source.title : "",
  };
}

function wholeText({ title, passages }: Source): string {
  return [title, ...passages.flatMap((one) => [...one.headingPath, one.text])].join("\n");
}

/** Rows of one table are one stretch, also where they stand in different places. */
function joinTables(stretches: Stretch[]): Stretch[] {
  const joined: Stretch[] = [];
  for (const stretch of stretches) {
    const last = joined.at(-1);
    if (last?.rows && stretch.rows && stretch.continues) last.text += `\n${stretch.text}`;
    else joined.push({ ...stretch });
  }
  return joined;
}

/** Rows as a table or a sentence with its marker; undefined if they have no such form that the source supports. */
function readableTable(text: string, isPartial: boolean, source: Source): string | undefined {
  const form = tableForm(withoutForeignMarkers(text).split("\n"), isPartial);
  if (form === undefined) return undefined;
  // Within a line of the table, the marker would become part of a cell.
  if (form.startsWith("|")) return `${form}\n\n[${source.n}]`;
  return new SourceText(source).supports(form) === undefined ? undefined : `${form} [${source.n}]`;
}

/** The passages around one that stand in the same section, without a gap, in the document's order. */
function sectionOf(passage: SourcePassage, source: Source): SourcePassage[] {
  const heading = passage.headingPath.join("\n");
  const ordered = source.passages
    .filter(({ headingPath }) => headingPath.join("\n") === heading)
    .toSorted((a, b) => a.ordinal - b.ordinal);
  const at = ordered.indexOf(passage);
  const isNext = (index: number): boolean =>
    (ordered[index]?.ordinal ?? 0) === (ordered[index - 1]?.ordinal ?? 0) + 1;
  let [from, to] = [at, at];
  while (from > 0 && isNext(from)) from -= 1;
  while (to + 1 < ordered.length && isNext(to + 1)) to += 1;
  return ordered.slice(from, to + 1);
}
