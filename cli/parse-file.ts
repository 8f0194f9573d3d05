import type { Nodes as HastNodes } from "hast";
import type { Nodes as MdastNodes } from "mdast";
import { fromMarkdown } from "mdast-util-from-markdown";
import { visit, EXIT } from "unist-util-visit";
import { parseHtml } from "../src/knowledge/formats/html-tree.ts";
import { readMarkup } from "../src/knowledge/formats/markup/read-markup.ts";
import { runAtOnce } from "../src/runtime/steps.ts";
import type { Document } from "./document.ts";
import { DOCUMENT_FIELDS, readFields } from "./fields.ts";
import { readFrontMatter } from "./front-matter.ts";

export interface ParsedFile {
  document: Document;
  /** All fields of its front matter. */
  frontMatter?: Record<string, unknown>;
  notes: string[];
}

/** Markdown with optional front matter. The title is the front matter's, else the first heading, else the last part of the id. */
export function parseMarkdownFile(external_id: string, source: string): ParsedFile {
  const { fields: frontMatter, body } = readFrontMatter(source);
  const content = body.trimStart();
  const { notes, title, ...fields } = readFields(withoutOthers(frontMatter));
  return {
    document: {
      external_id,
      title: plainTitle(title) || markdownHeading(content) || titleFromId(external_id),
      content,
      content_type: "text/markdown",
      ...fields,
    },
    frontMatter,
    notes: notes.map((note) => `front matter, ${note}`),
  };
}

/** A site generator has dozens of fields of its own. Only what may be a misspelt field of ours is noted. */
function withoutOthers(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).filter(
      ([name]) =>
        DOCUMENT_FIELDS.has(name) ||
        DOCUMENT_FIELDS.has(name.toLowerCase().replace(/s$/, "")) ||
        /^audi/i.test(name),
    ),
  );
}

/** A title without the tags of a template language. */
function plainTitle(title: string | undefined): string {
  return (
    title
      ?.replace(/\{%[^%{}]*%\}|\{\{[^{}]*\}\}/g, "")
      .replace(/\s+/g, " ")
      .trim() ?? ""
  );
}

function markdownHeading(content: string): string | undefined {
  let found: string | undefined;
  visit(fromMarkdown(runAtOnce(readMarkup(content))), "heading", (node) => {
    found = textOf(node);
    return found ? EXIT : undefined;
  });
  return found;
}

/** An HTML page or fragment. The title is `<title>`, else the first heading, else the last part of the id. */
export function parseHtmlFile(external_id: string, source: string): ParsedFile {
  const page = parseHtml(source);
  const found = new Map<string, string>();
  visit(page, "element", (node) => {
    const { tagName } = node;
    const isWanted = tagName === "title" || /^h[1-6]$/.test(tagName);
    const place = tagName === "title" ? "title" : "heading";
    if (isWanted && !found.has(place) && textOf(node)) found.set(place, textOf(node));
  });
  const title = found.get("title") ?? found.get("heading") ?? titleFromId(external_id);
  return {
    document: { external_id, title, content: source, content_type: "text/html" },
    notes: [],
  };
}

export function parseTextFile(external_id: string, source: string): ParsedFile {
  const title = titleFromId(external_id);
  return {
    document: { external_id, title, content: source, content_type: "text/plain" },
    notes: [],
  };
}

/** A list of questions and answers. */
export function parseQuestionList(external_id: string, source: string): ParsedFile {
  const title = titleFromId(external_id);
  return {
    document: { external_id, title, content: source, content_type: "text/csv" },
    notes: [],
  };
}

/** A file that only the instance can read. */
export function describeFile(
  external_id: string,
  content_type: string,
  file: Uint8Array<ArrayBuffer>,
): ParsedFile {
  const title = titleFromId(external_id);
  return { document: { external_id, title, content: "", content_type, file }, notes: [] };
}

function textOf(node: MdastNodes | HastNodes): string {
  let text = "";
  visit(node, (child: MdastNodes | HastNodes) => {
    if (child.type === "text" || child.type === "inlineCode") text += child.value;
  });
  return text.replace(/\s+/g, " ").trim();
}

/** `shipping/where-we_deliver` → `where we deliver`. */
function titleFromId(externalId: string): string {
  const last = externalId.slice(externalId.lastIndexOf("/") + 1);
  return last.replace(/[-_]+/g, " ").trim() || externalId;
}
