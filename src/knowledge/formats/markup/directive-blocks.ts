import { readColons, readIndented, readSlashes } from "./directive-lines.ts";
import type { MarkupDocument } from "./markup-document.ts";
import { columnOf } from "./source-lines.ts";

/** A directive between lines of colons: `:::note`. */
export function readColonBlock(document: MarkupDocument, text: string, column: number): boolean {
  const directive = readColons(text, document.lines.hasColons);
  if (!directive) return false;
  if (directive.kind === "close") {
    const { length } = directive.marker;
    document.close(
      ({ kind, mark }) => kind === "colons" && mark.length === length,
      ({ kind, mark }) => kind === "colons" && mark.length <= length,
    );
    return true;
  }
  const options = directive.takesOptions ? readOptions(document) : [];
  document.writeBlock([directive.label, ...options].filter(Boolean).join(" "), column);
  if (directive.kind === "open")
    document.frames.open({ kind: "colons", mark: directive.marker, column, name: directive.name });
  return true;
}

/** The options below a directive's first line, `:alt: text`. @returns those that are shown */
export function readOptions({ lines }: MarkupDocument): string[] {
  const shown: string[] = [];
  for (; lines.at < lines.length; lines.at++) {
    const [, name = "", value = ""] = /^\s*:([\w-]+):(?:\s+(.*))?$/.exec(lines.ahead() ?? "") ?? [];
    if (!name) return shown;
    if (/^(?:alt|caption|title)$/.test(name) && value) shown.push(value);
  }
  return shown;
}

/** A callout or tab whose body is indented: `!!! note`. */
export function readIndentedBlock(document: MarkupDocument, text: string, column: number): boolean {
  const next = document.lines.nextText();
  const block = readIndented(text, next !== undefined && columnOf(next) >= column + 4);
  if (!block) return false;
  document.writeBlock(block.label, column);
  if (block.opens)
    document.frames.open({
      kind: "indented",
      mark: "",
      column,
      name: block.name,
      body: column + 4,
    });
  return true;
}

/** A block between lines of slashes: `/// note`. */
export function readSlashBlock(document: MarkupDocument, text: string, column: number): boolean {
  const block = document.lines.hasSlashes ? readSlashes(text) : undefined;
  if (!block) return false;
  if (block.name === "") {
    document.close(({ kind, mark }) => kind === "slashes" && mark === block.marker);
    return true;
  }
  document.writeBlock(block.label, column);
  while (/^ {4}[\w-]+:/.test(document.lines.ahead() ?? "")) document.lines.at += 1;
  document.frames.open({ kind: "slashes", mark: block.marker, column, name: block.name });
  return true;
}

/** `@tab Label` in a group of tabs (VuePress). */
export function readTabMark(document: MarkupDocument, text: string, column: number): boolean {
  const [, label] = /^@tab(?::\w+)?\s+(.*)$/.exec(text) ?? [];
  if (!label || !/tab/.test(document.frames.top.name)) return false;
  document.writeBlock(`**${label}**`, column);
  return true;
}

/** `# [Windows](#tab/windows)`, a tab of DocFX. */
export function readTabHeading(document: MarkupDocument, text: string, column: number): boolean {
  const label = /^#{1,6}\s+\[([^\]]+)\]\(#tabs?\/[^)]*\)\s*$/.exec(text)?.[1];
  if (!label) return false;
  document.writeBlock(`**${label}**`, column);
  return true;
}

/** A comment or target of MyST: `% text`, `(name)=`. */
export function skipMystMark({ dialect }: MarkupDocument, text: string): boolean {
  return dialect.isMyst && (/^%\s/.test(text) || /^\([\w .:/-]+\)=$/.test(text));
}

/** An item `toc` above `{:toc}`, in whose place kramdown writes a table of contents. */
export function skipContentsMark({ lines }: MarkupDocument, text: string): boolean {
  return /^[-*+]\s+toc$/i.test(text) && /^\{:?\s*toc/i.test(lines.ahead()?.trim() ?? "");
}
