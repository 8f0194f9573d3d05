import type { RootContent } from "mdast";
import type { Steps } from "../../runtime/steps.ts";
import {
  join,
  partsOf,
  slice,
  styleAt,
  trim,
  unmarked,
  type MarkedText,
} from "../../text/marked-text.ts";
import { splitSentences } from "../../text/sentences.ts";
import { parseMarkdown } from "../formats/markdown/markdown-tree.ts";
import { contentsEntries, isContentsHeading } from "./contents-list.ts";
import {
  codeBreak,
  codeLines,
  LINE_BREAK,
  listItems,
  markedText,
  readableText,
  rowOf,
  tableCells,
} from "../formats/readable-text.ts";

/** In characters. Every chunk repeats its headings, so a longer heading is repeated by its first words and becomes a paragraph, too. */
const MAX_HEADING = 300;
/** The same for all the headings above a chunk. */
const MAX_HEADING_PATH = 600;

/** A block of the document, and the units between which it may be cut. */
export interface Block {
  text: MarkedText;
  units: MarkedText[];
  separator: MarkedText;
  /** In place of the separator, in front of some units: the line feed of a paragraph, item or line that a unit begins. */
  breaks?: ReadonlyMap<MarkedText, MarkedText>;
  isProse: boolean;
  /** The units are items of a list. */
  isList?: boolean;
  /** The entries of a list of links into the page. */
  contents?: string[] | undefined;
  /** The cells of each unit, where the block is a table. */
  cells?: MarkedText[][];
}

interface Heading {
  depth: number;
  text: string;
}

export interface Section {
  headingPath: string[];
  blocks: Block[];
}

/** The sections of a document, each below its headings, in steps: one for each slice that is parsed. */
export function* sectionsOf(markdown: string): Steps<Section[]> {
  const sections: Section[] = [];
  let open: Heading[] = [];
  let current: Section = { headingPath: [], blocks: [] };
  for (const tree of parseMarkdown(markdown)) {
    yield;
    for (const [index, node] of tree.children.entries()) {
      if (node.type === "heading" && isContentsHeading(node, tree.children[index + 1])) {
        // What follows belongs to the heading above it.
        open = open.filter((heading) => heading.depth < node.depth);
        const isGoingOn = pathOf(open).length === current.headingPath.length;
        if (!isGoingOn) sections.push(current);
        current = isGoingOn ? current : { headingPath: pathOf(open), blocks: [] };
        continue;
      }
      if (node.type !== "heading") {
        const block = { ...toBlock(node), contents: contentsEntries(node) };
        if (block.text.text.trim()) current.blocks.push(block);
        continue;
      }
      sections.push(current);
      const whole = readableText(node).trim();
      open = open.filter((heading) => heading.depth < node.depth);
      const text = shortHeading(whole, lengthOf(open));
      open = [...open, { depth: node.depth, text }];
      current = { headingPath: pathOf(open), blocks: [] };
      if (text !== whole) current.blocks.push(proseBlock(unmarked(whole)));
    }
  }
  sections.push(current);
  const headings = new Set(sections.flatMap(({ headingPath }) => headingPath));
  for (const section of sections) {
    section.blocks = section.blocks.filter(
      ({ contents }) => !contents?.every((entry) => headings.has(entry)),
    );
  }
  return sections.filter((section, index) => {
    if (section.blocks.length > 0) return true;
    // A heading with nothing below it becomes a chunk, because no other chunk holds its text.
    const next = sections[index + 1];
    const lastHeading = section.headingPath.at(-1);
    const hasChild = next && next.headingPath.length > section.headingPath.length;
    if (!lastHeading || hasChild) return false;
    section.blocks.push(proseBlock(unmarked(lastHeading)));
    return true;
  });
}

function pathOf(headings: Heading[]): string[] {
  return headings.map(({ text }) => text).filter(Boolean);
}

function lengthOf(headings: Heading[]): number {
  return headings.reduce((sum, { text }) => sum + text.length, 0);
}

/** The heading, or its first words where it is too long to be repeated in every chunk below it. */
function shortHeading(heading: string, above: number): string {
  const most = Math.max(0, Math.min(MAX_HEADING, MAX_HEADING_PATH - above));
  if (heading.length <= most) return heading;
  const start = heading.slice(0, most).toWellFormed();
  return start.slice(0, Math.max(0, start.lastIndexOf(" "))).trim();
}

function toBlock(node: RootContent): Block {
  switch (node.type) {
    case "list":
      return { ...block(listItems(node), unmarked("\n")), isList: true };
    case "table":
      return tableBlock(tableCells(node));
    case "code":
      return block(codeLines(node), codeBreak(node));
    default:
      return proseBlock(trim(markedText(node)));
  }
}

function block(units: MarkedText[], separator: MarkedText): Block {
  return { text: join(units, separator), units, separator, isProse: false };
}

function tableBlock(cells: MarkedText[][]): Block {
  return { ...block(cells.map(rowOf), LINE_BREAK), cells };
}

/** Several lines of a quotation are prose, too, with their lists. */
export function proseBlock(text: MarkedText): Block {
  const sentences = splitSentences(text.text);
  const units = partsOf(text, sentences);
  const breaks = new Map<MarkedText, MarkedText>();
  let end = 0;
  for (const [index, unit] of units.entries()) {
    const start = text.text.indexOf(unit.text, end);
    const feed = text.text.lastIndexOf("\n", start);
    const isLine = index > 0 && feed >= end && text.text.slice(feed, start).trim() === "";
    if (isLine && (styleAt(text, feed)?.ends || ITEM.test(unit.text)))
      breaks.set(unit, slice(text, feed, start));
    end = start + unit.text.length;
  }
  return { text, units, separator: unmarked(" "), breaks, isProse: true };
}

const ITEM = /^(?:-|\d{1,9}\.) /;
