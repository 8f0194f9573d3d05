import { OpenFence } from "../markdown/open-fence.ts";

/** `|---|:-:|` or `--- | ---` */
const DELIMITERS = /^ {0,3}(?=[^\n]*\|)\|?(?:[ \t]*:?-+:?[ \t]*\|)*(?:[ \t]*:?-+:?[ \t]*)?\r?$/;
const ROW = /^ {0,3}\|.*\|[ \t]*\r?$/;

/**
 * Completes tables that some renderers accept and the parser does not, which would take them for a paragraph: a row of delimiters with
 * more or fewer cells than the header, one without a header above it, and rows between pipes without any row of delimiters.
 */
export function completeTableSource(markdown: string): string {
  if (!markdown.includes("|")) return markdown;
  const lines = markdown.split("\n");
  const written: string[] = [];
  const fence = new OpenFence();
  let isInTable = false;
  for (const [index, line] of lines.entries()) {
    const isFence = fence.read(line);
    const above = written.at(-1) ?? "";
    const below = lines[index + 1] ?? "";
    const isFree = fence.marker === undefined && !isFence && !isInTable;
    if (!line.trim()) isInTable = false;
    else if (isFree && DELIMITERS.test(line)) {
      const hasHeader = above.includes("|");
      if (!hasHeader && !above.trim() && below.includes("|")) {
        written.push(rowOf(cellsIn(line), " "), line);
        isInTable = true;
        continue;
      }
      isInTable = hasHeader;
      if (hasHeader && cellsIn(above) !== cellsIn(line)) {
        written.push(rowOf(cellsIn(above), "-"));
        continue;
      }
    } else if (
      isFree &&
      !above.trim() &&
      ROW.test(line) &&
      ROW.test(below) &&
      !DELIMITERS.test(below)
    ) {
      if (cellsIn(line) === cellsIn(below) && cellsIn(line) > 1) {
        written.push(rowOf(cellsIn(line), " "), rowOf(cellsIn(line), "-"));
        isInTable = true;
      }
    }
    written.push(line);
  }
  return written.join("\n");
}

function rowOf(cells: number, content: string): string {
  return `|${` ${content} |`.repeat(cells)}`;
}

function cellsIn(line: string): number {
  const plain = line
    .trim()
    .replace(/^\|/, "")
    .replace(/(?<!\\)\|$/, "");
  return (plain.match(/\\.|\|/g) ?? []).filter((mark) => mark === "|").length + 1;
}
