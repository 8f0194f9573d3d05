import { labelOf, noteOf } from "./component.ts";
import { splitAtCode } from "./code-spans.ts";
import { withEmoji } from "./emoji.ts";
import { shortcodesIn, shownFor, shownForVariable, type Shortcode } from "./shortcodes.ts";
import { endOfBraces, readTag, wordsOfExpression, type ReadAhead } from "./tags.ts";

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

/** MyST's `{ref}`text <target>``. */
const ROLE = /\{([a-z][\w:+-]*)\}(`+)([^`]+)\2/g;
/** A template literal that is text in MDX. */
const LITERAL = /\{`([^`$]*)`\}/g;

/** A paragraph, heading or list without what a site generator would take out of its lines. Code spans stay. */
export function readInline(paragraph: string, dialect: Dialect): string {
  if (!/[{<:=+![\]^|@-]/.test(paragraph)) return paragraph;
  const withRoles = dialect.isMyst ? paragraph.replace(ROLE, roleText) : paragraph;
  const source = dialect.isMdx ? withRoles.replace(LITERAL, "$1") : withRoles;
  const opened: string[] = [];
  return splitAtCode(source)
    .map((part, index) =>
      part.isCode ? part.text : readText(part.text, index > 0, dialect, opened),
    )
    .join("");
}

function roleText(whole: string, role: string, _: string, content: string): string {
  if (/^(?:code|literal|command|file|program|option|envvar|samp|kbd|py|c|cpp|js)\b/.test(role))
    return `\`${content}\``;
  if (/^(?:math|eq|raw|cite|footcite|numref)\b/.test(role)) return content;
  if (/^(?:index|target|nbsphinx)/.test(role)) return "";
  const text = /^([\s\S]*?)\s*<[^<>]*>$/.exec(content)?.[1];
  const shown =
    text === undefined || text === ""
      ? content.replace(/^[~!]/, "").replace(/^\/?(?:[\w.-]+\/)+(?=[\w-]+$)/, "")
      : text;
  return shown.replace(/\s*-->\s*/g, " → ");
}

function readText(text: string, isAfterCode: boolean, dialect: Dialect, opened: string[]): string {
  let read = text;
  if (read.includes("{")) {
    read = withoutComments(read);
    read = withShortcodes(read);
    read = withVariables(read, dialect);
  }
  if (read.includes("<")) read = withoutTags(read, dialect, opened);
  if (read.includes("{")) {
    if (dialect.isMdx) read = withExpressions(read, dialect);
    read = withoutAttributes(read, isAfterCode);
  }
  return withoutMarks(read, dialect);
}

/** MDX's comments. */
function withoutComments(text: string): string {
  let read = "";
  let at = 0;
  for (;;) {
    const start = text.indexOf("{/*", at);
    const end = start < 0 ? -1 : text.indexOf("*/}", start + 3);
    if (end < 0) return read + text.slice(at);
    read += text.slice(at, start);
    at = end + 3;
  }
}

function withShortcodes(text: string): string {
  const read: string[] = [];
  let at = 0;
  let raw = false;
  /** The last characters that were written. */
  let before = "";
  for (const shortcode of shortcodesIn(text)) {
    const { name, closes, start, end } = shortcode;
    if (raw && !(name === "raw" && closes)) continue;
    if (name === "raw") raw = !closes;
    before = (before + text.slice(Math.max(at, start - MAX_BEFORE), start)).slice(-MAX_BEFORE);
    const isTarget = isInTarget(before);
    const shown = isTarget
      ? addressIn(shortcode)
      : spaced(before, shownFor(shortcode), text.charAt(end));
    read.push(text.slice(at, start), shown);
    before += shown;
    at = end;
  }
  return read.join("") + text.slice(at);
}

/** In characters: how far back the beginning of a link's target is looked for. */
const MAX_BEFORE = 300;

