/**
 * The rows of a CSV text (RFC 4180), without rows of white space. A quoted cell that does not close ends with the text. Text
 * between a closing quote and the separator belongs to the cell.
 */
export function parseCsv(text: string): string[][] {
  const source = text.replace(/\r\n?/g, "\n");
  const separator = separatorOf(source);
  const cell = new RegExp(` *"((?:[^"]+|"")*)"?([^${separator}\n]*)|[^${separator}\n]*`, "y");
  const rows: string[][] = [];
  let row: string[] = [];
  for (let start = 0; start <= source.length; start = cell.lastIndex + 1) {
    cell.lastIndex = start;
    const [plain = "", quoted, rest = ""] = cell.exec(source) ?? [];
    row.push(quoted === undefined ? plain : quoted.replaceAll('""', '"') + rest);
    if (source.charAt(cell.lastIndex) === separator) continue;
    rows.push(row);
    row = [];
  }
  return rows.filter((cells) => cells.some((value) => value.trim() !== ""));
}

/** The separator that the first row has most of, outside quoted cells; a quote within a cell (`27";`) opens none. Spreadsheets write semicolons where commas begin decimals. */
function separatorOf(text: string): string {
  const [head = ""] = /^(?:[^"\n]+|(?<=^|[,;\t] *)"[^"]*"|")*/.exec(text) ?? [];
  const unquoted = head.replace(/(?<=^|[,;\t] *)"[^"]*"/g, "");
  const count = (separator: string): number => unquoted.split(separator).length;
  return [",", ";", "\t"].reduce((best, next) => (count(next) > count(best) ? next : best));
}
