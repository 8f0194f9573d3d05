import type { List, Nodes, Parents, Table } from "mdast";
import { repeatedNames } from "./column-names.ts";
import { codeSpan } from "./markdown-code.ts";

/**
 * The text of a Markdown node without markup. This text is searched, embedded, quoted and cited. Each table row repeats the column
 * names, so that it can be understood alone.
 */
export function readableText(node: Nodes): string {
  switch (node.type) {
    case "text":
      return node.value;
    case "inlineCode":
      return markedCode(node.value);
    case "code":
      return codeLines(node.value).join("\n");
    case "break":
      return "\n";
    case "thematicBreak":
    case "html":
      return "";
    case "list":
      return listItems(node).join("\n");
    case "table":
      return tableRows(node).join("\n");
    case "blockquote":
    case "root":
    case "listItem":
    case "footnoteDefinition":
      return node.children.map(readableText).filter(Boolean).join("\n");
    default:
      return "children" in node ? inline(node) : "";
  }
}

/** An address or a placeholder. In an answer it stays as it is only where it can be told to be code. */
const ADDRESS_OR_TAG = /:\/\/|\bwww\.|<[a-z/!?]/i;

/** The lines of a block of code. Those with an address or a placeholder are marked as code. */
export function codeLines(code: string): string[] {
  return code.split("\n").map((line) => {
    const text = line.trim();
    return text === "" ? line : line.replace(text, () => markedCode(text));
  });
}

function markedCode(code: string): string {
  return ADDRESS_OR_TAG.test(code) ? codeSpan(code) : code;
}

/** One line for each item, with nested lists indented below it. */
export function listItems(list: List): string[] {
  const first = list.start ?? 1;
  return list.children.map((item, index) => {
    const marker = list.ordered ? `${first + index}. ` : "- ";
    const indent = " ".repeat(marker.length);
    return marker + readableText(item).replaceAll("\n", `\n${indent}`);
  });
}

/** A longer first cell is no label of its row. */
const MAX_LABEL = 80;

/** One line for each row: `Country: Canada; Cost: $12`. Without column names the first cell is the label: `Phone: 030 123`. */
export function tableRows(table: Table): string[] {
  return tableCells(table).map(rowOf);
}

/** A row's cells as one line. */
export function rowOf(cells: string[]): string {
  return cells.join("; ");
}

/** The cells of each row, each with its column's name, so that it can be understood alone. Empty cells are left out. */
export function tableCells(table: Table): string[][] {
  const [head, ...body] = table.children.map((row) =>
    row.children.map((cell) => oneLine(inline(cell))),
  );
  if (!head) return [];
  if (body.length === 0) return [head.filter(Boolean)];
  if (!head.some(Boolean)) return body.map(labelledCells);
  for (const [column, name] of head.entries()) head[column] = name.replace(/\s*:$/, "");
  const cells = head.map((_, column) => body.filter((row) => row[column]).length);
  const length = body.flat().reduce((sum, cell) => sum + cell.length, 0);
  const names = repeatedNames(head, cells, length);
  // A column name that is too long to be repeated stands once, in a row of its own.
  const long = head.filter((name, column) => names[column] !== name);
  return [
    ...long.map((name) => [name]),
    ...body.map((row) =>
      row
        .map((cell, column) => (cell && names[column] ? `${names[column]}: ${cell}` : cell))
        .filter(Boolean),
    ),
  ];
}

function labelledCells([label = "", ...values]: string[]): string[] {
  const [first, ...others] = values.filter(Boolean);
  const isLabel = label !== "" && label.length <= MAX_LABEL && first !== undefined;
  if (!isLabel) return [label, ...values].filter(Boolean);
  return [`${label}${/[:?!.]$/.test(label) ? "" : ":"} ${first}`, ...others];
}

/** A row is one line, whatever breaks its cells hold. */
function oneLine(text: string): string {
  return text.replace(/\s*\n\s*/g, " ").trim();
}

function inline(node: Parents): string {
  return node.children
    .map(readableText)
    .join("")
    .replace(/[ \t]+/g, " ");
}
