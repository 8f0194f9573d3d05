import type { ParsedFile } from "./parse-file.ts";
import { parseMarkdownFile } from "./parse-file.ts";
import { RstReader } from "./rst/reader.ts";

/** reStructuredText → a Markdown document. */
export function parseRestructuredText(externalId: string, source: string): ParsedFile {
  return parseMarkdownFile(externalId, rstToMarkdown(source));
}

export function rstToMarkdown(source: string): string {
  const text = source
    .replace(/^\uFEFF/, "")
    .replace(/\r\n?/g, "\n")
    .replaceAll("\t", "        ");
  return new RstReader(text).blocks(text.split("\n")).join("\n\n");
}
