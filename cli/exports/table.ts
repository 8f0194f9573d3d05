import { parseCsv } from "../../src/knowledge/formats/question-lists/csv.ts";
import type { ReadDocuments } from "../document.ts";
import { ArticleReader, valueOf, type ExportOptions } from "./article.ts";
import { textOf, type Json } from "./values.ts";

const TITLE = /^(?:article )?(?:title|name|subject)$/;
const BODY = /^(?:article )?(?:body|body html|html|html body|content html)$/;
const ID = /^(?:article )?(?:id|number)$|^external id$/;
/** What a table calls a field that an article has under another name. */
const RENAMED: Record<string, string> = {
  "article title": "title",
  "article body": "body",
  "article id": "id",
  "html body": "body_html",
  "content html": "html",
  "article url": "article_url",
  "last updated": "updated_at",
  "updated at": "updated_at",
  "publication status": "status",
};

/**
 * A table that a help centre exports: one article a row, with a title, a body and an id or address. Undefined for any other file, such
 * as a list of questions and answers.
 */
export function documentsFromTable(
  text: string,
  extension: string,
  options: ExportOptions,
): ReadDocuments | undefined {
  if (extension !== ".csv" && extension !== ".tsv") return undefined;
  const [head = []] = parseCsv(text).take(1);
  const names = head.map((name) =>
    name
      .trim()
      .toLowerCase()
      .replace(/[_\s]+/g, " "),
  );
  const has = (pattern: RegExp): boolean => names.some((name) => pattern.test(name));
  if (!has(TITLE) || !has(BODY) || !(has(ID) || names.some((name) => /\burl$/.test(name))))
    return undefined;
  const reader = new ArticleReader(options);
  for (const cells of parseCsv(text).drop(1)) {
    const article: Json = {};
    for (const [column, name] of names.entries()) {
      const field = RENAMED[name] ?? name.replaceAll(" ", "_");
      article[field] ||= cells[column] ?? "";
    }
    // Without an id, the last part of its address tells an article from the others.
    article["id"] ??= idOfAddress(article);
    reader.add(article);
  }
  return reader;
}

function idOfAddress(article: Json): string {
  return URL.parse(textOf(valueOf(article, "url")))?.pathname.replace(/^\/+|\/+$/g, "") ?? "";
}
