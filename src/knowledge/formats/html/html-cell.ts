import type { Element, ElementContent } from "hast";
import { BLOCKS } from "./html-inline.ts";
import { element, text } from "./html-nodes.ts";
import { markOf } from "./html-marks.ts";
import { NO_TEXT, raised } from "./html-text.ts";

/** What a cell says, in one line. */
export interface InlineContent {
  content: ElementContent[];
  text: string;
  /** All of its text is bold. */
  isBold: boolean;
  /** Tables in the cell, which are read apart. */
  nested: Element[];
}

interface Reading extends Omit<InlineContent, "text"> {
  texts: string[];
}

/**
 * A Markdown cell holds one line, so the blocks of a cell are joined: items of lists by commas, paragraphs and line breaks by spaces.
 * Links, code and emphasis stay.
 */
export function inlineContent(cell: Element): InlineContent {
  const reading: Reading = { content: [], isBold: true, nested: [], texts: [] };
  read(cell.children, reading.content, reading, { isBold: false });
  const text = reading.texts.join("").replace(/\s+/g, " ").trim();
  return { ...reading, text, isBold: reading.isBold && text !== "" };
}

function read(
  children: ElementContent[],
  into: ElementContent[],
  reading: Reading,
  { isBold }: { isBold: boolean },
): void {
  for (const child of children) {
    if (child.type === "text") push(child.value, into, reading, isBold);
    if (child.type !== "element") continue;
    const mark = markOf(child);
    const note = child.tagName === "sup" ? raised(child) : undefined;
    if (mark) push(` ${mark} `, into, reading, true);
    if (note) push(note, into, reading, true);
    if (mark || note || NO_TEXT.has(child.tagName)) continue;
    const { tagName } = child;
    if (isTable(child)) reading.nested.push(child);
    else if (tagName === "img") pushImage(child, into, reading);
    else if (tagName === "pre") {
      const code = element("code", []);
      into.push(text(" "), code, text(" "));
      read(child.children, code.children, reading, { isBold });
    } else if (BLOCKS.has(tagName)) {
      push(separatorOf(child, reading), into, reading, true);
      read(child.children, into, reading, { isBold: isBold || /^h[1-6]$/.test(tagName) });
      push(" ", into, reading, true);
    } else {
      const inline: Element = { ...child, children: [] };
      into.push(inline);
      read(child.children, inline.children, reading, {
        isBold: isBold || /^(?:b|strong)$/.test(tagName),
      });
    }
  }
}

export function isTable({ tagName, properties }: Element): boolean {
  return tagName === "table" || /^(?:table|grid|treegrid)$/.test(String(properties.role));
}

/** A comma before an item of a list that follows another, a space before other blocks. */
function separatorOf({ tagName }: Element, { texts }: Reading): string {
  if (!/^(?:li|dd|dt)$/.test(tagName)) return " ";
  const before = texts.slice(-5).join("").trimEnd();
  return before === "" || /[.,:;!?–-]$/.test(before) ? " " : ", ";
}

function push(value: string, into: ElementContent[], reading: Reading, isBold: boolean): void {
  const last = into.at(-1);
  const line = value.replace(/\s+/g, " ");
  if (last?.type === "text")
    last.value = (line.startsWith(",") ? last.value.trimEnd() : last.value) + line;
  else into.push({ type: "text", value: line });
  reading.texts.push(line);
  if (!isBold && line.trim()) reading.isBold = false;
}

function pushImage(image: Element, into: ElementContent[], reading: Reading): void {
  into.push({ ...image, children: [] });
  const alt = image.properties.alt;
  if (typeof alt === "string" && alt) reading.texts.push(alt);
}
