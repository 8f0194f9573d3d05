/**
 * The rows of a CSV text (RFC 4180), without blank rows and Excel's line `sep=;`. A quoted cell without a closing quote ends where the text ends. Text
 * between a closing quote and the separator belongs to the cell.
 */
export function* parseCsv(text: string): Generator<string[]> {
  const lines = text.replace(/\r\n?/g, "\n");
  // Excel's own line in front of the header, in quotes or not.
  const [line = "", named] = /^"?sep=([,;\t|])"?\n/i.exec(lines) ?? [];
  const source = lines.slice(line.length);
  const separator = named ?? separatorOf(source);
  const cell = new RegExp(` *"((?:[^"]+|"")*)"?([^${separator}\n]*)|[^${separator}\n]*`, "y");
  let row: string[] = [];
  for (let start = 0; start <= source.length; start = cell.lastIndex + 1) {
    cell.lastIndex = start;
    const [plain = "", quoted, rest = ""] = cell.exec(source) ?? [];
    row.push(quoted === undefined ? plain : quoted.replaceAll('""', '"') + rest);
    if (source.charAt(cell.lastIndex) === separator) continue;
    if (row.some((value) => value.trim() !== "")) yield row;
    row = [];
  }
}

/**
 * The separator that is most frequent in the first row, outside quoted cells. A quote in the middle of a cell (`27";`) opens no
 * quoted cell. Spreadsheets write semicolons in countries where the decimal separator is a comma.
 */
function separatorOf(text: string): string {
  const [head = ""] = /^(?:[^"\n]+|(?<=^|[,;\t] *)"[^"]*"|")*/.exec(text) ?? [];
  const unquoted = head.replace(/(?<=^|[,;\t] *)"[^"]*"/g, "");
  const count = (separator: string): number => unquoted.split(separator).length;
  return [",", ";", "\t"].reduce((best, next) => (count(next) > count(best) ? next : best));
}
