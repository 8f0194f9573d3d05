import { readFenceInfo } from "./directive-lines.ts";
import { readOptions } from "./directive-blocks.ts";
import type { MarkupDocument, OpenCode } from "./markup-document.ts";
import { columnOf, withoutColumns } from "./source-lines.ts";

const FENCE = /^(`{3,}(?=[^`]*$)|~{3,})(.*)$/;

export function isFence(text: string): boolean {
  return FENCE.test(text);
}

/** A block of code, or a directive whose content stands between fences (MyST). */
export function readFence(document: MarkupDocument, text: string, column: number): boolean {
  const { frames } = document;
  const [, marker, info = ""] = FENCE.exec(text) ?? [];
  if (marker === undefined) return false;
  if (endFenceFrame(document, text)) return true;
  const { top } = frames;
  const directive = readFenceInfo(info, top.name === "code-group");
  if (directive.label) document.writeBlock(directive.label, column);
  else document.endParagraph();
  if (directive.isMarkdown) {
    for (const option of readOptions(document)) document.writeBlock(option, column);
    frames.open({ kind: "fence", mark: marker, column, name: directive.name });
    return true;
  }
  const code = codeBetween(marker, column, top.prefix + frames.indentOf(column));
  document.code = { ...code, isHidden: directive.isHidden };
  if (directive.isHidden) return true;
  // The options of a code block, such as its caption.
  if (directive.name) {
    for (const option of readOptions(document)) document.writeBlock(`**${option}**`, column);
    if (document.lines.ahead()?.trim() === "") document.lines.at += 1;
  }
  document.write(`${code.prefix}${marker}${directive.language}`);
  return true;
}

const ITEM = /^((?:[-+*]|\d{1,9}[.)])[ \t]+)(.*)$/;

/** Code that a list's item begins with. */
export function readItemFence(document: MarkupDocument, text: string, column: number): boolean {
  const [, mark = "", content = ""] = ITEM.exec(text) ?? [];
  const marker = FENCE.exec(content)?.[1];
  if (marker === undefined) return false;
  const { top } = document.frames;
  const prefix = top.prefix + " ".repeat(Math.max(0, column - (top.body ?? column)));
  document.endParagraph();
  document.frames.read(column, text);
  document.write(prefix + text);
  document.code = codeBetween(marker, column + mark.length, prefix + " ".repeat(mark.length));
  return true;
}

/** Code within a quotation, whose lines all begin with the quotation's marks. */
export function openQuotedFence(document: MarkupDocument, text: string, column: number): boolean {
  const { frames } = document;
  const marker = FENCE.exec(text)?.[1];
  if (marker === undefined) return false;
  const code = codeBetween(marker, column, frames.top.prefix + frames.indentOf(column));
  document.endParagraph();
  document.code = { ...code, isQuoted: true };
  return true;
}

function codeBetween(marker: string, column: number, prefix: string): OpenCode {
  const end = new RegExp(`^\\s*${marker.charAt(0)}{${marker.length},}\\s*$`);
  return { end, strip: column, prefix, isQuoted: false, isHidden: false, ending: undefined };
}

/** The end of a directive between fences. */
function endFenceFrame(document: MarkupDocument, text: string): boolean {
  if (!/^(?:`+|~+)$/.test(text)) return false;
  const ends = document.frames.find(({ kind, mark }) => kind === "fence" && text.startsWith(mark));
  if (!ends) return false;
  document.close((frame) => frame === ends);
  return true;
}

/** Reads a line of code that is open. */
export function readCode(document: MarkupDocument, line: string, code: OpenCode): void {
  const content = code.isQuoted ? line.replace(/^[ \t]*(?:>[ \t]?)+/, "") : line;
  if (code.isQuoted && !/^\s*>/.test(line)) {
    document.code = undefined;
    document.lines.at -= 1;
    return;
  }
  // Four columns further in, it is a line of the code.
  const isEnd = code.end.test(content) && columnOf(content) < code.strip + 4;
  if (isEnd) document.code = undefined;
  if (code.isHidden) return;
  if (code.isQuoted) document.write(document.frames.top.prefix + line.trimStart());
  else if (isEnd) document.write(code.prefix + (code.ending ?? content.trim()));
  else if (line.trim() === "") document.write("");
  else document.write(code.prefix + withoutColumns(line, code.strip));
}
