import type { Nodes as MdastNodes } from "mdast";
import { fromMarkdown } from "mdast-util-from-markdown";
import { visit, EXIT } from "unist-util-visit";
import { fileType } from "../src/knowledge/formats/file-types.ts";
import { readMarkup } from "../src/knowledge/formats/markup/read-markup.ts";
import { runAtOnce } from "../src/runtime/steps.ts";
import type { Document } from "./document.ts";
import { DOCUMENT_FIELDS, readFields, type Place } from "./fields.ts";
import { titleOfFile } from "./file-title.ts";
import { readFrontMatter } from "./front-matter.ts";
import { readPage } from "./page.ts";

export interface ParsedFile {
  document: Document;
  /** All fields of its front matter. */
  frontMatter?: Record<string, unknown>;
  notes: string[];
  place?: Place;
  /** Why the file is rightly no document. */
  skipped?: string;
}

/** Markdown with optional front matter. The title is the front matter's, else the first heading, else the last part of the id. */
export function parseMarkdownFile(external_id: string, source: string): ParsedFile {
  const { fields: frontMatter, body } = readFrontMatter(source);
  const content = withShownFields(frontMatter, body.trimStart());
  const { notes, title, place, isDraft, ...fields } = readFields(withoutOthers(frontMatter));
  return {
    ...(place && { place }),
    ...(isDraft && { skipped: "It is a draft" }),
    ...(!body.trim() && { skipped: "It holds nothing but front matter" }),
    document: {
      external_id,
      title: plainTitle(title) || markdownHeading(body.trimStart()) || titleFromId(external_id),
      content,
      content_type: "text/markdown",
      ...fields,
    },
    frontMatter,
    notes: notes.map((note) => `front matter, ${note}`),
  };
}

const SHOWN_FIELD = /\{[{%][^{}\n]{0,100}?(?:page|\$?frontmatter|\$page\.frontmatter)\.([\w-]+)/g;
const MAX_SHOWN = 100;

/** Keeps the fields of the front matter that the text shows, such as `{{ page.contact }}`: the reader puts their values in. */
function withShownFields(frontMatter: Record<string, unknown>, content: string): string {
  const names = new Set(Array.from(content.matchAll(SHOWN_FIELD), ([, name = ""]) => name));
  const shown = [...names].flatMap((name) => {
    const value = Object.hasOwn(frontMatter, name) ? frontMatter[name] : undefined;
    const text = typeof value === "string" || typeof value === "number" ? String(value) : "";
    return text && text.length <= MAX_SHOWN && !text.includes("\n") ? [`${name}: ${text}`] : [];
  });
  return shown.length > 0 ? `---\n${shown.join("\n")}\n---\n\n${content}` : content;
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
  const title = firstLine(source) ?? titleFromId(external_id);
  return {
    document: { external_id, title, content: source, content_type: "text/plain" },
    notes: [],
  };
}

/** A short line without a full stop and with a blank line or a rule below it is the title of the text. */
function firstLine(source: string): string | undefined {
  const [, line = ""] =
    /^\s*([^\n]{1,100})\n(?:[ \t]*\n|[=*~-]{3,}[ \t]*\n)\s*\S/.exec(source.replaceAll("\r", "")) ??
    [];
  const isTitle = /\p{L}/u.test(line) && !/[.:;,!…]\s*$|^[-*•\d>]/.test(line);
  return isTitle ? line.trim() : undefined;
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
  const title =
    titleOfFile(file, fileType(content_type)?.extension ?? "") ?? titleFromId(external_id);
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
