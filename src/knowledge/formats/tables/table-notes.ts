import type { Nodes, PhrasingContent, Root, RootContent, Table, TableCell } from "mdast";
import { visit } from "unist-util-visit";
import { mayRepeat } from "../column-names.ts";
import { readableText } from "../readable-text.ts";

/** `* Without VAT.`, `¹ Only in June.`, `(1) …` */
const NOTE = /^(\*{1,3}|[†‡§]|[⁰¹²³⁴⁵⁶⁷⁸⁹]{1,2}|\(\d\)) ?(?=\S)/;
const MAX_NOTE = 200;
/** So many paragraphs or items below a table may be its notes. */
const MAX_NOTES = 10;

/** Puts the footnote of a table's cell behind it, in parentheses, because a row is read and cited alone. */
export function addNotes(tree: Root): void {
  const defined = new Map<string, string>();
  visit(tree, "footnoteDefinition", (definition) => {
    defined.set(definition.identifier, noteOf(definition));
  });
  for (const [index, node] of tree.children.entries())
    if (node.type === "table") annotate(node, defined, notesBelow(tree.children, index));
}

/** The notes right below a table, by their mark. */
function notesBelow(nodes: RootContent[], table: number): Map<string, string> {
  const notes = new Map<string, string>();
  for (const node of nodes.slice(table + 1, table + 1 + MAX_NOTES)) {
    if (node.type !== "paragraph") break;
    const note = readableText(node).trim();
    const mark = NOTE.exec(note);
    if (!mark?.[1]) break;
    if (note.length <= MAX_NOTE) notes.set(mark[1], note.slice(mark[0].length).replace(/\.$/, ""));
  }
  return notes;
}

function annotate(table: Table, defined: Map<string, string>, below: Map<string, string>): void {
  if (defined.size === 0 && below.size === 0) return;
  let added = 0;
  const length = table.children.reduce((sum, row) => sum + row.children.length, 0);
  const budgeted = (note: string | undefined, cell: TableCell): PhrasingContent[] => {
    added += note?.length ?? 0;
    const isAdded = note && mayRepeat(added, length) && !readableText(cell).includes(`(${note})`);
    return isAdded ? [{ type: "text", value: ` (${note})` }] : [];
  };
  for (const row of table.children)
    for (const cell of row.children) {
      cell.children = cell.children.flatMap((node) =>
        node.type === "footnoteReference"
          ? [node, ...budgeted(defined.get(node.identifier), cell)]
          : [node],
      );
      if (below.size === 0 || row === table.children[0]) continue;
      const mark = /(?:\*{1,3}|[†‡§]|[⁰¹²³⁴⁵⁶⁷⁸⁹]{1,2}|\(\d\))$/.exec(
        readableText(cell).trim().slice(-5),
      )?.[0];
      if (mark) cell.children.push(...budgeted(below.get(mark), cell));
    }
}

function noteOf(definition: Nodes): string {
  const note = readableText(definition).replace(/\s+/g, " ").trim();
  return note.length <= MAX_NOTE ? note.replace(/\.$/, "") : "";
}
