/** Where a page names another file, whose text it shows in this place. */
export interface Reference {
  start: number;
  end: number;
  target: string;
  /** Lines or a named region of the file. */
  selector?: string | undefined;
  /** Whether the generator reads the file's text by itself, so that it is a block of its own. Others paste it as it is. */
  isComponent: boolean;
  /** Whether it stands in a block of code. */
  isCode: boolean;
}

interface Form {
  /** The groups: the file, and the selector. */
  pattern: RegExp;
  isComponent?: boolean;
  /** Whether generators replace it in code, too. */
  inCode?: boolean;
}

const FORMS: Form[] = [
  // VitePress, VuePress
  {
    pattern:
      /<!--\s{0,9}@include:\s{0,9}([^\s{}#>]{1,300}?)(?:#([\w-]{1,100}))?(?:\{([\d,]{1,20})\})?\s{0,9}-->/g,
  },
  // MkDocs: snippets, markdown-include, include-markdown
  {
    pattern:
      /^[ \t]{0,60}-{2,9}8<-{2,9}[ \t]{1,9}["']([^"'\n:]{1,300})(?::([\w:,.-]{1,100}))?["'][ \t]*$/gm,
    inCode: true,
  },
  { pattern: /\{!\s{0,9}([^\s!{}]{1,300})(?:\s[^!{}\n]{0,200})?!\}/g },
  // Jekyll, GitBook, MkDocs, Nunjucks
  {
    pattern:
      /\{%-?\s{0,9}include(?:-markdown|_relative|_cached)?\s{1,9}(?:file=)?["']?([^\s"'%{}]{1,300})["']?[^%{}]{0,300}%\}/g,
  },
  // Markdoc
  {
    pattern: /\{%\s{0,9}partial\s[^%{}]{0,200}?file=["']([^"'%{}]{1,300})["'][^%{}]{0,300}%\}/g,
    isComponent: true,
  },
  // Hugo, Quarto
  {
    pattern:
      /\{\{[<%]-?\s{0,9}(?:include|include-?md|read-?file|snippet)\s{1,9}(?:(?:file|path|src)=)?["']?([^\s"'{}<>]{1,300})["']?[^{}<>]{0,200}[>%]\}\}/g,
    isComponent: true,
  },
  // mdBook
  {
    pattern: /(?<!\\)\{\{#include\s{1,9}([^\s{}:]{1,300})(?::([\w:-]{1,100}))?\s{0,9}\}\}/g,
    inCode: true,
  },
  // Microsoft's DocFX
  { pattern: /\[!INCLUDE\s{0,9}-?\s{0,9}\[[^\]\n]{0,200}\]\(([^()\s]{1,300})\)\]/gi },
  // Mintlify
  { pattern: /<Snippet\s{1,9}file=["']([^"'<>]{1,300})["'][^<>]{0,300}\/>/g, isComponent: true },
  // docsify
  {
    pattern: /!?\[[^\]\n]{0,200}\]\(([^()\s]{1,300})\s{1,9}["']:include[^"'\n]{0,100}["']\)/g,
    isComponent: true,
  },
  // MyST
  {
    pattern:
      /^[ \t]{0,60}(?:`{3,9}|:{3,9})\{include\}[ \t]{1,9}(\S{1,300})[ \t]*\n(?:[ \t]*:[\w-]{1,50}:[^\n]{0,200}\n){0,9}[ \t]*(?:`{3,9}|:{3,9})[ \t]*$/gm,
    isComponent: true,
  },
];
/** `--8<--` on a line of its own, the names of files, and `--8<--`. */
const SNIPPETS =
  /^([ \t]{0,60})-{2,9}8<-{2,9}[ \t]*\n((?:[ \t]*[^\s-][^\n]{0,300}\n){1,50})[ \t]*-{2,9}8<-{2,9}[ \t]*$/gm;
const IMPORT =
  /^import\s{1,9}([A-Z]\w{0,99})\s{1,9}from\s{1,9}(["'])([^"'\n]{1,300}\.(?:mdx?|markdown))\2;?[ \t]*$/gm;
const FENCE = /^[ \t>]*(`{3,}|~{3,})([^\n]*)$/;
const MARKDOWN_FILE = /\.(?:mdx?|markdown|qmd|txt)$/i;

/** Blocks that name several snippets of MkDocs, as one line for each. */
export function withSnippetLines(text: string): string {
  return text.replace(SNIPPETS, (_, indent: string, names: string) =>
    names
      .trimEnd()
      .split("\n")
      .map((name) => `${indent}--8<-- "${name.trim()}"`)
      .join("\n"),
  );
}

/** The references of a Markdown text, in order and apart. */
export function referencesIn(text: string): Reference[] {
  const found: Reference[] = [];
  const imports = new Map<string, string>();
  const parts = partsOf(text);
  for (const { text: part, isCode } of parts)
    if (!isCode)
      for (const [, name = "", , target = ""] of part.matchAll(IMPORT)) imports.set(name, target);
  for (const { text: part, at, isCode } of parts) {
    for (const { pattern, isComponent = false, inCode = false } of FORMS) {
      if (isCode && !inCode) continue;
      for (const match of part.matchAll(pattern)) {
        const [whole, target = "", region, lines] = match;
        if ((!isCode && !MARKDOWN_FILE.test(target)) || isInCode(part, match.index)) continue;
        const start = at + match.index;
        const selector = region ?? lines;
        found.push({ start, end: start + whole.length, target, selector, isComponent, isCode });
      }
    }
    if (!isCode) found.push(...componentsIn(part, at, imports));
  }
  let end = 0;
  return found
    .toSorted((a, b) => a.start - b.start)
    .filter((one) => one.start >= end && (end = one.end));
}

function componentsIn(part: string, at: number, imports: Map<string, string>): Reference[] {
  if (imports.size === 0) return [];
  return Array.from(
    part.matchAll(/<([A-Z]\w{0,99})(?:\s[^<>]{0,1000}?)?(?:\/>|><\/\1\s{0,9}>)/g),
    (match) => ({
      start: at + match.index,
      end: at + match.index + match[0].length,
      target: imports.get(match[1] ?? "") ?? "",
      isComponent: true,
      isCode: false,
    }),
  ).filter(({ target, start }) => target !== "" && !isInCode(part, start - at));
}

/** Whether a place lies between the marks of inline code. */
function isInCode(text: string, at: number): boolean {
  const line = text.slice(Math.max(text.lastIndexOf("\n", at - 1) + 1, at - 1000), at);
  return line.split("`").length % 2 === 0;
}

/** The text divided into code between fences and the rest. A fence that includes a file is text. */
export function partsOf(source: string): { text: string; at: number; isCode: boolean }[] {
  const parts: { text: string; at: number; isCode: boolean }[] = [];
  let [start, at] = [0, 0];
  let fence: string | undefined;
  let isInclude = false;
  const close = (end: number, isCode: boolean): void => {
    if (end > start) parts.push({ text: source.slice(start, end), at: start, isCode });
    start = end;
  };
  for (const line of source.split("\n")) {
    const next = Math.min(at + line.length + 1, source.length);
    const [, marker = "", info = ""] = FENCE.exec(line.trimEnd()) ?? [];
    if (marker && fence === undefined) {
      isInclude = info.startsWith("{include}");
      if (!isInclude) close(at, false);
      fence = marker;
    } else if (marker && fence !== undefined && marker.startsWith(fence) && !info.trim()) {
      if (!isInclude) close(next, true);
      fence = undefined;
    }
    at = next;
  }
  close(source.length, fence !== undefined && !isInclude);
  return parts;
}
