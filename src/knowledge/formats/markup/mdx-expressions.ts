import type { Dialect } from "./dialect.ts";
import { replaceAt } from "./replace-at.ts";
import { endOfBraces, wordsOfExpression } from "./tags.ts";

/** A template literal that is text in MDX. */
const LITERAL = /\{`([^`$]*)`\}/g;

/** An identifier with what is done to it, or code with operators: what MDX would run. `{your-id}` and `{x y}` are no code. */
const CODE =
  /^!?[A-Za-z_$][\w$]*(?:\??\.[\w$]+|\[[^[\]]*\])*$|^[A-Za-z_$][\w$.]*\(|=>|&&|\|\||[?][^?]*:|^\.\.\.|^</;

/** In characters. */
const MAX_CODE = 2000;

/** Code between braces → the words that it shows. */
export function withExpressions(text: string, dialect: Dialect): string {
  return replaceAt(text, "{", (start) => {
    if (/[\\/$]/.test(text.charAt(start - 1))) return undefined;
    const limit = Math.min(text.length, start + dialect.readAhead.left);
    const end = endOfBraces(text, start, limit);
    if (end === undefined) {
      dialect.readAhead.left -= limit - start;
      return undefined;
    }
    const code = text.slice(start + 1, end - 1).trim();
    const words = wordsOfExpression(code) ?? dialect.values.get(code);
    if (words === undefined && !CODE.test(code.slice(0, MAX_CODE))) {
      dialect.readAhead.left -= code.length;
      return undefined;
    }
    const shown = words ?? elementsIn(code);
    dialect.room.left -= dialect.values.has(code) ? shown.length : 0;
    return { end, shown: dialect.room.left > 0 ? shown : "" };
  });
}

/** The texts of the elements in code: `{isNew && <b>Beta</b>}`. */
function elementsIn(code: string): string {
  return Array.from(code.matchAll(/>([^<>{}]+)<\//g), ([, words = ""]) => words.trim()).join(" ");
}

/** Comments of MDX, between braces. */
export function withoutComments(text: string): string {
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

export function withoutLiterals(text: string): string {
  return text.replace(LITERAL, "$1");
}
