import { codeSpan } from "../../src/knowledge/formats/markdown-code.ts";
import { fold, type Names } from "./names.ts";

const CODE_ROLE =
  /^(?:code|literal|samp|file|command|program|option|envvar|makevar|mimetype|regexp|py:\w+|c:\w+|cpp:\w+|js:\w+|class|func|meth|mod|attr|data|exc|obj|const|confval|setting|program|kbd)$/;
const HIDDEN_ROLE =
  /^(?:index|raw|cite|footcite|doc-hidden|fa|far|fas|fab|octicon|material-\w+|nbsp)$/;
/** Roles, references, code and substitutions, from left to right. */
const MARKUP =
  /``((?:[^`\n]|`(?!`)|\n(?!\s*\n))+?)``|:([A-Za-z][\w:+.-]*):`([^`]*)`|`([^`]*)`:([A-Za-z][\w:+.-]*):|_?`([^`]+)`(__?)?|\|([^|\s](?:[^|\n]*[^|\s])?)\|(?:__?)?|\[(#?[\w.-]*|\*)\]_|(?<![\w\\])([A-Za-z0-9]+(?:[-_.:+][A-Za-z0-9]+)*)(__?)(?![\w`])|(?<![\w*\\])(\*\*[^*\n]+\*\*|\*[^*\s](?:[^*\n]*[^*\s])?\*)(?![\w*])|\\(\s|.)/g;

/** The text of RST's lines → Markdown. */
export function inlineOf(text: string, names: Names): string {
  let written = "";
  let at = 0;
  for (const match of text.matchAll(MARKUP)) {
    const shown = shownFor(match, names);
    if (shown === undefined) continue;
    written += escaped(text.slice(at, match.index)) + shown;
    at = match.index + match[0].length;
  }
  return written + escaped(text.slice(at));
}

function shownFor(match: RegExpMatchArray, names: Names): string | undefined {
  const [
    ,
    literal,
    role,
    content,
    content2,
    role2,
    phrase,
    isLink,
    substitution,
    footnote,
    word,
    wordLink,
    strong,
    escape,
  ] = match;
  if (literal !== undefined) return codeOf(literal);
  if (role !== undefined || role2 !== undefined)
    return roleText(role ?? role2 ?? "", content ?? content2 ?? "");
  if (phrase !== undefined) return isLink ? linkText(phrase, names) : escaped(titleOf(phrase));
  if (substitution !== undefined) {
    const known = names.substitutions.get(substitution);
    return known === undefined
      ? undefined
      : inlineOf(known, { ...names, substitutions: new Map() });
  }
  if (footnote !== undefined) return /^\d+$/.test(footnote) ? `\\[${footnote}\\]` : "";
  if (word !== undefined) {
    const target = names.targets.get(fold(word));
    // A word that ends in an underscore is a reference only where something has its name.
    if (target === undefined)
      return wordLink === "__" ? undefined : names.targets.has(fold(word)) ? word : undefined;
    return target ? `[${word}](${target})` : word;
  }
  if (strong !== undefined) {
    const marks = strong.startsWith("**") ? "**" : "*";
    return marks + escaped(strong.slice(marks.length, -marks.length)) + marks;
  }
  if (escape !== undefined)
    return /\s/.test(escape)
      ? ""
      : escaped(`${/[*_`[\]<#]/.test(escape) ? "\\" : ""}${escape}`, false);
  return undefined;
}

function roleText(role: string, content: string): string {
  const name = role.replace(/^(?:std|rst):/, "").toLowerCase();
  if (HIDDEN_ROLE.test(name)) return "";
  const own = /^([\s\S]*?)\s*<[^<>]*>$/.exec(content)?.[1];
  const text = (own ?? titleOf(content)).replace(/\s+/g, " ").trim();
  if (name === "menuselection") return escaped(text.replace(/\s*-->\s*/g, " → "));
  if (name === "guilabel") return escaped(text.replace(/&(?=\w)/g, ""));
  if (name === "math") return codeOf(content);
  if (own === undefined && /^(?:doc|download|any)$/.test(name)) return escaped(pageName(text));
  if (own === undefined && /^(?:ref|numref)$/.test(name))
    return escaped(text.replace(/^[\w-]+:/, "").replace(/[-_]+/g, " "));
  if (own === undefined && CODE_ROLE.test(name))
    return codeOf(text.replace(/^~(?:\w+\.)*/, "").replace(/^!/, ""));
  return escaped(text);
}

/** A page without a title of its own, `/admin/user-groups` → user groups. */
function pageName(path: string): string {
  return path
    .replace(/^.*\//, "")
    .replace(/\.\w+$/, "")
    .replace(/[-_]+/g, " ");
}

function linkText(phrase: string, names: Names): string {
  const [, text = "", address = ""] = /^([\s\S]*?)\s*<([^<>]*)>$/.exec(phrase) ?? [];
  const label = (text || (address ? address : phrase)).replace(/\s+/g, " ");
  const target =
    address.replace(/\s+/g, "").replace(/\\/g, "") || names.targets.get(fold(phrase)) || "";
  return /^(?:https?|mailto):/.test(target) ? `[${escaped(label)}](${target})` : escaped(label);
}

function titleOf(content: string): string {
  return content.replace(/\s*<[^<>]*>$/, "") || content;
}

function codeOf(text: string): string {
  return codeSpan(text.replace(/\s*\n\s*/g, " "));
}

/** Text that Markdown would read as markup. */
function escaped(text: string, all = true): string {
  if (!all) return text.replace(/<(?=[A-Za-z/!?])/g, "\\<");
  return text.replace(
    /<(?=[A-Za-z/!?])|`|\*|(?<=^|\n)(?:#+|[>+]|-{3,}|={3,})(?=\s)|\[(?=[^\]\n]*\]\()/g,
    "\\$&",
  );
}
