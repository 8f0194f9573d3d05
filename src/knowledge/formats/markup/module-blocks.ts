import { EXPORT, IMPORT, IMPORT_BEGINS } from "./dialect.ts";
import type { MarkupDocument } from "./markup-document.ts";

const MAX_IMPORT_LINES = 60;

/** Imports and exports of MDX, which show nothing. */
export function readModule(document: MarkupDocument, text: string, column: number): boolean {
  if (column > 0) return false;
  if (IMPORT.test(text)) return true;
  // Below a heading a module's code may begin without a blank line.
  const { lines, lastOfParagraph: last } = document;
  if (last !== undefined && !/^#{1,6} /.test(last)) return false;
  if (IMPORT_BEGINS.test(text)) return lines.skipUntil(/\bfrom\s+["'][^"']+["']/, MAX_IMPORT_LINES);
  if (!EXPORT.test(text)) return false;
  skipExport(document);
  return true;
}

/** Ends where all brackets are closed and a line is blank or begins at the margin. If they never close, only the first line is code. */
function skipExport({ lines, dialect: { readAhead } }: MarkupDocument): void {
  let depth = 0;
  for (let at = lines.at - 1; at < lines.length && readAhead.left > 0; at++) {
    const line = lines.line(at) ?? "";
    readAhead.left -= line.length;
    if (depth === 0 && at >= lines.at && (line.trim() === "" || /^\S/.test(line))) {
      lines.at = at;
      return;
    }
    depth = Math.max(0, depth + depthOf(line));
    if (depth === 0 && at === lines.length - 1) {
      lines.at = at + 1;
      return;
    }
  }
}

/** How many brackets a line of code leaves open; those in strings do not count. */
function depthOf(line: string): number {
  const code = line.replace(/\\.|"[^"\\\n]*"|'[^'\\\n]*'|`[^`\\\n]*`|\/\/ .*$/g, "");
  return (code.match(/[([{]/g)?.length ?? 0) - (code.match(/[)\]}]/g)?.length ?? 0);
}
