import { withoutForeignMarkers } from "../../citations/foreign-markers.ts";
import { sectionHeading } from "../../citations/section-heading.ts";
import { sectionsIn } from "../../citations/shown-passages.ts";
import type { Source } from "../../citations/source.ts";
import type { MayLinkTo } from "../../guards/allowed-address.ts";
import { fillPlaceholders } from "../../releases/sentences.ts";
import type { Sentences } from "../../releases/release.ts";
import type { Finding } from "../../retrieval/candidates.ts";
import { unmarked } from "../../text/marked-text.ts";
import {
  aboutOtherValue,
  passagesToQuote,
  relevance,
  type Quoted,
  type Relevance,
} from "./best-passage.ts";
import { inChapters } from "./chapters.ts";
import { anchorOf, documentLinks } from "./document-links.ts";
import { excerpt, withoutQuoted, type Stretch } from "./excerpt.ts";
import type { LinkTo } from "./inline-markdown.ts";
import { ROOM, type Room } from "./quoted-blocks.ts";
import { writeQuoted } from "./quoted-text.ts";
import { writeLine } from "./write-line.ts";

/**
 * Composes an answer without a language model, question by question. Unanswered questions are named last: before a citation marker, the
 * visitor's words and numbers would have to be supported by its source.
 * @param sentences the release's: for a question that was not answered, and for steps that go on
 * @param mayLinkTo the hosts to which links of the documents stay links
 * @param quotedOfEach what is quoted for each of the findings
 * @returns also whether a question was not answered
 */
export function extractiveAnswer(
  findings: Finding[],
  sources: Source[],
  { unanswered, continued }: Pick<Sentences, "unanswered" | "continued">,
  mayLinkTo: MayLinkTo = () => false,
  quotedOfEach: Quoted[][] = findings.map((finding) => passagesToQuote(finding, sources)),
): { text: string; isPartial: boolean } {
  const isFound = ({ decision }: Finding): boolean => decision.action === "answer";
  const quotedOf = new Map(findings.map((finding, index) => [finding, quotedOfEach[index] ?? []]));
  const quoted = new Map<Source, Stretch[]>();
  const ends: string[] = [];
  const misses: Finding[] = findings.filter((finding) => !isFound(finding));
  const answers = findings.filter(isFound).map((finding) => {
    const answer = answerOne(finding, quotedOf.get(finding) ?? [], quoted, mayLinkTo);
    for (const place of answer.goesOn) ends.push(fillPlaceholders(continued, place));
    if (answer.lacksRow) misses.push(finding);
    return answer.text;
  });
  const missed = misses.map(({ question }) => {
    return fillPlaceholders(unanswered, { question: withoutForeignMarkers(question.text) });
  });
  const text = [...answers, ...ends, ...missed].filter(Boolean).join("\n\n");
  return { text, isPartial: missed.length > 0 };
}

interface OneAnswer {
  text: string;
  /** It is a table without the row that was asked for: no row is named by the question, and its subject is nowhere. */
  lacksRow: boolean;
  /** Where the steps that it quotes go on. */
  goesOn: Place[];
}

type Place = Record<"title" | "step", string>;

/** Characters up to which further sections are added to an answer. */
const MAX_ANSWER = 2400;

/**
 * Quotes the best section verbatim, and those that promise nearly as much, each below its heading. A row of a table that the question
 * names is an answer of its own.
 */