/** A label does not join the words beside it. */
function spaced(before: string, label: string, after: string): string {
  if (label === "") return "";
  return `${/[\p{L}\p{N}]$/u.test(before) ? " " : ""}${label}${/^[\p{L}\p{N}*_[`]/u.test(after) ? " " : ""}`;
}

/** Whether the target of a link or an attribute of HTML is open. */
function isInTarget(before: string): boolean {
  return /(?:\]\([^()\s]*|(?:href|src)=["'][^"']*|^\[[^\]\n]+\]:\s*\S*)$/i.test(before);
}

function addressIn({ words, name }: Shortcode): string {
  return (words.find((word) => /[/.#]/.test(word)) ?? (/[/.]/.test(name) ? name : "")).replace(
    /[\s()<>]/g,
    "",
  );
}

function withVariables(text: string, dialect: Dialect): string {
  let read = "";
  let at = 0;
  for (
    let start = text.indexOf("{{");
    start >= 0;
    start = text.indexOf("{{", Math.max(at, start + 2))
  ) {
    const end = text.indexOf("}}", start + 2);
    if (end < 0) break;
    const nested = text.indexOf("{{", start + 2);
    if (nested >= 0 && nested < end) continue;
    const shown = shownForVariable(text.slice(start + 2, end), dialect.values);
    if (shown === undefined || text.charAt(start - 1) === "\\") continue;
    dialect.room.left -= shown.length;
    read += text.slice(at, start) + (dialect.room.left > 0 ? shown : "");
    at = end + 2;
  }
  return read + text.slice(at);
}

/** Attributes that mean something in Markdown and HTML. */
const HTML_ATTRIBUTES = ["href", "src", "alt", "title", "colspan", "rowspan", "start"];

function withoutTags(text: string, dialect: Dialect, opened: string[]): string {
  let read = "";
  let at = 0;
  for (
    let start = text.indexOf("<");
    start >= 0;
    start = text.indexOf("<", Math.max(at, start + 1))
  ) {
    if (text.charAt(start - 1) === "\\") continue;
    if (dialect.isMdx && /^<\/?>/.test(text.slice(start, start + 3))) {
      read += text.slice(at, start);
      at = text.indexOf(">", start) + 1;
      continue;
    }
    const isComponent = /^<\/?[A-Z]/.test(text.slice(start, start + 3));
    if (!isComponent && !(dialect.isMdx && /^<[a-z]/.test(text.slice(start, start + 2)))) continue;
    const tag = readTag(text, start, dialect.readAhead);
    if (!tag) continue;
    if (!isComponent && tag.expressions.size === 0) continue;
    const before = text.charAt(start - 1);
    read += text.slice(at, start);
    at = tag.end;
    if (!isComponent) {
      const kept = HTML_ATTRIBUTES.filter((name) => tag.attributes.has(name));
      const attributes = kept.map(
        (name) => ` ${name}="${tag.attributes.get(name)?.replaceAll('"', "&quot;")}"`,
      );
      read += `<${tag.name}${attributes.join("")}${tag.opens ? "" : " /"}>`;
      continue;
    }
    if (tag.closes) read += opened.pop() ?? "";
    else {
      const label = labelOf(tag);
      if (tag.opens) opened.push(noteOf(tag));
      read += spaced(before, label, text.charAt(at));
    }
  }
  return read + text.slice(at);
}

