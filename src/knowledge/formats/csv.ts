/**
 * RFC 4180, with the separator that the first line shows (spreadsheets of half of Europe write semicolons). Quotes that do
 * not close end with the text. Empty lines are no rows.
 */
export function parseCsv(text: string): string[][] {
  const separator = separatorOf(text);
  const rows: string[][] = [];
  let row: string[] = [];
  let cell = "";
  let quoted = false;
  const endRow = (): void => {
    row.push(cell);
    if (row.some((value) => value.trim() !== "")) rows.push(row);
    row = [];
    cell = "";
  };
  for (let at = 0; at < text.length; at++) {
    const character = text.charAt(at);
    if (quoted) {
      if (character !== '"') cell += character;
      else if (text.charAt(at + 1) === '"') cell += text.charAt(++at);
      else quoted = false;
    } else if (character === '"' && cell.trim() === "") {
      quoted = true;
      cell = "";
    } else if (character === separator) {
      row.push(cell);
      cell = "";
    } else if (character === "\n") endRow();
    else if (character !== "\r" || text.charAt(at + 1) !== "\n") cell += character;
  }
  endRow();
  return rows;
}

function separatorOf(text: string): string {
  const line = text.slice(0, Math.max(0, text.search(/\r?\n|$/)));
  const count = (separator: string): number => line.split(separator).length;
  return [",", ";", "\t"].reduce((best, next) => (count(next) > count(best) ? next : best));
}
