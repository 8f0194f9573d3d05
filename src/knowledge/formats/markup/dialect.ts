import { OpenFence } from "../markdown/open-fence.ts";
import { wordsOfExpression, type ReadAhead } from "./tags.ts";

/** What a document's markup is written for, as far as the markup itself shows it. */
export interface Dialect {
  /** Braces hold JavaScript, and indented text is no code. */
  isMdx: boolean;
  /** Roles, targets and comments of MyST. */
  isMyst: boolean;
  /** The texts of the document's own constants and fields, by name. */
  values: ReadonlyMap<string, string>;
  /** The footnotes that the document defines, by name: their text, or nothing where it is long. */
  footnotes: ReadonlyMap<string, string>;
  readAhead: ReadAhead;
  /** In characters: how much text the values may still add. */
  room: { left: number };
}

/** Also within a list or a quotation. */
const FENCE = /^[ \t>]*(`{3,}|~{3,})/;
/** A line that begins code of a module in MDX. */
export const IMPORT =
  /^import\s+(?:(?:type\s+)?[\w$*{][^'"]*\sfrom\s+)?["'][^'"]+["'];?\s*(?:\/\/.*)?$/;
export const IMPORT_BEGINS = /^import\s+(?:type\s+)?(?:[\w$]+\s*,\s*)?\{[^}]*$/;
export const EXPORT =
  /^export\s+(?:(?:const|let|var)\s+[\w${[]|(?:async\s+)?function\b\s*[\w$*(]|class\s+\w|default\s+(?:function\b|async\b|class\b|\(|\{|\w+;?\s*$|\w+\()|\{|\*\s+(?:from|as)\b|type\s+\w+\s*=|interface\s+\w)/;
const COMPONENT_LINE = /^\s*(?:<\/[A-Z][\w.]*>|<[A-Z][\w.]*(?:\s[^<>]*)?\/>)\s*$/;
const MYST_LINE =
  /^\s*(?:(?:`{3,}|:{3,})\{[a-z][\w:-]*\}|\([\w -]+\)=\s*$)|\{(?:ref|doc|term|numref|kbd|guilabel|menuselection|abbr|py:\w+|external\S*)\}`/;
const CONSTANT = /^export\s+const\s+(\w+)(?:\s*:\s*\w+)?\s*=\s*([^;]{1,100});?\s*$/;
const ASSIGNMENT = /\{%-?\s*(?:assign|set)\s+([\w.]+)\s*=\s*(["'])([^"'{}]{1,100})\2\s*-?%\}/;
const FIELD = /^([\w-]+):[ \t]*(["']?)([^"'{}[\]|>&*!\n][^{}\n]{0,100}?)\2[ \t]*$/;
const FOOTNOTE = /^ {0,3}\[\^([\w-]{1,100})\]:[ \t]*(.{0,200}?)\.?[ \t]*$/;
const FOOTNOTE_BEGINS = /^ {0,3}\[\^([\w-]{1,100})\]:/;
/** So many names of values, and of footnotes, are read. */
const MAX_VALUES = 1000;

/** Reads off a document what its markup is written for. */
export function dialectOf(lines: readonly string[], frontMatter: string): Dialect {
  const values = new Map<string, string>();
  const add = (name: string | undefined, value: string | undefined): void => {
    if (name !== undefined && value !== undefined && values.size < MAX_VALUES)
      values.set(name, value);
  };
  for (const line of frontMatter.split("\n")) {
    const [, name, , value] = FIELD.exec(line) ?? [];
    add(name && `page.${name}`, value);
  }
  const footnotes = new Map<string, string>();
  let [isMdx, isMyst, isVue] = [false, false, false];
  const fence = new OpenFence(FENCE);
  for (const line of lines) {
    fence.read(line);
    isMyst ||= MYST_LINE.test(line);
    if (fence.marker !== undefined) continue;
    const footnote = FOOTNOTE_BEGINS.exec(line)?.[1];
    if (footnote && footnotes.size < MAX_VALUES)
      footnotes.set(footnote, FOOTNOTE.exec(line)?.[2] ?? "");
    isVue ||= /^<script\b/i.test(line);
    isMdx ||= isMdxLine(line);
    const [, constant, code = ""] = CONSTANT.exec(line) ?? [];
    if (constant) add(constant, wordsOfExpression(code));
    const [, assigned, , value] = ASSIGNMENT.exec(line) ?? [];
    add(assigned, value);
  }
  const length = lines.reduce((sum, line) => sum + line.length + 1, 0);
  return {
    isMdx: isMdx && !isVue,
    isMyst,
    values,
    footnotes,
    readAhead: { left: 4 * length + 1000 },
    room: { left: length },
  };
}

function isMdxLine(line: string): boolean {
  return (
    IMPORT.test(line) ||
    IMPORT_BEGINS.test(line) ||
    EXPORT.test(line) ||
    COMPONENT_LINE.test(line) ||
    line.includes("{/*") ||
    /\sclassName=/.test(line)
  );
}
