import { capitalised, foldName, labelOf } from "./component.ts";
import { readArguments } from "./tags.ts";

/** A directive between lines of colons. */
interface Colons {
  kind: "open" | "close" | "alone";
  marker: string;
  name: string;
  label: string;
  takesOptions: boolean;
}

const COLONS = /^(:{3,})\s*(.*)$/;
const LEAF = /^::([A-Za-z][\w-]*)(\[[^\]]*\])?(\{[^}]*\})?$/;
const NAMED = /^(\{?)([A-Za-z][\w.:-]*)\}?\s*(?:\[([^\]]*)\])?\s*(?:\{([^{}]*)\})?\s*(.*)$/;
/** Directives of Azure's docs, which end with another directive or with none. */
const ALONE =
  /^(?:image|image-end|row|row-end|column|column-end|zone|zone-end|moniker|moniker-end|code|no-loc|video|loc-scope|end-.*)$/;
/** Directives that show neither their name nor their arguments. */
const STRUCTURE =
  /^(?:tabs|tab-set|code-group|code-tabs|grid|grids|cards|card-group|columns|column|row|zone|moniker|steps|v-pre|raw|only|container|div|details-group|panel-tabset|layout|center|left|right|code|toctree|contents|no-loc)$/;

export function readColons(text: string, hasEnds: boolean): Colons | undefined {
  const leaf = LEAF.exec(text);
  if (leaf) return leafOf(leaf);
  const [, marker, given = ""] = COLONS.exec(text) ?? [];
  if (marker === undefined) return undefined;
  if (given === "")
    return hasEnds
      ? { kind: "close", marker, name: "", label: "", takesOptions: false }
      : undefined;
  const ended = given.replace(/\s*:{3,}$/, "");
  const isAlone = ended !== given;
  const [, brace, named = "", bracket, attributeText = "", rest = ""] =
    NAMED.exec(pandocName(ended)) ?? [];
  if (named === "") return undefined;
  const name = foldName(named);
  const kind = isAlone || ALONE.test(name) ? "alone" : "open";
  if (kind === "open" && !hasEnds) return undefined;
  const hasAttributes = /[\w-]+=["'\w]/.test(rest);
  const { attributes } = readArguments(`${attributeText} ${hasAttributes ? rest : ""}`);
  const title = bracket ?? (hasAttributes ? "" : rest.replace(/\{[^{}]*\}$/, "").trim());
  const words = title && !STRUCTURE.test(name) ? [title] : [];
  const label = STRUCTURE.test(name) ? "" : directiveLabel(name, attributes, words);
  return { kind, marker, name, label, takesOptions: brace === "{" };
}

function leafOf([, name = "", bracket = "", braces = ""]: RegExpExecArray): Colons | undefined {
  if (!bracket && !braces) return undefined;
  const { attributes } = readArguments(braces.slice(1, -1));
  const words = bracket.length > 2 ? [bracket.slice(1, -1)] : [];
  return {
    kind: "alone",
    marker: "",
    name,
    label: directiveLabel(foldName(name), attributes, words),
    takesOptions: false,
  };
}

/** A label in which the title of a directive of any name is shown. */
function directiveLabel(
  name: string,
  attributes: ReadonlyMap<string, string>,
  words: string[],
): string {
  const label = labelOf({ name, attributes, words });
  const [title] = words;
  if (label || title === undefined || /^[\w./-]*[./][\w./-]*$/.test(title)) return label;
  return `**${title}**`;
}

/** Pandoc's `{.callout-note title="x"}` → `callout-note {title="x"}`. */
function pandocName(text: string): string {
  const [, name, rest] = /^\{\s*(?:#[\w-]+\s+)?\.([\w-]+)([^{}]*)\}/.exec(text) ?? [];
  return name === undefined ? text : `${name} {${rest}}`;
}

/** A callout or tab whose body is indented: `!!! note "Title"`, `??? tip`, `=== "Tab"`; or Docsify's `?> text`. */
export function readIndented(
  text: string,
  hasBody: boolean,
): { label: string; name: string; opens: boolean } | undefined {
  const docsify = /^([?!])>\s+(.*)$/.exec(text);
  if (docsify)
    return {
      label: `**${docsify[1] === "?" ? "Note" : "Warning"}:** ${docsify[2]}`,
      name: "",
      opens: false,
    };
  const [, tab] = /^={3}[!+]{0,2}\s+["']([^"]*)["']$/.exec(text) ?? [];
  if (tab !== undefined) return { label: tab && `**${tab}**`, name: "tab", opens: true };
  const [, names = "", title] =
    /^(?:!!!|\?\?\?\+?)\s+([\w-]+(?:\s+[\w-]+){0,5})?\s*(?:"(.*)")?$/.exec(text) ?? [];
  if (
    (names === "" && title === undefined) ||
    (!hasBody && title === undefined && names.includes(" "))
  )
    return undefined;
  const [name = ""] = names.split(/\s/);
  return { label: title === "" ? "" : admonitionLabel(name, title), name, opens: hasBody };
}

function admonitionLabel(name: string, title: string | undefined): string {
  const label = labelOf({ name, attributes: new Map(), words: title ? [title] : [] });
  return label || (title ? `**${title}**` : `**${capitalised(name)}:**`);
}

/** `/// note | Title` (pymdownx.blocks); without a name it ends one. */
export function readSlashes(
  text: string,
): { marker: string; name: string; label: string } | undefined {
  const [, marker, name = "", title] = /^(\/{3,})\s*([\w-]*)\s*(?:\|\s*(.*))?$/.exec(text) ?? [];
  if (marker === undefined) return undefined;
  return { marker, name, label: name === "" ? "" : admonitionLabel(name, title) };
}

/** The first line of a quote that is a callout, `[!NOTE] Title`; undefined where it is none. */
export function readQuoted(text: string): string | undefined {
  const [, name, title = ""] =
    /^\[!([a-z][\w-]*)(?:\|[^\]]*)?[^\]]*\][-+]?[ \t]*\\?(.*)$/i.exec(text) ?? [];
  if (name === undefined || /^(?:include|code|video|notebook)/i.test(name)) return undefined;
  if (/^div$/i.test(name)) return "";
  const shown = capitalised(name);
  return title.trim() ? `**${shown}:** ${title.trim()}` : `**${shown}:**`;
}

interface FenceInfo {
  name: string;
  label: string;
  language: string;
  /** Whether the content is Markdown. */
  isMarkdown: boolean;
  isHidden: boolean;
}

const CODE_DIRECTIVE =
  /^(?:code|code-block|code-cell|sourcecode|literalinclude|mermaid|math|parsed-literal|highlight|prompt|testcode|doctest|r|python|julia|bash|sql|ojs|js|css|graphviz|plantuml|eval-rst|list-table-raw|diff)$/;
const HIDDEN_DIRECTIVE =
  /^(?:toctree|contents|include|raw|image|bibliography|autosummary|auto\w+|tableofcontents|meta|index|only-raw|embed|video|youtube|iframe)$/;

/** The words behind a fence's backticks: a language, a title, or the name of a directive (MyST). */
export function readFenceInfo(info: string, isInGroup: boolean): FenceInfo {
  const text = info.trim();
  const [, directive = "", words = ""] = /^\{([A-Za-z][\w:-]*)\}\s*(.*)$/.exec(text) ?? [];
  if (directive) {
    const name = foldName(directive);
    const isCode = CODE_DIRECTIVE.test(name);
    const isHidden = HIDDEN_DIRECTIVE.test(name);
    const isTable = /^(?:list-table|csv-table|table|figure)$/.test(name);
    const label = isCode || isHidden ? "" : directiveLabel(name, new Map(), words ? [words] : []);
    return {
      name,
      label: isTable && words && !/[/.]\w+$/.test(words) ? `**${words}**` : label,
      language: words,
      isMarkdown: !isCode && !isHidden,
      isHidden,
    };
  }
  const [language = ""] = /^(?![\w-]+=)[^\s{[]*/.exec(text) ?? [];
  const rest = text.slice(language.length).trim();
  const { attributes, words: bare } = readArguments(rest.replace(/[{}]/g, " "));
  const bracket = /^(?:\{[^{}]*\}\s*)?\[([^\]]+)\]/.exec(rest)?.[1];
  const named =
    attributes.get("title") ??
    attributes.get("filename") ??
    attributes.get("label") ??
    attributes.get("caption") ??
    attributes.get("name");
  const group =
    isInGroup && bare.length > 0 && !/^[{[]/.test(rest)
      ? bare.filter((word) => !/^\d|[{}]/.test(word)).join(" ")
      : "";
  const title = bracket ?? named ?? group;
  return {
    name: "",
    label: title ? `**${title}**` : "",
    language: info,
    isMarkdown: false,
    isHidden: false,
  };
}
