import { blank, type Cell, type Row } from "./table-cell.ts";
import { isAmount } from "./table-header.ts";

/** More columns than attributes of one thing are no list of attributes. */
const MAX_TRANSPOSED = 20;

/** Whether the first column names attributes of the things that stand in the columns beside it, and no row names the things. */
export function namesAttributes<Content>(rows: Row<Content>[]): boolean {
  const width = rows[0]?.cells.length ?? 0;
  if (width < 3 || rows.length < 2 || rows.length > MAX_TRANSPOSED || width > MAX_TRANSPOSED)
    return false;
  const isNamed = rows.every(({ cells: [name, ...values], isWide }) => {
    return !isWide && name?.isHeader && name.text && values.every(({ isHeader }) => !isHeader);
  });
  // A row holds values of one kind: the names of the plans, then their prices.
  const amounts = rows.map(
    ({ cells }) => cells.slice(1).filter(({ text }) => isAmount(text)).length,
  );
  const isUniform = amounts.every((count) => count === 0 || count === width - 1);
  return isNamed && isUniform && amounts[0] === 0 && amounts.some((count) => count > 0);
}

/** The header and the rows of such a table, in which each row is one thing. */
export function turned<Content>(rows: Row<Content>[]): {
  header: Cell<Content>[];
  rows: Cell<Content>[][];
} {
  const columns = (rows[0]?.cells ?? []).map((_, column) =>
    rows.map(({ cells }) => cells[column] ?? blank<Content>()),
  );
  const [header = [], ...things] = columns;
  return { header, rows: things };
}
