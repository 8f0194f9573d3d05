import { readDirective, fenced, type Directive } from "./directives.ts";
import { fold, inlineOf, type Names } from "./inline.ts";
import { gridTable, markdownTable, simpleTable } from "./tables.ts";

const ADORNMENT = /^([!-/:-@[-`{-~])\1{2,}\s*$/;
const BULLET = /^([-*+•‣⁃])( +|$)/;
const NUMBERED = /^(?:\(?(\d+|#|[a-zA-Z]|[ivxIVX]+)[.)])( +)(?=\S)/;
const OPTION = /^((?:--?[\w?][\w-]*(?:[ =]<?[\w-]+>?)?(?:, )?)+)(?: {2,}(\S.*))?$/;
const FIELD = /^:((?:[^:\\`]|\\.)+):(?:\s+(.*))?$/;
const MAX_DEPTH = 30;

/** Reads reStructuredText, with Sphinx's directives, as blocks of Markdown. What it does not know keeps its words. */
export class RstReader {
  readonly #names: Names;
  /** The kinds of underlines, in the order of their levels. */
  readonly #levels: string[] = [];
  #depth = 0;

  constructor(source: string) {
    this.#names = namesIn(source);
  }

  inline(text: string): string {
    return inlineOf(text, this.#names);
  }

  /** Lines of RST without common indentation → blocks of Markdown. */
  blocks(lines: string[]): string[] {
    if (this.#depth >= MAX_DEPTH) return [this.inline(lines.join("\n"))];
    this.#depth += 1;
    const written: string[] = [];
    for (let at = 0; at < lines.length;) {
      if (!lines[at]?.trim()) at += 1;
      else at = this.#block(lines, at, written);
    }
    this.#depth -= 1;
    return written.filter((block) => block.trim());
  }

  /** Reads the block at a line. @returns the line behind it */
  #block(lines: string[], at: number, written: string[]): number {
    const line = lines[at] ?? "";
    const next = lines[at + 1] ?? "";
    if (/^\s/.test(line)) return this.#indented(lines, at, written);
    const title = titleAt(lines, at);
    if (title) {
      written.push(`${"#".repeat(this.#levelOf(title.kind))} ${this.inline(title.text)}`);
      return title.end;
    }
    if (ADORNMENT.test(line) && !next.trim()) return at + 1;
    if (/^\.\.(?:\s|$)/.test(line)) return this.#explicit(lines, at, written);
    if (line.startsWith("__ ")) return at + 1;
    if (/^\+[-=+]+\+\s*$/.test(line)) return this.#table(lines, at, written, gridTable, /^[+|]/);
    if (/^=+(?: +=+)+\s*$/.test(line)) return this.#simpleTable(lines, at, written);
    if (line.startsWith(">>> ")) return this.#doctest(lines, at, written);
    if (/^\|(?: |$)/.test(line)) return this.#lineBlock(lines, at, written);
    if (BULLET.test(line) || (NUMBERED.test(line) && !/^[a-zA-Z]\. +[A-Z]\./.test(line)))
      return this.#list(lines, at, written);
    if (FIELD.test(line)) return this.#field(lines, at, written);
    if (OPTION.test(line) && (/ {2}/.test(line) || /^\s+\S/.test(next)))
      return this.#option(lines, at, written);
    if (/^\s+\S/.test(next) && !line.endsWith("::")) return this.#definition(lines, at, written);
    return this.#paragraph(lines, at, written);
  }

  #levelOf(kind: string): number {
    if (!this.#levels.includes(kind)) this.#levels.push(kind);
    return Math.min(6, this.#levels.indexOf(kind) + 1);
  }

  #paragraph(lines: string[], at: number, written: string[]): number {
    let end = at;
    while (lines[end]?.trim() && (end === at || !lines[end]?.startsWith(".. "))) end += 1;
    const text = lines.slice(at, end).join("\n").trim();
    const isLiteral = text.endsWith("::");
    const shown = isLiteral
      ? text.replace(/\s*::$/, (mark) => (mark === "::" && text !== "::" ? ":" : ""))
      : text;
    if (shown) written.push(this.inline(shown));
    if (!isLiteral) return end;
    const body = blockBelow(lines, end, 1);
    if (body.lines.some((line) => line.trim())) written.push(fenced(body.lines));
    return body.end;
  }

  /** A quotation, or text that is indented for its looks. */
  #indented(lines: string[], at: number, written: string[]): number {
    const { lines: body, end } = blockBelow(lines, at, 1);
    written.push(...this.blocks(body));
    return end;
  }

