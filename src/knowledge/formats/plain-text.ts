import type { Paragraph } from "mdast";
import { writeMarkdown } from "./markdown/markdown-tree.ts";

const PARAGRAPHS_PER_SLICE = 200;

/** Plain text → slices of the stored Markdown dialect, to be joined with line feeds. Blank lines separate paragraphs; anything that looks like markup is escaped. */
export function* cleanPlainText(content: string): Generator<string> {
  const paragraphs = plainParagraphs(content);
  for (let start = 0; start < paragraphs.length; start += PARAGRAPHS_PER_SLICE) {
    yield writeMarkdown({
      type: "root",
      children: paragraphs.slice(start, start + PARAGRAPHS_PER_SLICE),
    });
  }
}

export function plainParagraphs(content: string): Paragraph[] {
  const paragraphs = content
    .replace(/^\uFEFF/, "")
    .split(/\r?\n[ \t]*\r?\n/)
    .map((text) => text.trim())
    .filter(Boolean);
  return paragraphs.map((text) => ({
    type: "paragraph",
    children: piecesOf(text).map((value) => ({ type: "text", value })),
  }));
}

/** In characters. The writer notes each mark of a text that it escapes: a megabyte of marks at once took over 64 MB. */
const PIECE = 20_000;

function piecesOf(text: string): string[] {
  const pieces: string[] = [];
  for (let start = 0; start < text.length;) {
    const end = start + PIECE;
    // Not between the halves of a character.
    const splits = /[\uD800-\uDBFF]/.test(text.charAt(end - 1));
    pieces.push(text.slice(start, splits ? end + 1 : end));
    start = splits ? end + 1 : end;
  }
  return pieces;
}
