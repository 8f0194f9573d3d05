import { readdir, readFile } from "node:fs/promises";
import path from "node:path";

/** The body of `PUT /v1/documents/{external_id}`. */
export interface Article {
  external_id: string;
  title: string;
  content: string;
  content_type: "text/markdown";
  url?: string;
  language?: string;
  updated_at?: string;
}

const FRONT_MATTER = /^---\r?\n([\s\S]*?)\r?\n---\r?\n/;

/** Every Markdown file below a folder. The path without `.md` is the article's id. */
export async function readArticles(folder: string): Promise<Article[]> {
  const files = await readdir(folder, { recursive: true });
  const articles = files.filter((file) => file.endsWith(".md")).sort();
  return Promise.all(
    articles.map(async (file) => {
      const id = file.slice(0, -".md".length).split(path.sep).join("/");
      return parseArticle(id, await readFile(path.join(folder, file), "utf8"));
    }),
  );
}

/** Front matter is `key: value` lines, the value plain or in double quotes; without a title the id serves as one. */
export function parseArticle(external_id: string, source: string): Article {
  const [whole = "", head = ""] = FRONT_MATTER.exec(source) ?? [];
  const fields = new Map<string, string>();
  for (const line of head.split(/\r?\n/)) {
    const [, key, value] = /^(\w+):\s*(.*?)\s*$/.exec(line) ?? [];
    if (key && value) fields.set(key, value.startsWith('"') ? String(JSON.parse(value)) : value);
  }
  const { title = external_id, url, language, updated_at } = Object.fromEntries(fields);
  const content = source.slice(whole.length).trimStart();
  return { external_id, title, content, content_type: "text/markdown", url, language, updated_at };
}
