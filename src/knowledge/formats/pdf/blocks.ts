import { endsSentence, flows, type Measure } from "./flow.ts";
import { headingLevel, isNumbered } from "./headings.ts";
import { joined } from "./lines.ts";
import { readMarker, type ListMarkers } from "./list-markers.ts";

/** A part of a page. Its texts are joined without anything between them. */
export interface Block {
  kind: "paragraph" | "heading" | "item" | "markup";
  texts: string[];
  /** Of a heading: 2 to 6. Of a list's item: how deep it is, from 0. */
  level: number;
  /** Of a list's item: `-`, or its number with a full stop. */
  marker: string;
}

/** The text of the converter that is Markdown already: headings, tables and code of tagged PDFs. */
const MARKUP = /^(?:#{1,6} |\||```)/;
/** The lines of a page as blocks. The lists of the page before may go on. */
export function blocksOf(lines: string[], measure: Measure, lists: ListMarkers): Block[] {
  const blocks: Block[] = [];
  const isSpaced = hasBlankBetweenAll(lines);
  let last = "";
  let isOpen = false;
  for (const [index, line] of lines.entries()) {
    if (line === "") {
      isOpen &&= isSpaced;
      continue;
    }
    const open = isOpen ? blocks.at(-1) : undefined;
    const marker = MARKUP.test(line) ? undefined : readMarker(line, lists, last);
    if (marker) blocks.push(block("item", marker.text, marker.level, marker.sign));
    else {
      const next = lines.slice(index + 1, index + 3).find(Boolean) ?? "";
      const isHeading = isNumbered(line) && headingLevel(line, next, measure) > 0;
      if (isHeading || !continues(open, last, line, measure))
        blocks.push(blockOf(line, next, measure));
      // A paragraph within a list's item ends no list: the next number may go on.
      if (blocks.at(-1)?.kind === "heading") lists.open = [];
    }
    last = marker ? marker.text : line;
    isOpen = true;
  }
  return blocks;
}

/** Adds the line to the open block, if it belongs to it. */
function continues(open: Block | undefined, last: string, line: string, measure: Measure): boolean {
  if (!open || open.kind === "heading") return false;
  if (MARKUP.test(line) || open.kind === "markup") {
    const isMarkup = MARKUP.test(line) && open.kind === "markup";
    if (isMarkup) open.texts.push("\n", line);
    return isMarkup;
  }
  const isItem = open.kind === "item" && /^\p{Ll}/u.test(line) && !endsSentence(last);
  if (isItem || flows(last, line, measure)) {
    const before = open.texts.pop() ?? "";
    open.texts.push(before === "" ? "" : joined(before, line, measure.words), line);
    return true;
  }
  const isSame = open.kind === "paragraph" && !endsSentence(last);
  if (isSame) open.texts.push("\n", line);
  return isSame;
}

function blockOf(line: string, next: string, measure: Measure): Block {
  if (MARKUP.test(line)) return block("markup", line);
  const level = headingLevel(line, next, measure);
  return block(level > 0 ? "heading" : "paragraph", line, level);
}

function block(kind: Block["kind"], text: string, level = 0, marker = ""): Block {
  return { kind, texts: [text], level, marker };
}

/** Some converters put a blank line after every line. */
function hasBlankBetweenAll(lines: string[]): boolean {
  const blank = lines.filter((line) => line === "").length;
  return blank >= (lines.length - blank) * 0.8;
}
