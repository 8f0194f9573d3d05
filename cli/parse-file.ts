import type { Nodes as MdastNodes } from "mdast";
import { fromMarkdown } from "mdast-util-from-markdown";
import { visit, EXIT } from "unist-util-visit";
import { parseDocument } from "yaml";
import type { Document } from "./document.ts";
import { readFields, type Place } from "./fields.ts";
import { readPage } from "./page.ts";

export interface ParsedFile {
  document: Document;
  notes: string[];
  place?: Place;
  /** Why the file is rightly no document. */
  skipped?: string;
}

const FRONT_MATTER = /^---[ \t]*\r?\n([\s\S]*?)^---[ \t]*(?:\r?\n|$)/m;

/** Markdown with optional YAML front matter. The title is the front matter's, else the first heading, else the last part of the id. */
export function parseMarkdownFile(external_id: string, source: string): ParsedFile {
  const match = FRONT_MATTER.exec(source);
  const [whole = "", yaml = ""] = match?.index === 0 ? match : [];
  const content = source.slice(whole.length).trimStart();
  const { notes, title, place, isDraft, ...fields } = readFields(parseFrontMatter(yaml));
  return {
    ...(place && { place }),
    ...(isDraft && { skipped: "It is a draft" }),
    ...(!content.trim() && { skipped: "It holds nothing but front matter" }),
    document: {
      external_id,
      title: title || markdownHeading(content) || titleFromId(external_id),
      content,
      content_type: "text/markdown",
      ...fields,
    },
    notes: notes.map((note) => `front matter, ${note}`),
  };
}

/** @throws Error when the front matter is not YAML, or not a list of fields */
function parseFrontMatter(yaml: string): Record<string, unknown> {
  const parsed = parseDocument(yaml);
  const [problem] = parsed.errors;
  if (problem)
    throw new Error(`front matter: ${problem.message.split("\n")[0]?.replace(/:$/, "")}`);
  const fields: unknown = parsed.toJS();
  if (fields === null || fields === undefined) return {};
  if (typeof fields !== "object" || Array.isArray(fields)) {
    throw new Error("front matter: not a list of fields (name: value)");
  }
  return fields as Record<string, unknown>;
}

function markdownHeading(content: string): string | undefined {
  let found: string | undefined;
  visit(fromMarkdown(content), "heading", (node) => {
    found = textOf(node);
    return found ? EXIT : undefined;
  });
  return found;
}

/** An HTML page or fragment. The title is `<title>`, else the first heading, else the last part of the id. */
export function parseHtmlFile(external_id: string, source: string): ParsedFile {
  const page = readPage(source);
  const title = page.title || page.heading || titleFromId(external_id);
  const document: Document = { external_id, title, content: source, content_type: "text/html" };
  if (page.language) document.language = page.language;
  const skipped = page.refresh
    ? `It redirects to ${page.refresh}`
    : page.isNoindex
      ? "It says noindex"
      : undefined;
  return { document, notes: [], ...(skipped && { skipped }) };
}

export function parseTextFile(external_id: string, source: string): ParsedFile {
  const title = titleFromId(external_id);
  return {
    document: { external_id, title, content: source, content_type: "text/plain" },
    notes: [],
  };
}

/** A list of questions and answers, or any other table. */
export function parseQuestionList(external_id: string, source: string): ParsedFile {
  return parseList(external_id, source, "text/csv");
}

export function parseJsonList(external_id: string, source: string): ParsedFile {
  return parseList(external_id, source, "application/json");
}

function parseList(external_id: string, source: string, content_type: string): ParsedFile {
  const title = titleFromId(external_id);
  return { document: { external_id, title, content: source, content_type }, notes: [] };
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

function textOf(node: MdastNodes): string {
  let text = "";
  visit(node, (child: MdastNodes) => {
    if (child.type === "text" || child.type === "inlineCode") text += child.value;
  });
  return text.replace(/\s+/g, " ").trim();
}

/** Notion ends the name of each exported page with its id. */
const NOTION_ID = /[-_ ][0-9a-f]{32}(?:_all)?$/;

/** `shipping/where-we_deliver` → `where we deliver`. */
export function titleFromId(externalId: string): string {
  const last = externalId.slice(externalId.lastIndexOf("/") + 1).replace(NOTION_ID, "");
  return last.replace(/[-_]+/g, " ").trim() || externalId;
}
