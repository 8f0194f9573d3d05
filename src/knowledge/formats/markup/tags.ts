import type { Component } from "./component.ts";

/** A tag of a component: `<Tab title="x">`, `</Tab>`, `<Icon name="x" />`. */
export interface Tag extends Component {
  opens: boolean;
  closes: boolean;
  /** Where the text behind it begins. */
  end: number;
  /** Attributes whose value is code, by name. */
  expressions: ReadonlyMap<string, string>;
}

/** In characters. The arguments of a longer tag are not read. */
const MAX_ARGUMENTS = 4000;
const NAME = /<(\/?)([A-Za-z][\w.:-]*)?/y;
const ATTRIBUTE_NAME = /[@:#\w$][\w$:.@-]*/y;
const SPACE = /\s*/y;

/** Caps the characters that are read in search of a tag's end, because a hostile text has many tags that never end. */
export interface ReadAhead {
  left: number;
}

/**
 * Reads a tag with JSX's attributes.
 * @returns undefined where none begins, or where it does not end
 */
export function readTag(text: string, start: number, readAhead: ReadAhead): Tag | undefined {
  const scan = new TagScan(text, start, Math.min(text.length, start + readAhead.left));
  const tag = scan.tag();
  readAhead.left -= tag ? 0 : scan.at - start;
  return tag;
}

class TagScan {
  at: number;
  readonly #text: string;
  readonly #limit: number;

  constructor(text: string, start: number, limit: number) {
    this.#text = text;
    this.at = start;
    this.#limit = limit;
  }

  tag(): Tag | undefined {
    const [, slash, name = ""] = this.#match(NAME) ?? [];
    if (slash === undefined) return undefined;
    const attributes = new Map<string, string>();
    const expressions = new Map<string, string>();
    while (this.at < this.#limit) {
      this.#match(SPACE);
      const isVoid = this.#text.startsWith("/>", this.at);
      if (isVoid || this.#text.charAt(this.at) === ">") {
        const end = this.at + (isVoid ? 2 : 1);
        const closes = slash === "/";
        return { name, attributes, expressions, words: [], opens: !closes && !isVoid, closes, end };
      }
      if (!this.#attribute(attributes, expressions)) return undefined;
    }
    return undefined;
  }

  #attribute(attributes: Map<string, string>, expressions: Map<string, string>): boolean {
    if (this.#text.charAt(this.at) === "{") return this.#expression() !== undefined;
    const name = this.#match(ATTRIBUTE_NAME)?.[0].replace(/^:/, "").toLowerCase();
    if (name === undefined) return false;
    this.#match(SPACE);
    if (this.#text.charAt(this.at) !== "=") {
      attributes.set(name, "true");
      return true;
    }
    this.at += 1;
    this.#match(SPACE);
    const quote = this.#text.charAt(this.at);
    if (quote === "{") {
      const code = this.#expression();
      if (code === undefined) return false;
      expressions.set(name, code);
      const literal = wordsOfExpression(code);
      if (literal !== undefined) attributes.set(name, literal);
      return true;
    }
    if (quote !== '"' && quote !== "'") {
      const bare = this.#match(/[^\s"'`=<>{}]+/y)?.[0];
      if (bare !== undefined) attributes.set(name, bare);
      return bare !== undefined;
    }
    const end = this.#text.indexOf(quote, this.at + 1);
    if (end < 0 || end >= this.#limit) {
      this.at = this.#limit;
      return false;
    }
    attributes.set(name, this.#text.slice(this.at + 1, end));
    this.at = end + 1;
    return true;
  }

  /** The code between braces. */
  #expression(): string | undefined {
    const end = endOfBraces(this.#text, this.at, this.#limit);
    if (end === undefined) {
      this.at = this.#limit;
      return undefined;
    }
    const code = this.#text.slice(this.at + 1, end - 1);
    this.at = end;
    return code;
  }

  #match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.at;
    const match = pattern.exec(this.#text);
    if (match) this.at += match[0].length;
    return match;
  }
}

/** Where the text behind the brackets ends that open at `start`; undefined if they do not close before `limit`. */
export function endOfBraces(text: string, start: number, limit = text.length): number | undefined {
  let depth = 0;
  for (let at = start; at < limit; at++) {
    const character = text.charAt(at);
    if (character === "{" || character === "[" || character === "(") depth += 1;
    else if (character === "}" || character === "]" || character === ")") depth -= 1;
    else if (character === '"' || character === "'" || character === "`")
      at = endOfString(text, at, limit);
    if (depth === 0) return at + 1;
  }
  return undefined;
}

/** Where a string in code ends. A quotation mark whose line has no second one is an apostrophe. */
function endOfString(text: string, start: number, limit: number): number {
  const quote = text.charAt(start);
  for (let at = start + 1; at < limit; at++) {
    const character = text.charAt(at);
    if (character === quote) return at;
    if (character === "\\") at += 1;
    if (character === "\n" && quote !== "`") return start;
  }
  return start;
}

/** The text of an expression that is a literal or an element; undefined for other code. */
export function wordsOfExpression(code: string): string | undefined {
  const trimmed = code.trim();
  const quote = trimmed.charAt(0);
  const isString = /^["'`]$/.test(quote) && trimmed.length > 1 && trimmed.endsWith(quote);
  if (
    isString &&
    !trimmed.slice(1, -1).includes(quote) &&
    !(quote === "`" && trimmed.includes("${"))
  )
    return trimmed.slice(1, -1);
  if (/^(?:true|\d[\d.]*)$/.test(trimmed)) return trimmed;
  return trimmed.startsWith("<")
    ? trimmed
        .replace(/<[^<>]*>/g, " ")
        .replace(/\s+/g, " ")
        .trim()
    : undefined;
}

/** The strings of a list in code, or those under the name `label`. */
export function stringsOf(code: string): string[] {
  const short = code.slice(0, MAX_ARGUMENTS);
  const labels = Array.from(
    short.matchAll(/\b(?:label|title)["']?\s*:\s*(["'])([^"'\n]*)\1/g),
    ([, , label = ""]) => label,
  );
  if (labels.length > 0) return labels;
  return Array.from(short.matchAll(/(["'`])([^"'`\n]*)\1/g), ([, , text = ""]) => text);
}

const ARGUMENT =
  /(?:([\w$@:-][\w$.:@-]*)[ \t\n]*=[ \t\n]*)?(?:"((?:\\.|[^"\\])*)"|'((?:\\.|[^'\\])*)'|`([^`]*)`|([^\s"'`=,]+))/g;

/** Reads a shortcode's arguments: `name="x" other=y "z"`. */
export function readArguments(text: string): Pick<Component, "attributes" | "words"> {
  const attributes = new Map<string, string>();
  const words: string[] = [];
  for (const [, name, double, single, raw, bare] of text
    .slice(0, MAX_ARGUMENTS)
    .matchAll(ARGUMENT)) {
    const value = (double ?? single ?? raw ?? bare ?? "").replace(/\\(["'\\])/g, "$1");
    if (name === undefined) words.push(value);
    else attributes.set(name.toLowerCase(), value);
  }
  return { attributes, words };
}
