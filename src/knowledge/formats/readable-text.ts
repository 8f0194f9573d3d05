import type { Code, List, Nodes, Parents, RootContent, Table } from "mdast";
import {
  join,
  replace,
  styled,
  trim,
  unmarked,
  type MarkedText,
  type Style,
} from "../../text/marked-text.ts";
import { repeatedNames } from "./column-names.ts";
import { codeSpan } from "./markdown-code.ts";

/** What ends a paragraph that another one follows in the same item or quotation. */
export const PARAGRAPH_END = styled(unmarked("\n"), { ends: "paragraph" });
export const LINE_BREAK = styled(unmarked("\n"), { ends: "line" });

/**
 * The text of a Markdown node without markup. This text is searched, embedded, quoted and cited. Each table row repeats the column
 * names, so that it can be understood alone.
 */
export function readableText(node: Nodes): string {
  return markedText(node).text;
}

/** The same with what the markup says of its parts, from which an answer writes them as Markdown again. */
export function markedText(node: Nodes): MarkedText {
  switch (node.type) {
    case "text":
      return unmarked(node.value);
    case "image":
      return styled(unmarked(node.alt ?? ""), { hidden: "image" });
    case "inlineCode":
      return styled(unmarked(markedCode(node.value)), { code: true });
    case "code":
      return join(codeLines(node), codeBreak(node));
    case "break":
      return LINE_BREAK;
    case "thematicBreak":
    case "html":
      return unmarked("");
    case "list":
      return join(listItems(node), unmarked("\n"));
    case "table":
      return join(tableCells(node).map(rowOf), LINE_BREAK);
    case "blockquote":
      return styled(blocks(node.children), { quoted: 1 });
    case "root":
    case "listItem":
    case "footnoteDefinition":
      return blocks(node.children);
    case "strong":
      return styled(inline(node), { strong: true });
    case "emphasis":
      return styled(inline(node), { emphasis: true });
    case "delete":
      return styled(inline(node), { deleted: true });
    case "link":
      return linked(inline(node), node.url);
    default:
      return "children" in node ? inline(node) : unmarked("");
  }
}

/** In characters. A longer address is hardly one of an article, and where its text is repeated, so is the address. */
const MAX_TARGET = 500;
/** An address of the web, also one without scheme or host. */
const WEB_ADDRESS = /^(?:https?:|(?![a-z][a-z0-9+.-]*:))[^\s<>\\]+$/i;

function linked(text: MarkedText, url: string): MarkedText {
  const isKept = url.length <= MAX_TARGET && url !== "#" && WEB_ADDRESS.test(url);
  return isKept ? styled(text, { link: url }) : text;
}

/** Blocks below each other. */
function blocks(nodes: RootContent[]): MarkedText {
  const parts: MarkedText[] = [];
  let last: RootContent | undefined;
  for (const node of nodes) {
    const text = markedText(node);
    if (text.text === "") continue;
    const isSeen = node.type !== last?.type && (node.type === "list" || node.type === "code");
    if (last) parts.push(isSeen ? unmarked("\n") : PARAGRAPH_END);
    parts.push(text);
    last = node;
  }
  return join(parts);
}

/** An address or a placeholder. In an answer it stays as it is only where it can be told to be code. */
const ADDRESS_OR_TAG = /:\/\/|\bwww\.|<[a-z/!?]/i;
/** What a block of code names as its language. */
const LANGUAGE = /^[\w+#.-]{1,30}$/;

/** The lines of a block of code. Those with an address or a placeholder are marked as code. */
export function codeLines(code: Code): MarkedText[] {
  return code.value.split("\n").map((line) => {
    const text = line.trim();
    const marked = text === "" ? line : line.replace(text, () => markedCode(text));
    return styled(unmarked(marked), fenceOf(code));
  });
}

/** What stands between the lines of a block of code. */
export function codeBreak(code: Code): MarkedText {
  return styled(unmarked("\n"), fenceOf(code));
}

function fenceOf({ lang }: Code): Style {
  return { fence: lang && LANGUAGE.test(lang) ? lang : "" };
}

function markedCode(code: string): string {
  return ADDRESS_OR_TAG.test(code) ? codeSpan(code) : code;
}

/** The code that {@link markedText} wrote as this text. */
export function codeIn(text: string): string {
  if (!ADDRESS_OR_TAG.test(text)) return text;
  const mark = /^`+/.exec(text)?.[0].length ?? 0;
  const inner = text.slice(mark, text.length - mark);
  return [inner, inner.slice(1, -1)].find((code) => codeSpan(code) === text) ?? text;
}

/** One line for each item, with nested lists indented below it. */
export function listItems(list: List): MarkedText[] {
  const first = list.start ?? 1;
  return list.children.map((item, index) => {
    const marker = list.ordered ? `${first + index}. ` : "- ";
    const text = replace(markedText(item), /\n/g, `\n${" ".repeat(marker.length)}`);
    return join([unmarked(marker), text]);
  });
}

/** A longer first cell is no label of its row. */
const MAX_LABEL = 80;

/** A row's cells as one line: `Country: Canada; Cost: $12`. Without column names the first cell is the label: `Phone: 030 123`. */
export function rowOf(cells: MarkedText[]): MarkedText {
  return styled(join(cells, unmarked("; ")), { row: true });
}

/** The cells of each row, each with its column's name, so that it can be understood alone. Empty cells are left out. */
export function tableCells(table: Table): MarkedText[][] {
  const [first, ...body] = table.children.map((row) =>
    row.children.map((cell) => oneLine(inline(cell))),
  );
  if (!first) return [];
  if (body.length === 0) return [first.filter(hasText)];
  if (!first.some(hasText)) return body.map(labelledCells);
  const head = first.map(({ text }) => text.replace(/\s*:$/, ""));
  const cells = head.map((_, column) => body.filter((row) => row[column]?.text).length);
  const length = body.flat().reduce((sum, { text }) => sum + text.length, 0);
  const names = repeatedNames(head, cells, length);
  // A column name that is too long to be repeated stands once, in a row of its own.
  const long = head.filter((name, column) => names[column] !== name);
  return [
    ...long.map((name) => [unmarked(name)]),
    ...body.map((row) =>
      row
        .map((cell, column) =>
          cell.text && names[column] ? join([unmarked(`${names[column]}: `), cell]) : cell,
        )
        .filter(hasText),
    ),
  ];
}

function labelledCells([label = unmarked(""), ...values]: MarkedText[]): MarkedText[] {
  const [first, ...others] = values.filter(hasText);
  const isLabel = label.text !== "" && label.text.length <= MAX_LABEL && first !== undefined;
  if (!isLabel) return [label, ...values].filter(hasText);
  const space = unmarked(/[:?!.]$/.test(label.text) ? " " : ": ");
  return [join([label, space, first]), ...others];
}

function hasText({ text }: MarkedText): boolean {
  return text !== "";
}

/** A row is one line, whatever breaks its cells hold. */
function oneLine(text: MarkedText): MarkedText {
  return trim(/\n/.test(text.text) ? replace(text, /\s*\n\s*/g, " ") : text);
}

function inline(node: Parents): MarkedText {
  return replace(join(node.children.map(markedText)), /[ \t]{2,}|\t/g, " ");
}
