import { codeBlock } from "../../src/knowledge/formats/markdown-code.ts";
import { parseCsv } from "../../src/knowledge/formats/question-lists/csv.ts";
import type { RstReader } from "./reader.ts";
import { listTable, markdownTable } from "./tables.ts";

export interface Directive {
  name: string;
  /** What stands behind the name, over all of its lines. */
  argument: string;
  options: ReadonlyMap<string, string>;
  body: string[];
}

const ADMONITION =
  /^(?:note|warning|tip|hint|important|caution|danger|error|attention|seealso|see-also|info|versionadded|versionchanged|versionremoved|deprecated|todo-shown|admonition)$/;
const VERSION: Record<string, string> = {
  versionadded: "Added in version",
  versionchanged: "Changed in version",
  versionremoved: "Removed in version",
  deprecated: "Deprecated since version",
};
const CODE =
  /^(?:code|code-block|sourcecode|parsed-literal|prompt|console|doctest|testcode|math|ipython|jupyter-execute|mermaid|graphviz|plantuml|uml|productionlist)$/;
const HIDDEN =
  /^(?:toctree|contents|raw|meta|index|highlight|default-role|currentmodule|module|sectnum|role|todo|todolist|bibliography|autosummary|auto\w+|literalinclude|youtube|vimeo|video|iframe|tabularcolumns|target-notes|header|footer|date|unicode|comment|rst-class|class|cssclass|role-def|swagger|openapi|ghcontributors|title|feedback|button-ref|include)$/;
/** Their argument is the heading of their body. */
const TITLED =
  /^(?:tab|group-tab|tab-item|dropdown|details|collapse|collapsible|topic|sidebar|rubric|centered|card|grid-item-card|grid-item|step|table|confval|setting|option|envvar|describe|object|glossary-entry|expander|spoiler|accordion)$/;
/** Their argument is for the layout. */
const LAYOUT =
  /^(?:container|tabs|tab-set|content-tabs|grid|only|ifconfig|compound|hlist|columns|div|panels|carousel|flat-table|epigraph|highlights|pull-quote|glossary|line-block|tip-box)$/;

/** A directive → blocks of Markdown. */
export function readDirective(directive: Directive, reader: RstReader): string[] {
  const { name, argument, options, body } = directive;
  const rest = name.replace(/^(?:std|rst):/, "");
  if (ADMONITION.test(rest)) return admonition(rest, directive, reader);
  if (CODE.test(rest))
    return code(
      options.get("caption"),
      rest === "math" ? "" : argument.split("\n")[0],
      rest === "math" && argument ? [argument, ...body] : body,
      reader,
    );
  if (rest === "code-tab") {
    const [language = "", ...label] = argument.split(/\s+/);
    return code(label.join(" ") || language, language, body, reader);
  }
  if (HIDDEN.test(rest))
    return options.has("caption") && rest === "literalinclude"
      ? [bold(options.get("caption") ?? "", reader)]
      : [];
  if (/^(?:image|thumbnail)$/.test(rest)) return present(reader.inline(options.get("alt") ?? ""));
  if (rest === "figure")
    return [...present(reader.inline(options.get("alt") ?? "")), ...reader.blocks(body)];
  if (rest === "list-table" || rest === "csv-table") return table(rest, directive, reader);
  if (TITLED.test(rest))
    return [...present(argument && bold(argument, reader)), ...reader.blocks(body)];
  if (LAYOUT.test(rest)) return reader.blocks(body);
  if (rest.includes(":"))
    return [
      ...argument
        .split("\n")
        .filter(Boolean)
        .map((line) => `\`${line.trim()}\``),
      ...reader.blocks(body),
    ];
  const isWords = /\s/.test(argument.trim()) || body.length === 0;
  return [
    ...present(isWords && !/^\S*[./]\S*$/.test(argument) ? reader.inline(argument) : ""),
    ...reader.blocks(body),
  ];
}

function admonition(name: string, { argument, body }: Directive, reader: RstReader): string[] {
  if (name === "admonition") return [bold(argument, reader), ...reader.blocks(body)];
  const version = VERSION[name];
  if (version !== undefined) {
    const [number = "", ...words] = argument.split(/\s+/);
    return [
      [`**${version} ${number}:**`, reader.inline(words.join(" "))].join(" ").trim(),
      ...reader.blocks(body),
    ];
  }
  const kind = `**${name === "seealso" ? "See also" : name.charAt(0).toUpperCase() + name.slice(1)}:**`;
  const [first = "", ...others] = reader.blocks([...argument.split("\n"), ...body]);
  // The kind stands in front of a paragraph, not of a list or code.
  return /^(?:[-*+>#|`]|\d+\.)/.test(first)
    ? [kind, first, ...others]
    : [`${kind} ${first}`.trim(), ...others];
}

function code(
  caption: string | undefined,
  language: string | undefined,
  body: string[],
  reader: RstReader,
): string[] {
  return [...present(caption && bold(caption, reader)), fenced(body, language)];
}

/** Lines of code as a block, without blank lines around them. */
export function fenced(lines: string[], language = ""): string {
  const text = lines.join("\n").replace(/^\n+|\s+$/g, "");
  return codeBlock(text, /^[\w+#-]+$/.test(language) ? language : "");
}

function table(name: string, { argument, options, body }: Directive, reader: RstReader): string[] {
  const csv = [options.get("header") ?? "", ...body].filter((line) => line.trim()).join("\n");
  const rows =
    name === "list-table" ? listTable(body) : [...parseCsv(csv.replace(/^ +|(?<=,) +(?=")/gm, ""))];
  const head = Number(options.get("header-rows") ?? (options.has("header") ? 1 : 0)) || 0;
  const filled = rows.filter((row) => row.some((cell) => cell.trim()));
  const cells = filled.map((row) => row.map((cell) => reader.blocks(cell.split("\n")).join(" ")));
  return [
    ...present(argument && bold(argument, reader)),
    ...(cells.length > 0 ? [markdownTable(cells, head)] : []),
  ];
}

function bold(text: string, reader: RstReader): string {
  const shown = reader.inline(text.replace(/\s+/g, " "));
  return /[*]/.test(shown) ? shown : `**${shown}**`;
}

function present(text: string | undefined): string[] {
  return text ? [text] : [];
}
