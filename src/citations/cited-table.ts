import type { TableCell } from "mdast";
import { parseMarkdown } from "../knowledge/formats/markdown/markdown-tree.ts";
import { rowOf, tableCells } from "../knowledge/formats/readable-text.ts";

/** A longer text is no table that an answer quotes. */
const MAX_CHARACTERS = 4000;
const MAX_CELLS = 200;
const NAMED = /^([^:;]{1,200}): (.+)$/;

/** A cell's text within its row. */
export interface CellPlace {
  row: number;
  start: number;
  end: number;
}

/**
 * Rows as they are stored (`Country: Canada; Cost: $12`), as a table. Pipes in cells are escaped.
 * @param write a cell as Markdown
 */
export function tableFromRows(
  rows: string[],
  write = ({ row, start, end }: CellPlace): string => rows[row]?.slice(start, end) ?? "",
): { names: string[]; rows: string[][] } | undefined {
  const named = rows.map((row) => keyed(row.split("; ")));
  const counts = new Map<string, number>();
  for (const { key } of named.flat()) counts.set(key, (counts.get(key) ?? 0) + 1);
  const isColumn = (key: string): boolean =>
    key !== "" && (counts.get(key) ?? 0) * 2 >= rows.length;
  const read = named.map((parts, row) => {
    const cells = new Map<string, CellPlace>();
    let last = "";
    let at = 0;
    for (const { key, name, part } of parts) {
      const end = at + part.length;
      const open = cells.get(last);
      if (isColumn(key)) cells.set((last = key), { row, start: at + name.length + 2, end });
      // What names no column goes on with the cell before it.
      else cells.set(last, { row, start: open?.start ?? at, end });
      at = end + 2;
    }
    return cells;
  });
  const columns = new Set(read.flatMap((cells) => [...cells.keys()]));
  if (columns.size < 2 || columns.size * rows.length > MAX_CELLS) return undefined;
  // What stands without a name in front labels the row.
  const ordered = Array.from(columns).toSorted(
    (one, other) => Number(other === "") - Number(one === ""),
  );
  const escape = (text: string): string => text.replaceAll("|", "\\|");
  const shown = (cell: CellPlace | undefined): string => (cell ? escape(write(cell)) : "");
  const table = {
    names: ordered.map((key) => escape(key.split("\n")[0] ?? "")),
    rows: read.map((cells) => ordered.map((key) => shown(cells.get(key)))),
  };
  const line = (cells: string[]): string => `| ${cells.join(" | ")} |`;
  const written = [table.names, table.names.map(() => "-"), ...table.rows].map(line).join("\n");
  // Only a table that says the same when it is read again.
  return rowsInTable(written)?.join("\n") === rows.join("\n") ? table : undefined;
}

/** The parts of a row with their column: its name, and a number where several columns have the same. */
function keyed(parts: string[]): { key: string; name: string; part: string }[] {
  const times = new Map<string, number>();
  return parts.map((part) => {
    const name = NAMED.exec(part)?.[1] ?? "";
    const time = times.get(name) ?? 0;
    times.set(name, time + 1);
    return { key: name && time > 0 ? `${name}\n${time}` : name, name, part };
  });
}

/** The rows of a Markdown table that an answer shows, as they are stored; a last row of `…` says that there are more. */
export function rowsInTable(text: string): string[] | undefined {
  const isTable =
    text.length <= MAX_CHARACTERS && /^\|[^\n]*\|\n\|[ |:-]+\|(?:\n\|[^\n]*\|)+$/.test(text);
  if (!isTable) return undefined;
  const nodes = [...parseMarkdown(text)].flatMap(({ children }) => children);
  const [table] = nodes;
  if (nodes.length !== 1 || table?.type !== "table") return undefined;
  const [head, ...body] = table.children.filter((row) => !row.children.every(isMore));
  // The name of a column without a cell would be in no row, and nobody would look for it.
  const isUnused = head?.children.some(
    (name, column) =>
      name.children.length > 0 && !body.some((row) => row.children[column]?.children.length),
  );
  if (!head || isUnused) return undefined;
  const rows = tableCells({ ...table, children: [head, ...body] });
  return rows.length > 0 ? rows.map((row) => rowOf(row).text) : undefined;
}

function isMore({ children }: TableCell): boolean {
  const [only, ...others] = children;
  return only?.type === "text" && only.value === "…" && others.length === 0;
}
