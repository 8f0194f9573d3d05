import type { Heading, PhrasingContent, Root, RootContent } from "mdast";
import { PAUSE, withPauses } from "../../../runtime/steps.ts";
import { repeatedNames } from "../column-names.ts";
import { parseCsv } from "./csv.ts";
import { htmlToBlocks, type HtmlOfDocument } from "../html/html.ts";
import { leaveOutText, type LeftOut } from "../html/left-out.ts";
import { isMetadata } from "./metadata-columns.ts";
import { csvBlocks } from "../tables/markdown-tables.ts";
import { refuseManyLines } from "../markdown/markdown-limits.ts";
import { simplify, writeMarkdown } from "../markdown/markdown-tree.ts";
import { plainParagraphs } from "../plain-text.ts";
import { UnreadableDocument } from "../unreadable-document.ts";

/** What lists call their columns, in the languages in which people publish them. */
const QUESTIONS =
  "question|questions|q|faq|title|prompt|frage|fragen|titel|pregunta|domanda|pergunta|vraag|pytanie|fråga|spørgsmål|spørsmål|kysymys|otázka|kérdés|întrebare|ερώτηση|вопрос|питання|въпрос|soru|質問|問題|问题|提问|질문|سؤال|السؤال|שאלה|प्रश्न|câu hỏi|pertanyaan|คำถาม";
const ANSWERS =
  "answer|answers|a|response|reply|content|text|body|antwort|antworten|inhalt|réponse|respuesta|risposta|resposta|antwoord|odpowiedź|svar|vastaus|odpověď|odpoveď|válasz|răspuns|απάντηση|ответ|відповідь|отговор|cevap|yanıt|回答|答え|答案|답변|대답|جواب|الجواب|إجابة|الإجابة|תשובה|उत्तर|câu trả lời|jawaban|คำตอบ";
const QUESTION = new RegExp(`^(?:${QUESTIONS})$`, "iu");
const ANSWER = new RegExp(`^(?:${ANSWERS})$`, "iu");
/** What may stand around such a name: "FAQ question", "Answer (HTML)". */
const AROUND = /^(?:faq|article|customer)[\s_-]+(?=\S)|\s*(?:\([^()]*\)|[\s_-]html|[:*])$/giu;
const HTML_OPENS =
  /<(?:p|div|span|ul|ol|li|a|b|strong|i|em|u|h[1-6]|table|code|pre|blockquote)(?:\s[^<>]*)?>/i;
const HTML_CLOSES =
  /<\/(?:p|div|span|ul|ol|li|a|b|strong|i|em|u|h[1-6]|table|code|pre|blockquote)\s*>/i;
