import { withoutForeignMarkers } from "../../citations/foreign-markers.ts";
import type { ShownPassage } from "../../citations/shown-passages.ts";
import type { Source } from "../../citations/source.ts";
import { SourceText } from "../../citations/source-text.ts";
import { LINE_BREAK, PARAGRAPH_END } from "../../knowledge/formats/readable-text.ts";
import {
  join,
  linesOf,
  slice,
  styleAt,
  styled,
  unmarked,
  type MarkedText,
} from "../../text/marked-text.ts";
import { splitSentences } from "../../text/sentences.ts";
import type { Stretch } from "./excerpt.ts";
import type { LinkTo } from "./inline-markdown.ts";
import { tableForm } from "./table-form.ts";
import { writeMarkdown } from "./write-markdown.ts";

/** A stretch with the styles of its passage. */
interface Piece {
  text: MarkedText;
  rows: Stretch["rows"];
  continues: boolean;
  /** What stands between it and the piece before, if nothing of the section is left out there. */
  gap: MarkedText | undefined;
}

/** A table or a sentence made of rows, or undefined for other text. */
interface Part {
  piece: Piece;
  form: string | undefined;
}

/**
 * Writes stretches of a section as Markdown, with a citation marker behind each part of the section: what follows each other there is one
 * part, across passages.
 * @param isFirst whether nothing of the source was quoted before
 */
export function writeQuoted(
  stretches: readonly Stretch[],
  section: readonly ShownPassage[],
  source: Source,
  linkTo: LinkTo,
  isFirst: boolean,
): string {
  const pieces = withoutOpenEnd(joinRows(piecesOf(stretches, section, isFirst)));
  const parts = pieces.map((piece) => ({ piece, form: formOf(piece, source, linkTo) }));
  return unitsOf(parts)
    .map((unit, index) => {
      const { continues, rows } = unit[0]?.piece ?? { continues: false, rows: undefined };
      const space = index === 0 ? "" : continues && !rows ? "\n" : "\n\n";
      const markdown = writeUnit(unit, linkTo);
      // Within a line of a table or behind a fence, the marker would become a part of it.
      return `${space}${markdown}${endsWithBlock(markdown) ? "\n\n" : " "}[${source.n}]`;
    })
    .join("");
}

function piecesOf(
  stretches: readonly Stretch[],
  section: readonly ShownPassage[],
  isFirst: boolean,
): Piece[] {
  let place = 0;
  let last: { place: number; end: number } | undefined;
  return stretches.map(({ passage, start, end, rows, continues }, index) => {
    // Passages may have the same text: the next one is meant.
    const found = section.findIndex((one, at) => at >= place && one.shown.text === passage);
    place = Math.max(place, found);
    const own = section[place];
    const shown = own?.shown ?? unmarked(passage);
    const text = withoutBlankEnds(slice(shown, start, end));
    const gap = last && gapBetween(section, last, { place, start });
    last = { place, end };
    const begins = index === 0 && isFirst && shown.text.slice(0, start).trim() === "";
    const whole = begins && own ? join([own.repeated, text]) : text;
    return { text: withoutMarkers(rows ? asRows(whole) : whole), rows, continues, gap };
  });
}

/** What stands between two stretches; undefined if something is left out. */
function gapBetween(
  section: readonly ShownPassage[],
  from: { place: number; end: number },
  to: { place: number; start: number },
): MarkedText | undefined {
  const [before, after] = [section[from.place]?.shown, section[to.place]?.shown];
  if (!before || !after) return undefined;
  if (from.place === to.place) {
    const gap = slice(before, from.end, to.start);
    if (gap.text.trim() !== "") return undefined;
    return /\n\s*\n/.test(gap.text) || !gap.text.includes("\n") ? BLANK_LINE : lineFeedIn(gap);
  }
  const isNext = to.place === from.place + 1;
  const left = before.text.slice(from.end) + after.text.slice(0, to.start);
  return isNext && left.trim() === "" ? betweenPassages(before, after) : undefined;
}

const BLANK_LINE = unmarked("\n\n");

function lineFeedIn(gap: MarkedText): MarkedText {
  const at = gap.text.indexOf("\n");
  return slice(gap, at, at + 1);
}

