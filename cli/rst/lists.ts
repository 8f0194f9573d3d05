import { blockBelow } from "./indentation.ts";
import type { RstReader } from "./reader.ts";

const BULLET = /^([-*+•‣⁃])( +|$)/;
const NUMBERED = /^(?:\(?(\d+|#|[a-zA-Z]|[ivxIVX]+)[.)])( +)(?=\S)/;
/** Without a comma, `-a-b-c` could be divided in many ways, and the search would take exponential time. */
const OPTION =
  /^((?:--?[\w?][\w-]*(?:[ =]<?[\w-]+>?)?, )*--?[\w?][\w-]*(?:[ =]<?[\w-]+>?)?)(?: {2,}(\S.*))?$/;
export const FIELD = /^:((?:[^:\\`]|\\.)+):(?:\s+(.*))?$/;

export function isBullet(line: string): boolean {
  return BULLET.test(line);
}

/** Whether a list begins here. A name such as "J. R. Smith" begins none. */
export function isItem(line: string): boolean {
  return BULLET.test(line) || (NUMBERED.test(line) && !/^[a-zA-Z]\. +[A-Z]\./.test(line));
}

/** Whether an option of a command begins here, with its text beside or below it. */
export function isOption(line: string, next: string): boolean {
  return OPTION.test(line) && (/ {2}/.test(line) || /^\s+\S/.test(next));
}

export function readList(
  reader: RstReader,
  lines: string[],
  at: number,
  written: string[],
): number {
  const items: string[] = [];
  const hasBullets = isBullet(lines[at] ?? "");
  const [, first = "1"] = NUMBERED.exec(lines[at] ?? "") ?? [];
  let number = /^\d+$/.test(first) ? Number(first) : 1;
  for (;;) {
    const line = lines[at] ?? "";
    const mark = (hasBullets ? BULLET : NUMBERED).exec(line)?.[0];
    if (mark === undefined) break;
    const below = blockBelow(lines, at + 1, hasBullets ? 2 : Math.min(mark.length, 2));
    const marker = hasBullets ? "- " : `${number++}. `;
    const text = reader.blocks([line.slice(mark.length), ...below.lines]).join("\n\n");
    items.push(marker + text.replace(/\n(?=[^\n])/g, `\n${" ".repeat(marker.length)}`));
    at = below.end;
  }
  written.push(items.join("\n"));
  return at;
}

/** A term, with its definition indented below it. */
export function readDefinition(
  reader: RstReader,
  lines: string[],
  at: number,
  written: string[],
): number {
  const term = (lines[at] ?? "").trim();
  const { lines: body, end } = blockBelow(lines, at + 1, 1);
  const [first = "", ...others] = reader.blocks(body);
  const isText = !/^(?:[-*>#|]|`{3}|\d+\. )/.test(first);
  const label =
    term.includes("*") || term.includes("`")
      ? `${reader.inline(term)}:`
      : `**${reader.inline(term)}:**`;
  written.push(...(isText ? [`${label} ${first}`] : [label, first]), ...others);
  return end;
}

/** `:name: text`. Fields at the top of a document are its metadata. */
export function readField(
  reader: RstReader,
  lines: string[],
  at: number,
  written: string[],
): number {
  const [, name = "", text = ""] = FIELD.exec(lines[at] ?? "") ?? [];
  const { lines: body, end } = blockBelow(lines, at + 1, 1);
  const isMachinery =
    written.length === 0 ||
    /^(?:orphan|tocdepth|nosearch|no-search|nocomments|og:.*|description|keywords|substitutions)$/.test(
      name,
    );
  if (isMachinery) return end;
  const shown = reader.blocks([text, ...body]);
  written.push(
    [`**${reader.inline(name.replace(/^param (?:\w+ )?/, ""))}:**`, shown[0] ?? ""]
      .join(" ")
      .trim(),
    ...shown.slice(1),
  );
  return end;
}

export function readOption(
  reader: RstReader,
  lines: string[],
  at: number,
  written: string[],
): number {
  const [, option = "", text = ""] = OPTION.exec(lines[at] ?? "") ?? [];
  const { lines: body, end } = blockBelow(lines, at + 1, 1);
  const [first = "", ...others] = reader.blocks([text, ...body]);
  written.push(`\`${option.trim()}\`: ${first}`, ...others);
  return end;
}
