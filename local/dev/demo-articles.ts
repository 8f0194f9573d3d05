import { CommandError } from "../../cli/command.ts";
import type { Document } from "../../cli/document.ts";
import { documentsFromFolder } from "../../cli/documents-from-folder.ts";
import { parseMarkdownFile } from "../../cli/parse-file.ts";

export type Article = Document;

/** The articles below a folder, read as `npm run ingest` reads them. Throws if one cannot be read, because they belong to this repository. */
export async function readArticles(folder: string): Promise<Article[]> {
  const { documents, unreadable } = await documentsFromFolder(folder);
  const [first] = unreadable;
  if (first) throw new CommandError(`${folder}/${first.source}: ${first.reason}`);
  return documents;
}

export function parseArticle(external_id: string, source: string): Article {
  return parseMarkdownFile(external_id, source).document;
}
