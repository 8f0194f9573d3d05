import path from "node:path";
import { fileContentTypes, fileType } from "../src/knowledge/formats/file-types.ts";
import { parseAsciiDoc, type SourcePlace } from "./asciidoc.ts";
import { readEpub } from "./convert/epub.ts";
import { readNotebook } from "./convert/notebook.ts";
import { readOpenDocument } from "./convert/open-document.ts";
import { readPresentation } from "./convert/presentation.ts";
import type { ParsedFile } from "./parse-file.ts";
import {
  parseHtmlFile,
  parseJsonList,
  parseMarkdownFile,
  parseQuestionList,
  parseTextFile,
} from "./parse-file.ts";
import { parseRestructuredText } from "./restructured-text.ts";

type Parser = (
  externalId: string,
  source: string,
  place: SourcePlace,
) => ParsedFile | Promise<ParsedFile>;

/** Texts, by the extension of their files. */
export const PARSERS: Record<string, Parser> = {
  ".md": parseMarkdownFile,
  ".markdown": parseMarkdownFile,
  ".mdx": parseMarkdownFile,
  ".rst": parseRestructuredText,
  ".adoc": parseAsciiDoc,
  ".asciidoc": parseAsciiDoc,
  ".html": parseHtmlFile,
  ".htm": parseHtmlFile,
  ".xhtml": parseHtmlFile,
  ".txt": parseTextFile,
  ".csv": parseQuestionList,
  ".tsv": parseQuestionList,
  ".ipynb": readNotebook,
  ".json": parseJsonList,
};

/** Files that are read here, because the instance does not convert them everywhere. */
export const READERS: Record<string, (externalId: string, bytes: Uint8Array) => ParsedFile> = {
  ".epub": readEpub,
  ".pptx": readPresentation,
  ".odp": readOpenDocument,
  ".ods": readOpenDocument,
};

/** Files that the instance converts. */
export const CONVERTED: Record<string, string> = {
  ...Object.fromEntries(fileContentTypes.map((type) => [`.${fileType(type)?.extension}`, type])),
  ".jpg": "image/jpeg",
};

/** Files that hold documents and cannot be read, each with what to do. */
export const REFUSED: Record<string, string> = {
  ".doc": "Save it as .docx",
  ".dot": "Save it as .docx",
  ".rtf": "Save it as .docx",
  ".pages": "Export it as .docx or PDF",
  ".wpd": "Save it as .docx",
  ".ppt": "Save it as .pptx",
  ".pps": "Save it as .pptx",
  ".key": "Export it as .pptx or PDF",
  ".numbers": "Export it as .xlsx",
  ".xlsb": "Save it as .xlsx",
  ".xlsm": "Save it as .xlsx",
  ".docm": "Save it as .docx",
  ".pptm": "Save it as .pptx",
  ".mht": "Save the page as .html",
  ".mhtml": "Save the page as .html",
  ".webarchive": "Save the page as .html",
  ".mobi": "Convert it to .epub",
  ".azw3": "Convert it to .epub",
  ".chm": "Convert it to .html files",
  ".eml": "Save its text as .txt or .html",
  ".msg": "Save its text as .txt or .html",
  ".wiki": "Convert it to Markdown, for example with pandoc",
  ".mediawiki": "Convert it to Markdown, for example with pandoc",
  ".org": "Convert it to Markdown, for example with pandoc",
  ".textile": "Convert it to Markdown, for example with pandoc",
  ".tex": "Convert it to Markdown, for example with pandoc",
  ".zip": "Upload it by itself: npm run ingest -- <the .zip>",
};

export const FILE_TYPES = [
  ...new Set([...Object.keys(PARSERS), ...Object.keys(READERS), ...Object.keys(CONVERTED)]),
];

export function extensionOf(file: string): string {
  return path.extname(file).toLowerCase();
}