  #list(lines: string[], at: number, written: string[]): number {
    const items: string[] = [];
    const isBullet = BULLET.test(lines[at] ?? "");
    const [, first = "1"] = NUMBERED.exec(lines[at] ?? "") ?? [];
    let number = /^\d+$/.test(first) ? Number(first) : 1;
    for (;;) {
      const line = lines[at] ?? "";
      const mark = (isBullet ? BULLET : NUMBERED).exec(line)?.[0];
      if (mark === undefined) break;
      const below = blockBelow(lines, at + 1, isBullet ? 2 : Math.min(mark.length, 2));
      const marker = isBullet ? "- " : `${number++}. `;
      const text = this.blocks([line.slice(mark.length), ...below.lines]).join("\n\n");
      items.push(marker + text.replace(/\n(?=[^\n])/g, `\n${" ".repeat(marker.length)}`));
      at = below.end;
    }
    written.push(items.join("\n"));
    return at;
  }

  #definition(lines: string[], at: number, written: string[]): number {
    const term = (lines[at] ?? "").trim();
    const { lines: body, end } = blockBelow(lines, at + 1, 1);
    const [first = "", ...others] = this.blocks(body);
    const isText = !/^(?:[-*>#|]|`{3}|\d+\. )/.test(first);
    const label =
      term.includes("*") || term.includes("`")
        ? `${this.inline(term)}:`
        : `**${this.inline(term)}:**`;
    written.push(...(isText ? [`${label} ${first}`] : [label, first]), ...others);
    return end;
  }

  #field(lines: string[], at: number, written: string[]): number {
    const [, name = "", text = ""] = FIELD.exec(lines[at] ?? "") ?? [];
    const { lines: body, end } = blockBelow(lines, at + 1, 1);
    const isMachinery =
      written.length === 0 ||
      /^(?:orphan|tocdepth|nosearch|no-search|nocomments|og:.*|description|keywords|substitutions)$/.test(
        name,
      );
    if (isMachinery) return end;
    const shown = this.blocks([text, ...body]);
    written.push(
      [`**${this.inline(name.replace(/^param (?:\w+ )?/, ""))}:**`, shown[0] ?? ""]
        .join(" ")
        .trim(),
      ...shown.slice(1),
    );
    return end;
  }

  #option(lines: string[], at: number, written: string[]): number {
    const [, option = "", text = ""] = OPTION.exec(lines[at] ?? "") ?? [];
    const { lines: body, end } = blockBelow(lines, at + 1, 1);
    const [first = "", ...others] = this.blocks([text, ...body]);
    written.push(`\`${option.trim()}\`: ${first}`, ...others);
    return end;
  }

  #lineBlock(lines: string[], at: number, written: string[]): number {
    const texts: string[] = [];
    for (
      ;
      /^\|(?: |$)/.test(lines[at] ?? "") || (texts.length > 0 && /^\s+\S/.test(lines[at] ?? ""));
      at++
    ) {
      texts.push((lines[at] ?? "").replace(/^\|/, "").trim());
    }
    written.push(texts.map((text) => this.inline(text)).join("  \n"));
    return at;
  }

  #doctest(lines: string[], at: number, written: string[]): number {
    let end = at;
    while (lines[end]?.trim()) end += 1;
    written.push(fenced(lines.slice(at, end), "pycon"));
    return end;
  }

  #table(
    lines: string[],
    at: number,
    written: string[],
    read: typeof gridTable,
    within: RegExp,
  ): number {
    let end = at;
    while (within.test(lines[end] ?? "")) end += 1;
    this.#writeTable(read(lines.slice(at, end)), written);
    return end;
  }

  #simpleTable(lines: string[], at: number, written: string[]): number {
    const rules: number[] = [];
    let end = at;
    for (; end < lines.length && rules.length < 3; end++) {
      if (/^=+(?: +=+)*\s*$/.test(lines[end] ?? "")) rules.push(end);
      // The second rule is the last one if a blank line follows it.
      if (rules.length === 2 && rules[1] === end && !lines[end + 1]?.trim()) break;
    }
    end = Math.min(lines.length, end + (rules.length < 3 ? 1 : 0));
    this.#writeTable(simpleTable(lines.slice(at, end)), written);
    return end;
  }

  #writeTable(table: ReturnType<typeof gridTable>, written: string[]): void {
    if (!table) return;
    const rows = table.rows.map((row) =>
      row.map((cell) => this.blocks(cell.split("\n")).join(" ")),
    );
    written.push(markdownTable(rows, table.head));
  }

  /** A line that begins with two dots: a directive, a target, a footnote or a comment. */
  #explicit(lines: string[], at: number, written: string[]): number {
    const line = (lines[at] ?? "").slice(2).trim();
    const below = blockBelow(lines, at + 1, 1);
    const directive = /^(?:\|[^|]+\| +)?([A-Za-z][\w:+.-]*?) ?::(?: +(.*))?$/.exec(line);
    if (directive && !line.startsWith("|")) {
      written.push(...readDirective(directiveOf(directive, below.lines), this));
      return below.end;
    }
    const [, note, text = ""] = /^\[([#*]?[\w.-]*)\](?: (.*))?$/.exec(line) ?? [];
    if (note !== undefined) {
      const name = /^\d+$/.test(note) || /^[A-Za-z]/.test(note) ? `\\[${note}\\] ` : "";
      const [first = "", ...others] = this.blocks([text, ...below.lines]);
      written.push(name + first, ...others);
    }
    return below.end;
  }
}

function directiveOf([, name = "", first = ""]: RegExpExecArray, below: string[]): Directive {
  const options = new Map<string, string>();
  const argument = [first];
  let at = 0;
  // The argument may go on until the options or a blank line.
  while (below[at]?.trim() && !FIELD.test(below[at] ?? "")) argument.push(below[at++] ?? "");
  for (; FIELD.test(below[at] ?? ""); at++) {
    const [, option = "", value = ""] = FIELD.exec(below[at] ?? "") ?? [];
    const more: string[] = [];
    while (/^\s+\S/.test(below[at + 1] ?? "")) more.push((below[++at] ?? "").trim());
    options.set(option, [value, ...more].join(" ").trim());
  }
  return {
    name: name.toLowerCase(),
    argument: argument.join("\n").trim(),
    options,
    body: below.slice(at),
  };
}

/** The lines below that are indented by at least so much, without their common indentation, and the line behind them. */
function blockBelow(
  lines: string[],
  start: number,
  least: number,
): { lines: string[]; end: number } {
  let end = start;
  let last = start;
  let indent = Infinity;
  for (; end < lines.length; end++) {
    const line = lines[end] ?? "";
    if (!line.trim()) continue;
    const own = /^ */.exec(line)?.[0].length ?? 0;
    if (own < least) break;
    indent = Math.min(indent, own);
    last = end + 1;
  }
  return {
    lines: lines.slice(start, last).map((line) => line.slice(Math.min(indent, 1000))),
    end: last,
  };
}

interface Title {
  text: string;
  /** The underline's character, and whether there is an overline. */
  kind: string;
  end: number;
}

function titleAt(lines: string[], at: number): Title | undefined {
  const [line = "", next = "", after = ""] = lines.slice(at, at + 3);
  const over = ADORNMENT.exec(line)?.[1];
  if (over && next.trim() && after.trim() === line.trim())
    return { text: next.trim(), kind: `${over}${over}`, end: at + 3 };
  const under = ADORNMENT.exec(next)?.[1];
  const isUnderlined =
    under !== undefined &&
    !/^\s/.test(line) &&
    !ADORNMENT.test(line) &&
    next.trim().length >= Math.min(3, line.trim().length);
  if (!isUnderlined || line.startsWith(".. ") || BULLET.test(line)) return undefined;
  return { text: line.trim(), kind: under, end: at + 2 };
}

/** The substitutions and targets that a document defines. */
function namesIn(source: string): Names {
  const substitutions = new Map<string, string>();
  const targets = new Map<string, string>();
  for (const [, name = "", text = ""] of source.matchAll(
    /^\s*\.\. \|([^|\n]+)\| +replace:: *(.*(?:\n[ \t]+\S.*)*)/gm,
  ))
    substitutions.set(name, text.replace(/\s+/g, " ").trim());
  for (const [, name = "", options = ""] of source.matchAll(
    /^\s*\.\. \|([^|\n]+)\| +image::.*((?:\n[ \t]+\S.*)*)/gm,
  ))
    substitutions.set(name, /:alt: *(.*)/.exec(options)?.[1] ?? "");
  for (const [, name = "", address = ""] of source.matchAll(
    /^\s*\.\. _`?([^:`\n]+)`?:[ \t]*(.*)$/gm,
  ))
    targets.set(fold(name), address.trim());
  return { substitutions, targets };
}
