import { readDirective, type Directive } from "./directives.ts";
import { blockBelow } from "./indentation.ts";
import { FIELD } from "./lists.ts";
import type { RstReader } from "./reader.ts";

/** A line that begins with two dots: a directive, a target, a footnote or a comment. */
export function readExplicit(
  reader: RstReader,
  lines: string[],
  at: number,
  written: string[],
): number {
  const line = (lines[at] ?? "").slice(2).trim();
  const below = blockBelow(lines, at + 1, 1);
  const directive = /^(?:\|[^|]+\| +)?([A-Za-z][\w:+.-]*?) ?::(?: +(.*))?$/.exec(line);
  if (directive && !line.startsWith("|")) {
    written.push(...readDirective(directiveOf(directive, below.lines), reader));
    return below.end;
  }
  const [, note, text = ""] = /^\[([#*]?[\w.-]*)\](?: (.*))?$/.exec(line) ?? [];
  if (note !== undefined) {
    const name = /^\d+$/.test(note) || /^[A-Za-z]/.test(note) ? `\\[${note}\\] ` : "";
    const [first = "", ...others] = reader.blocks([text, ...below.lines]);
    written.push(name + first, ...others);
  }
  return below.end;
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