function answerOne(
  finding: Finding,
  chosen: Quoted[],
  quoted: Map<Source, Stretch[]>,
  mayLinkTo: MayLinkTo,
): OneAnswer {
  const relevant = relevance(finding);
  const [best] = chosen;
  const isRow =
    best && quoteSection(best, relevant, new Map(quoted), mayLinkTo, ROOM.first).isNamedRow;
  const kept: { quote: Quoted; section: OneSection }[] = [];
  let length = 0;
  for (const chapter of isRow
    ? [[best]]
    : inChapters(chosen, relevant, aboutOtherValue(finding, chosen))) {
    const before = new Map(quoted);
    const room = kept.length === 0 ? ROOM.first : ROOM.further;
    const sections = chapter.flatMap((quote) => {
      const section = quoteSection(quote, relevant, before, mayLinkTo, room);
      return section.text ? [{ quote, section }] : [];
    });
    const own = sections.reduce((sum, { section }) => sum + section.text.length, 0);
    if (kept.length > 0 && length + own > MAX_ANSWER) continue;
    length += own;
    kept.push(...sections);
    for (const [source, stretches] of before) quoted.set(source, stretches);
  }
  const [first] = kept;
  const texts = kept.map(({ quote, section }) => {
    const heading = kept.length > 1 ? headingOf(quote, first?.quote) : "";
    return heading ? `**${heading}**\n\n${section.text}` : section.text;
  });
  return {
    text: texts.join("\n\n"),
    lacksRow: kept.length === 1 && (first?.section.lacksRow ?? false),
    goesOn: kept.flatMap(({ section }) => section.goesOn ?? []),
  };
}

/** What tells a section from the others of the answer; empty for a document's text before its first heading. */
function headingOf({ source, passage }: Quoted, first: Quoted | undefined): string {
  const title = withoutForeignMarkers(source.title);
  const own = withoutForeignMarkers(passage.headingPath.at(-1) ?? "");
  const heading = sectionHeading(title, own, source !== first?.source);
  return writeLine(unmarked(heading), () => undefined);
}

interface OneSection {
  text: string;
  lacksRow: boolean;
  isNamedRow: boolean;
  goesOn: Place | undefined;
}

/** Text that answered an earlier question is not quoted again. */
function quoteSection(
  { source, passage }: Quoted,
  relevant: Relevance,
  quoted: Map<Source, Stretch[]>,
  mayLinkTo: MayLinkTo,
  room: Room,
): OneSection {
  const section = sectionsIn(source.passages).find((shown) =>
    shown.some((one) => one.passage === passage),
  );
  if (!section) return { text: "", lacksRow: false, isNamedRow: false, goesOn: undefined };
  const before = quoted.get(source) ?? [];
  const { goesOn, ...quote } = excerpt(
    section.map(({ shown }) => shown.text),
    section.findIndex((one) => one.passage === passage),
    relevant,
    room,
  );
  const stretches = quote.stretches.flatMap((stretch) => withoutQuoted(stretch, before));
  quoted.set(source, [...before, ...stretches]);
  const linkTo = documentLinks(source, mayLinkTo);
  const isTable = stretches.length > 0 && stretches.every(({ rows }) => rows);
  const isNamedRow = isTable && stretches.every(({ rows }) => rows === "named");
  return {
    text: writeQuoted(stretches, section, source, linkTo, before.length === 0),
    lacksRow:
      isTable &&
      stretches.every(({ rows }) => rows !== "named") &&
      relevant.missesSubject(wholeText(source)),
    isNamedRow,
    goesOn: goesOn ? placeOf(source, passage.headingPath, stretches, linkTo) : undefined,
  };
}

function wholeText({ title, passages }: Source): string {
  return [title, ...passages.flatMap((one) => [...one.headingPath, one.text])].join("\n");
}

/** The document's title as a link to the section, and the number of the next step. */
function placeOf(
  { title, url }: Source,
  headingPath: string[],
  stretches: Stretch[],
  linkTo: LinkTo,
): Place {
  const text = stretches.map((stretch) => stretch.text).join("\n");
  const last = Array.from(text.matchAll(/^(\d{1,3})[.)]\s/gm)).at(-1)?.[1];
  const anchor = anchorOf(headingPath.at(-1) ?? "");
  const address =
    url === null ? undefined : linkTo(url.includes("#") || !anchor ? url : `${url}#${anchor}`);
  const shown = writeLine(unmarked(withoutForeignMarkers(title)), linkTo);
  return {
    title: address ? `[${shown.replaceAll("]", "\\]")}](${address})` : `“${shown}”`,
    step: String(Number(last ?? 0) + 1),
  };
}
