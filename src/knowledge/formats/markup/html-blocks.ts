import type { MarkupDocument } from "./markup-document.ts";
import { withoutColumns } from "./source-lines.ts";
import { readTags } from "./tag-blocks.ts";

/** HTML whose content is no Markdown. */
const VERBATIM_BEGINS = /^<(?:script|pre|style|textarea)\b/i;
const VERBATIM_ENDS = /<\/(?:script|pre|style|textarea)>/i;

/** A line that begins with a comment, HTML or tags of components. */
export function readHtml(document: MarkupDocument, text: string, column: number): boolean {
  if (text.startsWith("<!--") && !text.includes("-->")) return document.lines.skipUntil("-->");
  if (text.startsWith("<![CDATA[") || text.startsWith("]]>")) {
    document.readText(text.replace(/<!\[CDATA\[|\]\]>/g, ""), column);
    return true;
  }
  if (VERBATIM_BEGINS.test(text)) {
    document.endParagraph();
    const { frames } = document;
    if (!VERBATIM_ENDS.test(text)) document.verbatimEnd = VERBATIM_ENDS;
    document.write(frames.top.prefix + frames.indentOf(column) + text);
    return true;
  }
  return readLooseDefinition(document, text) || readTags(document, text, column);
}

/** A line within HTML whose content is no Markdown. */
export function readVerbatim(document: MarkupDocument, line: string): void {
  const { top } = document.frames;
  if (document.verbatimEnd?.test(line)) document.verbatimEnd = undefined;
  document.write(top.prefix + withoutColumns(line, top.body ?? 0));
}

/** A line of `<dl>` whose tags stand between blank lines, so that Markdown reads the texts between them as paragraphs. */
function readLooseDefinition(document: MarkupDocument, text: string): boolean {
  const [, end = "", name = ""] = /^<(\/?)(dl|dd|dt)\b[^<>]*>/i.exec(text) ?? [];
  const isList = name.toLowerCase() === "dl";
  const opensLoosely = isList && !end && document.lines.isNextBlank();
  if (name === "" || (document.looseLists === 0 && !opensLoosely)) return false;
  const term = /^<dt\b[^<>]*>(.*)<\/dt>$/i.exec(text)?.[1];
  if (term === undefined && !/^(?:<\/?d[ldt]\b[^<>]*>\s*)+$/i.test(text)) return false;
  document.endParagraph();
  if (isList) document.looseLists += end ? -1 : 1;
  if (term !== undefined) document.term = document.term ? `${document.term}, ${term}` : term;
  return true;
}
