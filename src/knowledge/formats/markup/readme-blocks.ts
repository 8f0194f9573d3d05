import { codeBlock } from "../markdown-code.ts";
import { pipeTable } from "../tables/pipe-table.ts";
import { labelOf } from "./component.ts";
import type { MarkupDocument } from "./markup-document.ts";

/** ReadMe's "magic block" `[block:callout]{…}[/block]`, whose content is JSON. */
export function readReadmeBlock(document: MarkupDocument, text: string): boolean {
  const [, name] = /^\[block:([\w-]+)\]/.exec(text) ?? [];
  if (!name) return false;
  const { readAhead } = document.dialect;
  const json: string[] = [text.slice(name.length + 8)];
  for (let lines = 0; readAhead.left > 0; lines++) {
    const last = json.at(-1) ?? "";
    readAhead.left -= last.length + 1;
    if (last.includes("[/block]")) {
      const block = markdownOf(name, json.join("\n").replace("[/block]", ""));
      if (block === undefined) return false;
      document.lines.at += lines;
      document.endParagraph();
      for (const line of ["", ...block.split("\n"), ""]) document.readers.readLine(document, line);
      return true;
    }
    const next = document.lines.ahead(lines);
    if (next === undefined) return false;
    json.push(next);
  }
  return false;
}

/** The block's Markdown; undefined where it cannot be read. */
function markdownOf(name: string, json: string): string | undefined {
  let block: unknown;
  try {
    block = JSON.parse(json);
  } catch {
    return undefined;
  }
  if (!isRecord(block)) return undefined;
  switch (name) {
    case "callout": {
      const attributes = new Map(["type", "title"].map((key) => [key, text(block[key])]));
      return `${labelOf({ name, attributes, words: [] })}\n\n${text(block.body)}`;
    }
    case "code":
      return records(block.codes).map(codeOf).join("\n\n");
    case "parameters":
      return tableOf(block);
    case "image":
      return records(block.images)
        .map(
          (one) =>
            text(one.caption) ||
            text(Array.isArray(one.image) ? one.image[1] : "").replace(/^\S+\.\w{3,4}$/, ""),
        )
        .join("\n\n");
    case "api-header":
      return `## ${text(block.title)}`;
    case "html":
      return text(block.html);
    default:
      return [text(block.title), text(block.body)].filter(Boolean).join("\n\n");
  }
}

function codeOf(one: Record<string, unknown>): string {
  const name = text(one.name);
  return `${name ? `**${name}**\n\n` : ""}${codeBlock(text(one.code), text(one.language))}`;
}

/** The table's cells stand under names such as `h-0` and `0-1`. */
function tableOf(block: Record<string, unknown>): string {
  const cells = isRecord(block.data) ? block.data : {};
  const [columns, rows] = [Number(block.cols), Number(block.rows)];
  if (!(columns > 0 && columns <= 50 && rows >= 0 && rows <= 2000)) return "";
  const row = (name: string): string[] =>
    Array.from({ length: columns }, (_, column) => text(cells[`${name}-${column}`]));
  return pipeTable(
    row("h"),
    Array.from({ length: rows }, (_, index) => row(String(index))),
  );
}

function records(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function text(value: unknown): string {
  return typeof value === "string" || typeof value === "number" ? String(value).trim() : "";
}
