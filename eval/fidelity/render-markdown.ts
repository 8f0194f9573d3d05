import { marked } from "marked";

const FRONT_MATTER = /^(?:\ufeff)?(---|\+\+\+)[ \t]*\r?\n[\s\S]*?\r?\n\1[ \t]*(?:\r?\n|$)/;
const CODE =
  /^[ \t]*(`{3,}|~{3,}).*\n[\s\S]*?^[ \t]*\1[`~]*[ \t]*$|(?<!`)(`{1,2})(?!`)[^\n]+?(?<!`)\2(?!`)/gm;

/** What generators add to Markdown, as the words that a visitor sees of it. Applied outside of code, in this order. */
const MACHINERY: [RegExp, string][] = [
  [/^(?:import|export) .*(?:\n(?!\n).*)*$/gm, ""],
  [/\{\/\*[\s\S]*?\*\/\}|<!--[\s\S]*?-->/g, ""],
  [/^([ \t]*)(?:!!!|\?\?\?\+?) +(\w+)[ \t]*$/gm, "$1**$2**"],
  [/^([ \t]*)(?:!!!|\?\?\?\+?) +\w+(?: +"([^"]*)")?.*$/gm, "$1**$2**"],
  [
    /^([ \t]*):{3,} *(note|tip|info|warning|danger|caution|important|success)[ \t]*$/gim,
    "\n$1**$2**\n",
  ],
  [/^([ \t]*):{3,} *\w*(?:\[([^\]]*)\]| +(.*))?$/gm, "\n$1**$2$3**\n"],
  [/^> \[!(\w+)\]/gm, "> **$1**"],
  [/\{\{[<%][\s\S]*?[>%]\}\}|\{%[\s\S]*?%\}/g, ""],
  [/[ \t]*\{#[\w-]+\}[ \t]*$/gm, ""],
];

/** A tag of a component, with strings and up to three levels of braces in its attributes. */
const COMPONENT =
  /<\/?[A-Z][\w.]*(?:[^<>{}"']|"[^"]*"|'[^']*'|\{(?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*\})*>/g;
const LABEL = /\s(?:label|title)="([^"]*)"/;

/**
 * A Markdown file as a plain HTML page, by another parser than the product's. It knows no generator: components are shown by
 * their label and children, shortcodes not at all, admonitions by their own title.
 */
export function renderMarkdown(source: string): string {
  const body = source.replace(FRONT_MATTER, "");
  const parts: string[] = [];
  let from = 0;
  for (const code of body.matchAll(CODE)) {
    parts.push(withoutMachinery(body.slice(from, code.index)), code[0]);
    from = code.index + code[0].length;
  }
  parts.push(withoutMachinery(body.slice(from)));
  const shown = withConstants(parts, constantsOf(body));
  return `<!doctype html><main>${marked.parse(shown.join(""), { async: false })}</main>`;
}

function withoutMachinery(text: string): string {
  let clean = text;
  for (const [pattern, seen] of MACHINERY) clean = clean.replace(pattern, seen);
  return clean.replace(COMPONENT, (tag) => `\n\n${LABEL.exec(tag)?.[1] ?? ""}\n\n`);
}

/** Constants of an MDX module that are texts or numbers. */
function constantsOf(body: string): Map<string, string> {
  const found = body.matchAll(
    /^export const (\w+)(?:: \w+)? = (?:"([^"\n]*)"|'([^'\n]*)'|`([^`$\n]*)`|(\d[\d.]*));?[ \t]*$/gm,
  );
  return new Map(
    Array.from(found, ([, name = "", ...values]) => [name, values.find(Boolean) ?? ""]),
  );
}

/** @param parts text and code by turns */
function withConstants(parts: string[], constants: Map<string, string>): string[] {
  return parts.map((part, index) =>
    index % 2 === 1
      ? part
      : part.replace(/\{\s*(\w+)\s*\}/g, (whole, name: string) => constants.get(name) ?? whole),
  );
}
