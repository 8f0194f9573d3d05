import { tableFromRows, type CellPlace } from "../../citations/cited-table.ts";
import { slice, unmarked, type MarkedText } from "../../text/marked-text.ts";
import type { LinkTo } from "./inline-markdown.ts";
import { writeLine } from "./write-line.ts";

/** Words that go on with a sentence: "Paid with iDEAL: on your account after two days". None of them is a noun that keeps its capital. */
const JOINS =
  /^(?:on|in|at|by|with|from|to|for|per|after|before|until|within|through|via|as|of|if|when|up to|ab|bis|nach|mit|von|für|pro|bei|innerhalb|avec|dans|pour|par|après|con|en|por|para|desde|hasta|met|na|binnen|voor|op)\b/iu;
const ENDS_OPEN = new RegExp(`\\s${JOINS.source.slice(1, -2)}$`, "iu");

/**
 * One row as a sentence, several as a Markdown table; undefined where the rows do not agree in their columns. Cells keep their bold, code
 * and links.
 */
export function tableForm(
  rows: MarkedText[],
  isPartial: boolean,
  linkTo: LinkTo,
): string | undefined {
  const texts = rows.map(({ text }) => text);
  const marked = ({ row, start, end }: CellPlace): string =>
    writeLine(slice(rows[row] ?? unmarked(""), start, end), linkTo);
  const table = tableFromRows(texts, marked) ?? tableFromRows(texts);
  if (!table) return undefined;
  const [row] = table.rows;
  if (rows.length === 1 && row && !isPartial) return sentence(table.names, row);
  const more = isPartial ? [table.names.map(() => "…")] : [];
  const line = (cells: string[]): string => `| ${cells.join(" | ")} |`;
  return [table.names, table.names.map(() => "-"), ...table.rows, ...more].map(line).join("\n");
}

function sentence(names: string[], cells: string[]): string {
  const [name = "", ...otherNames] = names;
  const [label = "", ...others] = cells;
  const subject = name ? `${name} ${label}` : label;
  const facts = otherNames.flatMap((other, index) =>
    others[index] ? [{ name: other, value: others[index] }] : [],
  );
  const isSentence =
    facts.every((fact) => JOINS.test(fact.name)) || (ENDS_OPEN.test(name) && facts.length === 1);
  if (!isSentence)
    return `${subject} – ${facts.map((fact) => `${fact.name}: ${fact.value}`).join("; ")}`;
  return `${subject}: ${facts.map((fact) => `${lowered(fact.name)} ${fact.value}`).join(", ")}`;
}

function lowered(name: string): string {
  return JOINS.test(name) ? name.charAt(0).toLowerCase() + name.slice(1) : name;
}
