import type { RootContent } from "mdast";
import { parseCsv } from "./csv.ts";
import { writeMarkdown } from "./markdown-tree.ts";
import { plainParagraphs } from "./plain-text.ts";
import { UnreadableDocument } from "./unreadable-document.ts";

const QUESTION = /^(?:questions?|q|frage|pregunta|domanda|title|prompt)$/i;
const ANSWER = /^(?:answers?|a|antwort|réponse|respuesta|risposta|response|reply|content|text)$/i;

/**
 * A list of questions and answers → the stored dialect: each question is a heading, so that an entry is a chunk of its own,
 * and one whose answer is long keeps its question in front of every part. Columns beside the two follow the answer.
 * @throws {UnreadableDocument} when it is no such list
 */
export function cleanCsv(content: string): string {
  const [head, ...rows] = parseCsv(content.replace(/^\uFEFF/, ""));
  const names = head?.map((name) => name.trim()) ?? [];
  return toMarkdown(rows.map((cells) => names.map((name, index) => [name, cells[index] ?? ""])));
}

/** A JSON array of objects, or an object that holds one. */
export function cleanJson(content: string): string {
  let parsed: unknown;
  try {
    parsed = JSON.parse(content.replace(/^\uFEFF/, ""));
  } catch {
    throw new UnreadableDocument("The file is not valid JSON.");
  }
  const list = Array.isArray(parsed) ? parsed : Object.values(parsed ?? {}).find(Array.isArray);
  if (!Array.isArray(list)) {
    throw new UnreadableDocument("The JSON holds no list of questions and answers.");
  }
  const entries = list.map((entry: unknown) =>
    Object.entries(typeof entry === "object" && entry !== null ? entry : {}).flatMap(
      ([name, value]: [string, unknown]): [string, string][] =>
        typeof value === "string" || typeof value === "number" ? [[name, String(value)]] : [],
    ),
  );
  return toMarkdown(entries);
}

function toMarkdown(entries: string[][][]): string {
  const children = entries.flatMap((fields, index): RootContent[] => {
    const find = (pattern: RegExp) => fields.find(([name = ""]) => pattern.test(name.trim()));
    const question = find(QUESTION);
    const answer = find(ANSWER);
    if (!question || !answer) throw noList(index);
    const title = question[1]?.replace(/\s+/g, " ").trim() ?? "";
    const more = fields.filter(
      (field) => field !== question && field !== answer && field[1]?.trim(),
    );
    const text = [answer[1] ?? "", ...more.map(([name, value]) => `${name}: ${value}`)].join(
      "\n\n",
    );
    if (!title && !text.trim()) return [];
    return [
      { type: "heading", depth: 2, children: [{ type: "text", value: title }] },
      ...plainParagraphs(text),
    ];
  });
  return writeMarkdown({ type: "root", children });
}

function noList(index: number): UnreadableDocument {
  return new UnreadableDocument(
    `Entry ${index + 1} has no question or no answer: name the columns or fields "question" and "answer".`,
  );
}
