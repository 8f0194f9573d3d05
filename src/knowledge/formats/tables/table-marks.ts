import type { Cell, WriteText } from "./table-cell.ts";

const YES = /^(?:[✓✔☑✅√●•]\uFE0F?|yes|included|ja|oui|sí|si|sì|sim)$/iu;
const NO = /^(?:[✗✘✕✖❌☒×○–—-]\uFE0F?|no|n\/a|nein|non|não|not included)$/iu;
/** A cross means yes where nothing else does and the other cells are empty. */
const CROSS = /^x$/i;

/**
 * Says in a table of check marks what an empty cell means: no. Only in columns that hold nothing but marks of "yes", below the first
 * column; where "no" is marked, too, an empty cell means that nothing is known. A row with nothing but its first cell is left as it is.
 */
export function markAbsences<Content>(
  rows: Cell<Content>[][],
  write: WriteText<Content>,
): Cell<Content>[][] {
  const [first = []] = rows;
  const marked = new Map<number, "mark" | "cross">();
  for (let column = 1; column < first.length; column++) {
    const texts = rows.map((row) => row[column]?.text ?? "").filter(Boolean);
    if (texts.length === 0) continue;
    if (texts.every((text) => YES.test(text))) marked.set(column, "mark");
    else if (texts.every((text) => CROSS.test(text))) marked.set(column, "cross");
  }
  const saysNo = rows.some((row) => row.slice(1).some(({ text }) => NO.test(text)));
  if (saysNo || marked.size === 0 || rows.length < 2) return rows;
  const mark = (cell: Cell<Content>, text: string): Cell<Content> => ({
    ...cell,
    text,
    content: [write(text)],
  });
  return rows.map((row) => {
    if (!row.some(({ text }, column) => text && column > 0)) return row;
    return row.map((cell, column) => {
      if (!marked.has(column)) return cell;
      if (!cell.text) return mark(cell, "✗");
      return marked.get(column) === "cross" ? mark(cell, "✓") : cell;
    });
  });
}
