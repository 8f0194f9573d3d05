import { contentLines } from "../../citations/section-text.ts";
import { codeBlock } from "../../knowledge/formats/markdown-code.ts";
import { codeIn } from "../../knowledge/formats/readable-text.ts";
import { slice, styleAt, type MarkedText, type Style } from "../../text/marked-text.ts";
import { escaped, type LinkTo } from "./inline-markdown.ts";
import { tableForm } from "./table-form.ts";
import { readsAs, writeLine } from "./write-line.ts";

/** The mark of a list's item and the white space behind it. */
const MARK = /^(?:[-*]|\d{1,9}[.)])\s+/;
/**
 * Writes a text as Markdown that reads as the text: a list's items, the lines of code and quotations stand in it with the indentation of
 * {@link markedText}, and its styles say the rest. Where that Markdown would read as something else, its characters are escaped, and where
 * even then, the text is returned as it is.
 */
export function writeMarkdown(text: MarkedText, linkTo: LinkTo): string {
  const wanted = contentLines(text.text);
  const forms: Forms[] = [
    {
      line: (line) => writeLine(line, linkTo),
      table: (rows) => (rows.length > 1 ? tableForm(rows, false, linkTo) : undefined),
    },
    { line: (line) => escaped(line.text), table: () => undefined },
  ];
  for (const form of forms) {
    const written = new Writer(text, form).lines().join("\n").trim();
    if (readsAs(written, wanted)) return written;
  }
  return text.text.trim();
}

/** How a line is written, and the rows of a table, where they have such a form. */
interface Forms {
  line: (line: MarkedText) => string;
  table: (rows: MarkedText[]) => string | undefined;
}

/** A line of the text, from the first character that is not indentation. */
interface Line {
  start: number;
  end: number;
  indent: number;
  /** What the line feed behind it says. */
  ends: Style["ends"];
}

/** An item of a list that is open: where its content begins in the text, and in what is written. */
interface Item {
  content: number;
  shown: number;
}

/** Writes the lines of a text as blocks of Markdown. */
class Writer {
  readonly #text: MarkedText;
  readonly #forms: Forms;
  readonly #lines: Line[];
  readonly #quoted: number;
  readonly #written: string[] = [];
  /** Innermost last. */
  #items: Item[] = [];
  /** By indentation: the last number of a list that may go on, and what stands behind it. */
  readonly #numbers = new Map<number, { number: number; end: string }>();
  /** Whether the last block was an item, or a part of one. */
  #isInList = false;
  /** Whether the last block was a quotation, which text right below it would go on. */
  #isBehindQuotation = false;

  /** @param quoted in how many quotations the lines stand whose marks are written by the caller */
  constructor(text: MarkedText, forms: Forms, lines = linesIn(text), quoted = 0) {
    this.#text = text;
    this.#forms = forms;
    this.#lines = lines;
    this.#quoted = quoted;
  }

