import { readFile } from "node:fs/promises";
import { CommandError, reasonOf } from "./command.ts";
import type { Document, ReadDocuments, Unreadable } from "./document.ts";
import { readFields, refusedId } from "./fields.ts";

type Json = Record<string, unknown>;

/**
 * One JSON object a line: `_id`, `id` or `external_id`; `text` or `content`; optionally `title` and the other fields of a
 * document. Without a content type in the line, the text itself shows whether it is HTML, Markdown or plain
 * text.
 * @throws CommandError when two lines have the same id
 */
export async function documentsFromJsonl(file: string): Promise<ReadDocuments> {
  const documents: Document[] = [];
  const unreadable: Unreadable[] = [];
  const lineOf = new Map<string, number>();
  const notes = new Map<string, number>();
  const lines = (await readFile(file, "utf8")).split("\n");
  for (const [index, line] of lines.entries()) {
    if (!line.trim()) continue;
    try {
      const { document, ignored } = parseLine(line);
      const earlier = lineOf.get(document.external_id);
      if (earlier !== undefined) {
        throw new CommandError(
          `${file}: lines ${earlier} and ${index + 1} have the same id "${document.external_id}".`,
        );
      }
      lineOf.set(document.external_id, index + 1);
      documents.push(document);
      for (const note of ignored) notes.set(note, (notes.get(note) ?? 0) + 1);
    } catch (error) {
      if (error instanceof CommandError) throw error;
      unreadable.push({ source: `${file}:${index + 1}`, reason: reasonOf(error) });
    }
  }
  return {
    documents,
    unreadable,
    notes: [...notes].map(([note, count]) => `${note}; left out (${count} lines)`),
  };
}

function parseLine(line: string): { document: Document; ignored: string[] } {
  const { _id, id, external_id, text, content, content_type, metadata, ...rest } =
    parseObject(line);
  const externalId = external_id ?? _id ?? id;
  if (typeof externalId !== "string" && typeof externalId !== "number") {
    throw new Error("No id (_id, id or external_id)");
  }
  const refused = refusedId(String(externalId));
  if (refused) throw new Error(refused);
  const body = content ?? text;
  if (typeof body !== "string" || !body.trim()) throw new Error("No text (text or content)");
  const { title, notes, ...fields } = readFields(rest);
  const document: Document = {
    external_id: String(externalId),
    title: title || String(externalId),
    content: body,
    content_type: typeof content_type === "string" ? content_type : guessType(body),
    ...fields,
  };
  if (isObject(metadata)) document.metadata = metadata;
  return { document, ignored: notes };
}

function parseObject(line: string): Json {
  let parsed: unknown;
  try {
    parsed = JSON.parse(line);
  } catch {
    throw new Error("Not JSON");
  }
  if (!isObject(parsed)) throw new Error("Not a JSON object");
  return parsed;
}

const BEFORE_HTML = String.raw`^(?:\s|<\?xml[^>]*>|<!--(?:(?!-->)[^])*-->)*`;
const HTML_PAGE = new RegExp(`${BEFORE_HTML}<(?:!doctype\\s+html|html)[\\s>]`, "i");
/** An element with a closing tag, so that a text which only mentions an element is not read as HTML. */
const HTML_BLOCK = new RegExp(
  `${BEFORE_HTML}<(address|article|aside|blockquote|body|details|div|dl|fieldset|figure|footer|form|h[1-6]|head|header|main|nav|ol|p|pre|section|table|ul)(?:\\s[^>]*)?>[^]*</\\1\\s*>`,
  "i",
);
const MARKDOWN = /^#{1,6} \S|^```|^\|.*\|\s*$|\]\((?:https?:|\/|#)|\*\*\S[^*\n]*\*\*/m;

/**
 * A text is Markdown only if it has a heading, link, fence or table, because plain text that is read as Markdown loses its `*`,
 * `_` and `<`. Markdown may begin with a block of HTML, but a whole HTML page is never Markdown.
 */
function guessType(text: string): string {
  if (HTML_PAGE.test(text)) return "text/html";
  if (MARKDOWN.test(text)) return "text/markdown";
  return HTML_BLOCK.test(text) ? "text/html" : "text/plain";
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
