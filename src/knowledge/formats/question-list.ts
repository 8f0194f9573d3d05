import type { RootContent } from "mdast";
import { parseCsv } from "./csv.ts";
import { writeMarkdown } from "./markdown-tree.ts";
import { plainParagraphs } from "./plain-text.ts";
import { UnreadableDocument } from "./unreadable-document.ts";

const QUESTION = /^(?:questions?|q|frage|pregunta|domanda|title|prompt)$/i;
const ANSWER = /^(?:answers?|a|antwort|réponse|respuesta|risposta|response|reply|content|text)$/i;

/**
 * A CSV list of questions and answers → the stored dialect. Each question becomes a heading, so that each entry is a chunk of its
 * own, and every chunk of a long answer keeps its question. The other columns follow the answer.
 * @throws {UnreadableDocument} when an entry has no question or no answer
 */
export function cleanCsv(content: string): string {
  const [head, ...rows] = parseCsv(content.replace(/^\uFEFF/, ""));
  const names = head?.map((name) => name.trim()) ?? [];
  return toMarkdown(rows.map((cells) => names.map((name, index) => [name, cells[index] ?? ""])));
}

/** The same for a JSON array of objects, or an object that contains such an array. */
export function cleanJson(content: string): string {
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