  lines(): string[] {
    for (let at = 0; at < this.#lines.length;) at = this.#writeFrom(at);
    return this.#written;
  }

  /** @returns the line after the block that begins here */
  #writeFrom(at: number): number {
    const line = this.#lines[at];
    if (!line) return at + 1;
    if (line.start === line.end) {
      this.#blank();
      return at + 1;
    }
    while ((this.#items.at(-1)?.content ?? 0) > line.indent) this.#items.pop();
    const style = styleAt(this.#text, line.start) ?? {};
    if ((style.quoted ?? 0) > this.#quoted) return this.#writeQuotation(at, line);
    if (style.fence !== undefined) return this.#writeCode(at, line.start, style.fence);
    if (style.row) {
      const next = this.#writeTable(at, line);
      if (next !== undefined) return next;
    }
    const mark = MARK.exec(this.#text.text.slice(line.start, line.end))?.[0];
    return mark === undefined ? this.#writeText(at, line) : this.#writeItem(at, line, mark);
  }

  get #indent(): number {
    return this.#items.at(-1)?.shown ?? 0;
  }

  #push(...lines: string[]): void {
    const indent = " ".repeat(this.#indent);
    this.#written.push(...lines.map((line) => (line ? indent + line : "")));
  }

  #blank(): void {
    if (this.#written.length > 0 && this.#written.at(-1) !== "") this.#written.push("");
  }

  #writeText(at: number, line: Line): number {
    if (this.#isBehindQuotation) this.#blank();
    const text = this.#forms.line(slice(this.#text, line.start, line.end)).trimEnd();
    const isBroken = line.ends === "line" && at + 1 < this.#lines.length;
    this.#push(isBroken ? `${text}  ` : text);
    if (line.ends === "paragraph") this.#blank();
    this.#endBlock();
    return at + 1;
  }

  #writeItem(at: number, line: Line, mark: string): number {
    // A list that begins with another number than 1 would go on the paragraph above it.
    if (!this.#isInList) this.#blank();
    const indent = this.#indent;
    const shownMark = this.#markOf(mark, indent);
    const start = line.start + mark.length;
    this.#items.push({
      content: line.indent + mark.length,
      shown: indent + shownMark.length,
    });
    for (const deeper of this.#numbers.keys()) if (deeper > indent) this.#numbers.delete(deeper);
    const fence = styleAt(this.#text, start)?.fence;
    this.#isInList = true;
    this.#isBehindQuotation = false;
    const pad = " ".repeat(indent);
    if (fence !== undefined) {
      this.#written.push(pad + shownMark.trimEnd());
      return this.#writeCode(at, start, fence);
    }
    const text = this.#forms.line(slice(this.#text, start, line.end)).trimEnd();
    const isBroken = line.ends === "line" && at + 1 < this.#lines.length;
    this.#written.push(`${pad}${shownMark}${text}${isBroken ? "  " : ""}`);
    if (line.ends === "paragraph") this.#blank();
    return at + 1;
  }

  /** Another sign behind the number begins a list of its own, where the numbers do not go on. */
  #markOf(mark: string, indent: number): string {
    const number = Number.parseInt(mark, 10);
    if (Number.isNaN(number)) return "- ";
    const last = this.#numbers.get(indent);
    const goesOn = last === undefined || last.number + 1 === number;
    const end = goesOn ? (last?.end ?? ".") : last.end === "." ? ")" : ".";
    this.#numbers.set(indent, { number, end });
    return `${number}${end} `;
  }

  /** @returns the line after the table; undefined if its rows have no such form */
  #writeTable(at: number, { indent }: Line): number | undefined {
    let end = at + 1;
    while (this.#lines[end]?.indent === indent && this.#isRow(end)) end++;
    const rows = this.#lines.slice(at, end).map((own) => slice(this.#text, own.start, own.end));
    const table = this.#forms.table(rows);
    if (table === undefined) return undefined;
    this.#blank();
    this.#push(...table.split("\n"), "");
    this.#endBlock();
    return end;
  }

  #isRow(at: number): boolean {
    const line = this.#lines[at];
    return line !== undefined && styleAt(this.#text, line.start)?.row === true;
  }

  #writeCode(at: number, from: number, language: string): number {
    const line = this.#lines[at];
    const column = from - (line?.start ?? 0) + (line?.indent ?? 0);
    const code = [this.#text.text.slice(from, line?.end)];
    let next = at + 1;
    for (; next < this.#lines.length; next++) {
      const own = this.#lines[next];
      const before = (own?.start ?? 0) - (own?.indent ?? 0) - 1;
      if (!own || styleAt(this.#text, before)?.fence !== language) break;
      const start = own.start - Math.max(0, own.indent - column);
      code.push(this.#text.text.slice(Math.min(start, own.end), own.end));
    }
    this.#push(...codeBlock(code.map(withoutMarks).join("\n"), language).split("\n"));
    this.#endBlock();
    return next;
  }

  /** The lines of a quotation, and the empty ones between them. */
  #writeQuotation(at: number, { indent }: Line): number {
    const quoted = this.#quoted + 1;
    let end = at;
    for (let next = at; next < this.#lines.length; next++) {
      const line = this.#lines[next];
      if (!line || line.start === line.end) continue;
      if ((styleAt(this.#text, line.start)?.quoted ?? 0) < quoted) break;
      end = next + 1;
    }
    const inner = this.#lines
      .slice(at, end)
      .map((line) => ({ ...line, indent: Math.max(0, line.indent - indent) }));
    const writer = new Writer(this.#text, this.#forms, inner, quoted);
    if (!this.#isInList || this.#isBehindQuotation) this.#blank();
    this.#push(...writer.lines().map((line) => `> ${line}`.trimEnd()));
    this.#endBlock();
    this.#isBehindQuotation = true;
    return end;
  }

  /** A list goes on behind what stands in one of its items only. */
  #endBlock(): void {
    this.#isBehindQuotation = false;
    this.#isInList = this.#items.length > 0;
    if (!this.#isInList) this.#numbers.clear();
  }
}

/** A line of code without the backticks that mark it within a passage. */
function withoutMarks(line: string): string {
  const text = line.trim();
  return text === "" ? line : line.replace(text, () => codeIn(text));
}

function linesIn(whole: MarkedText): Line[] {
  let start = 0;
  return whole.text.split("\n").map((line) => {
    const end = start + line.length;
    const indent = line.length - line.trimStart().length;
    const read = { start: start + indent, end, indent, ends: styleAt(whole, end)?.ends };
    start = end + 1;
    return read;
  });
}