/** Passages are cut between blocks, items, lines of code or an item's lines. */
function betweenPassages(before: MarkedText, after: MarkedText): MarkedText {
  const [last, first] = [
    styleAt(before, before.text.trimEnd().length - 1),
    styleAt(after, after.text.search(/\S/)),
  ];
  if (last?.fence !== undefined && last.fence === first?.fence)
    return styled(unmarked("\n"), { fence: last.fence });
  if (/^\s/.test(after.text)) return PARAGRAPH_END;
  return ITEM.test(after.text) ? unmarked("\n") : BLANK_LINE;
}

const ITEM = /^(?:[-*]|\d{1,9}[.)])\s/;

/** The lines' indentation says what they belong to. */
function withoutBlankEnds(whole: MarkedText): MarkedText {
  const start = /^(?:[^\S\n]*\n)*/.exec(whole.text)?.[0].length ?? 0;
  return slice(whole, start, Math.max(start, whole.text.trimEnd().length));
}

function withoutMarkers({ text, spans }: MarkedText): MarkedText {
  return { text: withoutForeignMarkers(text), spans };
}

/** Rows are known by their marks; a passage that was stored before has none. */
function asRows(text: MarkedText): MarkedText {
  return join(
    linesOf(text).map((line) => styled(line, { row: true })),
    LINE_BREAK,
  );
}

/** Rows of one table are one piece, also where they stand in different places. */
function joinRows(pieces: Piece[]): Piece[] {
  const joined: Piece[] = [];
  for (const piece of pieces) {
    const last = joined.at(-1);
    if (last?.rows && piece.rows && piece.continues)
      last.text = join([last.text, piece.text], LINE_BREAK);
    else joined.push({ ...piece });
  }
  return joined;
}

/**
 * Leaves out the introduction that the last piece ends with: what it introduces is not quoted, or is an image. Of a step that ends so, only the
 * colon is left out.
 */
function withoutOpenEnd(pieces: Piece[]): Piece[] {
  const last = pieces.at(-1);
  if (!last || last.rows || !last.text.text.endsWith(":")) return pieces;
  if (styleAt(last.text, last.text.text.length - 1)?.fence !== undefined) return pieces;
  const start = startOfIntroduction(last.text.text);
  const whole = slice(last.text, 0, last.text.text.length - 1);
  const text = withoutBlankEnds(start === undefined ? whole : slice(last.text, 0, start));
  if (text.text !== "") return withoutOpenEnd([...pieces.slice(0, -1), { ...last, text }]);
  return pieces.length > 1 ? withoutOpenEnd(pieces.slice(0, -1)) : pieces;
}

/** Where the last sentence of a paragraph begins, or the paragraph, if it is one sentence; undefined for an item of a list and a line within one. */
function startOfIntroduction(text: string): number | undefined {
  const line = text.lastIndexOf("\n") + 1;
  const last = text.slice(line);
  if (/^\s/.test(last) || ITEM.test(last)) return undefined;
  return line + last.length - (splitSentences(last).at(-1)?.length ?? 0);
}

/**
 * Some rows as a table, and one as a sentence; undefined for all rows, which are written as the section that they stand in, and where the source
 * supports no such form.
 */
function formOf({ text, rows }: Piece, source: Source, linkTo: LinkTo): string | undefined {
  if (!rows || (rows === "all" && text.text.includes("\n"))) return undefined;
  const form = tableForm(linesOf(text), rows === "some", linkTo);
  if (form === undefined || form.startsWith("|")) return form;
  return new SourceText(source).quotesFor(form) && form;
}

/** Parts that follow each other in the section. What is a sentence, or some rows of a table, does not read as the section does. */
function unitsOf(parts: Part[]): Part[][] {
  const units: Part[][] = [];
  for (const part of parts) {
    const last = units.at(-1)?.at(-1);
    const isPart = part.piece.gap && part.form === undefined && last && last.form === undefined;
    if (isPart) units.at(-1)?.push(part);
    else units.push([part]);
  }
  return units;
}

function writeUnit(unit: Part[], linkTo: LinkTo): string {
  const [first] = unit;
  if (first?.form !== undefined) return first.form;
  const texts = unit.flatMap(({ piece: { gap, text } }, index) =>
    gap && index > 0 ? [gap, text] : [text],
  );
  return writeMarkdown(join(texts), linkTo);
}

function endsWithBlock(markdown: string): boolean {
  const last = markdown.slice(markdown.lastIndexOf("\n") + 1);
  return /^[\s>]*(?:`{3,}|~{3,}|\|)/.test(last);
}
