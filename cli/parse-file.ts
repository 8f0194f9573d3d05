import type { Nodes as HastNodes } from "hast";
import type { Nodes as MdastNodes } from "mdast";
import { fromMarkdown } from "mdast-util-from-markdown";
import { visit, EXIT } from "unist-util-visit";
import { parseDocument } from "yaml";
import { parseHtml } from "../src/knowledge/formats/html-tree.ts";
import type { Document } from "./document.ts";
import { readFields } from "./fields.ts";

export interface ParsedFile {
  document: Document;
  notes: string[];
}

const FRONT_MATTER = /^---[ \t]*\r?\n([\s\S]*?)^---[ \t]*(?:\r?\n|$)/m;

/** Markdown with optional YAML front matter. The title is the front matter's, else the first heading, else the last part of the id. */
export function parseMarkdownFile(external_id: string, source: string): ParsedFile {
  const match = FRONT_MATTER.exec(source);
  const [whole = "", yaml = ""] = match?.index === 0 ? match : [];
  const content = source.slice(whole.length).trimStart();
  const { notes, title, ...fields } = readFields(parseFrontMatter(yaml));
  return {
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

/** A list of questions and answers, or any other table. */
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