const HTML_ALONE = /<br\s*\/?>|&(?:nbsp|amp|quot|lt|gt|#x?[\da-f]{1,6});/i;
/** How many rows a spreadsheet may have above its header. */
const ROWS_ABOVE = 5;
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
 * that each entry is a chunk of its own, and every chunk of a long answer keeps its question. The other columns follow the answer,
 * without those that only sort the list (`metadata-columns.ts`). Any other CSV is a table.
 * @throws {UnreadableDocument} when an entry has no question or no answer, or when there are too many
 */
export function* cleanCsv(content: string, leftOut: LeftOut[] = []): Generator<string> {
  const source = content.replace(/^\uFEFF/, "");
  const header = findHeader(source);
  if (header.question >= 0 && header.answer >= 0)
    yield* writeEntries(csvEntries(source, header, leftOut), leftOut);
  else yield* writeTable(source, header.names.length);
}

/** Any other CSV, such as a price list: each row is read with the names of its columns. */
function* writeTable(content: string, width: number): Generator<string> {
  const read = readColumns(parseCsv(content).drop(1), width);
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
  { names, rowsAbove, question, answer }: Header,
  leftOut: LeftOut[],
): Generator<Entry> {
  const columns = readColumns(parseCsv(content).drop(rowsAbove + 1), names.length);
  refuseManyLines(columns.rows + columns.cells.reduce((sum, count) => sum + count, 0), "cells");
  const repeated = repeatedNames(names, columns.cells, columns.length);
  // A name that is not repeated stands once.
  const others = names.filter((name, column) => columns.cells[column] && repeated[column] !== name);
  const isOther = (name: string): boolean => name !== names[question] && name !== names[answer];
  if (others.some(isOther)) yield { question: "", texts: others.filter(isOther) };
  for (const cells of parseCsv(content).drop(rowsAbove + 1)) {
    const texts = [cells[answer] ?? ""];
    for (const [column, value] of cells.slice(0, names.length).entries()) {
      if (column === question || column === answer || !value.trim()) continue;
      if (isMetadata(names[column] ?? "", value)) leaveOutText(leftOut, "metadata", value);
      else texts.push(repeated[column] ? `${repeated[column]}: ${value}` : value);
    }
    yield { question: cells[question] ?? "", texts };
  }
}

function isNamed(name: string, pattern: RegExp): boolean {
  return pattern.test(name.trim().normalize("NFC").replace(AROUND, ""));
}

interface Header {
  names: string[];
  rowsAbove: number;
  /** The columns of a list of questions and answers; -1 if there is none. */
  question: number;
  answer: number;
}

/** The header is the first row, or one that names both columns below a title or a date. */
function findHeader(content: string): Header {
  const rows = [...parseCsv(content).take(ROWS_ABOVE + 1)];
  const place = (row: string[], pattern: RegExp): number =>
    row.findIndex((name) => isNamed(name, pattern));
  const isHeader = (row: string[]): boolean =>
    [QUESTION, ANSWER].every((pattern) => place(row, pattern) >= 0);
  const rowsAbove = Math.max(0, rows.findIndex(isHeader));
  const names = (rows[rowsAbove] ?? []).map((name) => name.trim());
  return { names, rowsAbove, question: place(names, QUESTION), answer: place(names, ANSWER) };
}

/** How many rows and values there are below the header. */
function readColumns(
  rows: Iterable<string[]>,
  columns: number,
): { rows: number; cells: number[]; length: number } {
  const read = { rows: 0, cells: Array.from({ length: columns }, () => 0), length: 0 };
  for (const cells of rows) {
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
export function* cleanJson(content: string, leftOut: LeftOut[] = []): Generator<string> {
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
  yield* writeEntries(
    list.values().map((value, index) => jsonEntry(value, index, leftOut)),
    leftOut,
  );
}

function jsonEntry(value: unknown, index: number, leftOut: LeftOut[]): Entry {
  const fields = Object.entries(typeof value === "object" && value !== null ? value : {}).filter(
    (field): field is [string, string | number] =>
      typeof field[1] === "string" || typeof field[1] === "number",
  );
  const find = (pattern: RegExp) => fields.find(([name]) => isNamed(name, pattern));
  const question = find(QUESTION);
  const answer = find(ANSWER);
  if (!question || !answer) throw noList(index);
  const more = fields.filter(
    (field) => field !== question && field !== answer && String(field[1]).trim(),
  );
  const texts = [String(answer[1])];
  for (const [name, text] of more) {
    if (isMetadata(name, String(text))) leaveOutText(leftOut, "metadata", String(text));
    else texts.push(`${name}: ${text}`);
  }
  return { question: String(question[1]), texts };
}

function* writeEntries(entries: Iterable<Entry>, leftOut: LeftOut[]): Generator<string> {
  let open: RootContent[] = [];
  let lines = 0;
  const nodes = { count: 0, leftOut };
  for (const { question, texts } of entries) {
    const title = yield* writeTitle(question, nodes);
    const blocks: RootContent[] = [];
    for (const text of texts) blocks.push(...(yield* writeText(text, nodes)));
    if (title.length === 0 && blocks.length === 0) continue;
    refuseManyLines((lines += 1 + blocks.length));
    open.push({ type: "heading", depth: 2, children: title });
    open.push(...blocks);
    if (open.length < NODES_PER_SLICE) continue;
    yield writeMarkdown({ type: "root", children: open });
    open = [];
  }
  if (open.length > 0) yield writeMarkdown({ type: "root", children: open });
}

/** The text of a cell, which may be HTML. Headings in it stay below the question's. */
function* writeText(text: string, nodes: HtmlOfDocument): Generator<string, RootContent[]> {
  if (!isHtml(text)) return plainParagraphs(text);
  const root: Root = { type: "root", children: yield* withPauses(htmlToBlocks(text, nodes)) };
  simplify(root);
  for (const block of root.children)
    if (block.type === "heading") block.depth = Math.min(6, block.depth + 2) as Heading["depth"];
  return root.children;
}

function* writeTitle(
  question: string,
  nodes: HtmlOfDocument,
): Generator<string, PhrasingContent[]> {
  if (isHtml(question)) {
    const [first] = yield* writeText(question, nodes);
    if (first?.type === "paragraph" || first?.type === "heading") return first.children;
  }
  const title = question.replace(/\s+/g, " ").trim();
  return title ? [{ type: "text", value: title }] : [];
}

function isHtml(text: string): boolean {
  return (HTML_OPENS.test(text) && HTML_CLOSES.test(text)) || HTML_ALONE.test(text);
}

function noList(index: number): UnreadableDocument {
  return new UnreadableDocument(
    `Entry ${index + 1} has no question or no answer: name the columns or fields "question" and "answer".`,
  );
}