/** An identifier with what is done to it, or code with operators: what MDX would run. `{your-id}` and `{x y}` are no code. */
const CODE =
  /^!?[A-Za-z_$][\w$]*(?:\??\.[\w$]+|\[[^[\]]*\])*$|^[A-Za-z_$][\w$.]*\(|=>|&&|\|\||[?][^?]*:|^\.\.\.|^</;

/** In characters. */
const MAX_CODE = 2000;

function withExpressions(text: string, dialect: Dialect): string {
  let read = "";
  let at = 0;
  for (
    let start = text.indexOf("{");
    start >= 0;
    start = text.indexOf("{", Math.max(at, start + 1))
  ) {
    if (/[\\/$]/.test(text.charAt(start - 1))) continue;
    const limit = Math.min(text.length, start + dialect.readAhead.left);
    const end = endOfBraces(text, start, limit);
    if (end === undefined) {
      dialect.readAhead.left -= limit - start;
      continue;
    }
    const code = text.slice(start + 1, end - 1).trim();
    const words = wordsOfExpression(code) ?? dialect.values.get(code);
    if (words === undefined && !CODE.test(code.slice(0, MAX_CODE))) {
      dialect.readAhead.left -= code.length;
      continue;
    }
    const shown = words ?? elementsIn(code);
    dialect.room.left -= dialect.values.has(code) ? shown.length : 0;
    read += text.slice(at, start) + (dialect.room.left > 0 ? shown : "");
    at = end;
  }
  return read + text.slice(at);
}

/** The texts of the elements in code: `{isNew && <b>Beta</b>}`. */
function elementsIn(code: string): string {
  return Array.from(code.matchAll(/>([^<>{}]+)<\//g), ([, words = ""]) => words.trim()).join(" ");
}

const TOKEN = String.raw`(?:[#.][A-Za-z_][\w:.-]*|[A-Za-z][\w-]*=(?:"[^"{}\n]*"|'[^'{}\n]*'|[^\s"'{}]+))`;
/** `{#id}`, `{: .class}`, `{ width=50% }`: attributes that kramdown, Python-Markdown, Pandoc and others read. */
const ATTRIBUTES = new RegExp(
  String.raw`\{:?[ \t]*${TOKEN}(?:[ \t]+${TOKEN}){0,20}[ \t]*\}|\{:[^{}\n]{0,200}\}`,
  "g",
);

/** Pandoc's `[small]{.smallcaps}`. */
const SPAN = /(?<!\])\[([^[\]\n]{1,200})\]\{[.#][^{}\n]{1,200}\}/g;

function withoutAttributes(whole: string, isAfterCode: boolean): string {
  const text = whole.replace(SPAN, "$1");
  return text.replace(ATTRIBUTES, (found, start: number) => {
    const isKramdown = found.startsWith("{:");
    const before = start === 0 ? (isAfterCode ? "`" : "\n") : text.charAt(start - 1);
    const after = text.charAt(start + found.length);
    const isAtEnd = after === "" || after === "\n";
    return isKramdown || /[)\]`*_"\n>=+^]/.test(before) || isAtEnd ? "" : found;
  });
}

const INCLUDES = [
  /\[!include[ \t]*(?:\[[^[\]\n]*\])?(?:\([^()\n]*\))?\]/gi,
  /\[!(?:code|video|notebook)[\w-]*[ \t]*(?:\[[^[\]\n]*\])?(?:\([^()\n]*\))?[^[\]\n]*\]/gi,
  /\[\[_?toc_?\]\]/gi,
  /^[ \t]*\[toc\][ \t]*$/gim,
  /!\[\[[^[\]\n|]*(?:\|\d+(?:x\d+)?)?\]\]/g,
];
/** `[label]` behind `:name`. */
const TEXT_DIRECTIVE = /(?<![\w:/]):([a-z][a-z0-9-]*)\[([^\][\n]*)\](?:\{[^{}\n]*\})?/g;
const WIKI_LINK = /!?\[\[(?!\s)([^[\]\n|]+)(?:\|([^[\]\n]+))?\]\]/g;

function withoutMarks(text: string, { footnotes, room }: Dialect): string {
  let read = text;
  const isTable = text.includes("|");
  if (read.includes("[")) {
    for (const include of INCLUDES) read = read.replace(include, "");
    read = read
      .replace(
        WIKI_LINK,
        (_, page: string, shown?: string) => shown ?? page.replace(/^#+|(?<=.)#.*$/g, "").trim(),
      )
      .replace(TEXT_DIRECTIVE, "$2")
      .replace(/(?<=\S)[ \t]+\[#[\w-]+\][ \t]*$/gm, "")
      .replace(/(?<=\S)\[\^([\w-]{1,100})\](?!:)/g, (reference, name: string) => {
        const note = footnotes.get(name);
        if (note === undefined) return reference;
        // A row of a table is read and cited alone, without the notes below it.
        room.left -= isTable ? note.length : 0;
        return isTable && note && room.left > 0 ? ` (${note})` : "";
      })
      .replace(/(?<!\w)\^\[([^[\]\n]+)\]/g, " ($1)")
      .replace(/^[ \t]*\*\[([^\]\n]+)\]:[ \t]*(?=\S)/gm, "\n$1: ");
  }
  if (read.includes("=="))
    read = read.replace(/(?<![\w=])==(?=[^\s=])([^=\n]*[^\s=])==(?![\w=])/g, "$1");
  if (read.includes("++"))
    read = read.replace(
      /(?<![\w+])\+\+(?=[^\s+])((?:[^+\n]|\+(?!\+))*)(?<!\s)\+\+(?![\w+])/g,
      "$1",
    );
  if (read.includes("^^"))
    read = read.replace(/(?<![\w^])\^\^(?=[^\s^])([^^\n]*[^\s^])\^\^(?![\w^])/g, "$1");
  return read.includes(":") ? withEmoji(read) : read;
}
