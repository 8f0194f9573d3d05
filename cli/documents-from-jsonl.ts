import { readFile } from "node:fs/promises";
import { CommandError, reasonOf } from "./command.ts";
import { decodeText } from "./decode.ts";
import type { Document, ReadDocuments, Unreadable } from "./document.ts";
import { ArticleReader, type ExportOptions } from "./exports/article.ts";
import { isObject, type Json } from "./exports/values.ts";
import { readFields, refusedId } from "./fields.ts";
import { guessType } from "./guess-type.ts";

/**
 * One JSON object a line: `_id`, `id` or `external_id`; `text` or `content`; optionally `title` and the other fields of a
 * document. Without a content type in the line, the text itself shows whether it is HTML, Markdown or plain
 * text.
 * @throws CommandError when two lines have the same id
 */
export async function documentsFromJsonl(
  file: string,
  options: ExportOptions = {},
): Promise<ReadDocuments> {
  const { text, note } = decodeText(await readFile(file));
  const read = documentsFromLines(text, file, options);
  return note ? { ...read, notes: [note, ...read.notes] } : read;
}

/** @param file what the lines are called in messages */
export function documentsFromLines(
  text: string,
  file: string,
  options: ExportOptions,
): ReadDocuments {
  const articles = new ArticleReader(options);
  const skipped: Unreadable[] = [];
  const documents: Document[] = [];
  const unreadable: Unreadable[] = [];
  const lineOf = new Map<string, number>();
  const notes = new Map<string, number>();
  const lines = text.split("\n");
  for (const [index, line] of lines.entries()) {
    if (!line.trim()) continue;
    try {
      const parsed = parseObject(line.trim());
      if (isArticle(parsed)) {
        articles.add(parsed);
        continue;
      }
      const { document, ignored, isDraft } = parseLine(parsed);
      if (isDraft) {
        skipped.push({ source: `${file}:${index + 1}`, reason: "It is a draft" });
        continue;
      }
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
    documents: [...documents, ...articles.documents],
    unreadable: [...unreadable, ...articles.unreadable],
    skipped: [...skipped, ...articles.skipped],
    ...(documents.length === 0 && { origins: articles.origins }),
    notes: [...notes].map(([note, count]) => `${note}; left out (${count} lines)`),
  };
}

/** A line of a help centre's export has the text in `body`. */
function isArticle({ content, text, body, body_html }: Json): boolean {
  return content === undefined && text === undefined && (body ?? body_html) !== undefined;
}

function parseLine(line: Json): { document: Document; ignored: string[]; isDraft: boolean } {
  const { _id, id, external_id, text, content, content_type, metadata, ...rest } = line;
  const externalId = external_id ?? _id ?? id;
  if (typeof externalId !== "string" && typeof externalId !== "number") {
    throw new Error("No id (_id, id or external_id)");
  }
  const refused = refusedId(String(externalId));
  if (refused) throw new Error(refused);
  const body = content ?? text;
  if (typeof body !== "string" || !body.trim()) throw new Error("No text (text or content)");
  const { title, notes, place: _place, isDraft, ...fields } = readFields(rest);
  const document: Document = {
    external_id: String(externalId),
    title: title || String(externalId),
    content: body,
    content_type: typeof content_type === "string" ? content_type : guessType(body),
    ...fields,
  };
  if (isObject(metadata)) document.metadata = metadata;
  return { document, ignored: notes, isDraft: isDraft ?? false };
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
