import type { RootContent } from "mdast";
import { repeatedNames } from "./column-names.ts";
import { parseCsv } from "./csv.ts";
import { csvBlocks } from "./markdown-tables.ts";
import { PAUSE } from "../../runtime/steps.ts";
import { refuseManyLines } from "./markdown-limits.ts";
import { writeMarkdown } from "./markdown-tree.ts";
import { plainParagraphs } from "./plain-text.ts";
import { UnreadableDocument } from "./unreadable-document.ts";

const QUESTION = /^(?:questions?|q|frage|pregunta|domanda|title|prompt)$/i;
const ANSWER = /^(?:answers?|a|antwort|réponse|respuesta|risposta|response|reply|content|text)$/i;
/** Headings and paragraphs that are written in one step. */
const NODES_PER_SLICE = 100;
/** Rows of a table that are written in one step. */
const ROWS_PER_SLICE = 200;

interface Entry {
  question: string;
  /** The answer and the other fields, each as a text. */
  texts: string[];
}

/**
 * A CSV → slices of the stored dialect, to be joined with line feeds. In a list of questions and answers, each question becomes a heading, so
 * that each entry is a chunk of its own, and every chunk of a long answer keeps its question. The other columns follow the answer. Any
 * other CSV is a table.
 * @throws {UnreadableDocument} when an entry has no question or no answer, or when there are too many
 */
export function* cleanCsv(content: string): Generator<string> {
  const source = content.replace(/^\uFEFF/, "");
  const names = columnNames(source);
  const question = names.findIndex((name) => QUESTION.test(name));
  const answer = names.findIndex((name) => ANSWER.test(name));
  if (question >= 0 && answer >= 0)
    yield* writeEntries(csvEntries(source, names, question, answer));
  else yield* writeTable(source, names.length);
}

/** Any other CSV, such as a price list: each row is read with the names of its columns. */
function* writeTable(content: string, width: number): Generator<string> {
  const read = readColumns(parseCsv(content), width);
  if (read.rows === 0) return;
  refuseManyLines(read.rows + read.cells.reduce((sum, count) => sum + count, 0), "cells");
  yield PAUSE;
  for (const block of csvBlocks([...parseCsv(content)])) yield* writeBlock(block);
}

function* writeBlock(block: RootContent): Generator<string> {
  const [header, ...rows] = block.type === "table" ? block.children : [];
  if (!header) yield writeMarkdown({ type: "root", children: [block] });
  else
    for (let start = 0; start < rows.length; start += ROWS_PER_SLICE) {
      const children = [header, ...rows.slice(start, start + ROWS_PER_SLICE)];
      yield writeMarkdown({ type: "root", children: [{ type: "table", children }] });
    }
}

function* csvEntries(
  content: string,
  names: string[],
  question: number,
  answer: number,
): Generator<Entry> {
  const columns = readColumns(parseCsv(content), names.length);
  refuseManyLines(columns.rows + columns.cells.reduce((sum, count) => sum + count, 0), "cells");
  const repeated = repeatedNames(names, columns.cells, columns.length);
  // A name that is not repeated stands once.
  const others = names.filter((name, column) => columns.cells[column] && repeated[column] !== name);
  const isOther = (name: string): boolean => name !== names[question] && name !== names[answer];
  if (others.some(isOther)) yield { question: "", texts: others.filter(isOther) };
  for (const cells of parseCsv(content).drop(1)) {
    const texts = [cells[answer] ?? ""];
    for (const [column, value] of cells.slice(0, names.length).entries()) {
      if (column === question || column === answer || !value.trim()) continue;
      texts.push(repeated[column] ? `${repeated[column]}: ${value}` : value);
    }
    yield { question: cells[question] ?? "", texts };
  }
}

function columnNames(content: string): string[] {
  const [head = []] = parseCsv(content).take(1);
  return head.map((name) => name.trim());
}

/** How many rows and values there are, without those of the header. */
function readColumns(
  rows: Generator<string[]>,
  columns: number,
): { rows: number; cells: number[]; length: number } {
  const read = { rows: 0, cells: Array.from({ length: columns }, () => 0), length: 0 };
  for (const cells of rows.drop(1)) {
    read.rows += 1;
    for (let column = 0; column < Math.min(columns, cells.length); column++) {
      const value = cells[column] ?? "";
      read.length += value.length;
      if (value.trim()) read.cells[column] = (read.cells[column] ?? 0) + 1;
    }
  }
  return read;
}

/** The same for a JSON array of objects, or an object that contains such an array. */
export function* cleanJson(content: string): Generator<string> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(content.replace(/^\uFEFF/, ""));
  } catch {
    throw new UnreadableDocument("The file is not valid JSON.");
  }
  const list = Array.isArray(parsed) ? parsed : Object.values(parsed ?? {}).find(Array.isArray);
  if (!Array.isArray(list)) {
    throw new UnreadableDocument("The JSON contains no list of questions and answers.");
  }
  yield* writeEntries(list.values().map(jsonEntry));
}

function jsonEntry(value: unknown, index: number): Entry {
  const fields = Object.entries(typeof value === "object" && value !== null ? value : {}).filter(
    (field): field is [string, string | number] =>
      typeof field[1] === "string" || typeof field[1] === "number",
  );
  const find = (pattern: RegExp) => fields.find(([name]) => pattern.test(name.trim()));
  const question = find(QUESTION);
  const answer = find(ANSWER);
  if (!question || !answer) throw noList(index);
  const more = fields.filter(
    (field) => field !== question && field !== answer && String(field[1]).trim(),
  );
  const texts = [String(answer[1]), ...more.map(([name, text]) => `${name}: ${text}`)];
  return { question: String(question[1]), texts };
}

function* writeEntries(entries: Iterable<Entry>): Generator<string> {
  let open: RootContent[] = [];
  let lines = 0;
  for (const { question, texts } of entries) {
    const title = question.replace(/\s+/g, " ").trim();
    const paragraphs = plainParagraphs(texts.join("\n\n"));
    if (!title && paragraphs.length === 0) continue;
    refuseManyLines((lines += 1 + paragraphs.length));
    open.push({ type: "heading", depth: 2, children: [{ type: "text", value: title }] });
    open.push(...paragraphs);
    if (open.length < NODES_PER_SLICE) continue;
    yield writeMarkdown({ type: "root", children: open });
    open = [];
  }
  if (open.length > 0) yield writeMarkdown({ type: "root", children: open });
}

function noList(index: number): UnreadableDocument {
  return new UnreadableDocument(
    `Entry ${index + 1} has no question or no answer: name the columns or fields "question" and "answer".`,
  );
}
