import type { ReadDocuments } from "../document.ts";
import { documentsFromLines } from "../documents-from-jsonl.ts";
import { isObject } from "./values.ts";
import { documentsFromExport, type ExportOptions } from "./read-export.ts";

const QUESTION_FIELD =
  /^(?:questions?|q|frage|pregunta|domanda|pergunta|vraag|pytanie|fråga|вопрос|質問|问题|问|질문)$/i;

/** The documents of a file of JSON, if it holds some. A file of lines may also hold data of another kind. */
export function documentsFromJsonFile(
  text: string,
  extension: string,
  options: ExportOptions,
): ReadDocuments | undefined {
  if (extension === ".json") return documentsFromExport(text, options);
  const read = documentsFromLines(text, "line", options);
  return read.documents.length > 0 || (read.skipped?.length ?? 0) > 0 ? read : undefined;
}

/** Whether the file is one list whose entries have questions: only then it is no other data. */
export function isQuestionList(text: string): boolean {
  try {
    const parsed: unknown = JSON.parse(text);
    const list = Array.isArray(parsed) ? parsed : Object.values(parsed ?? {}).find(Array.isArray);
    if (!Array.isArray(list) || list.length === 0) return false;
    return list.every(
      (entry) => isObject(entry) && Object.keys(entry).some((name) => QUESTION_FIELD.test(name)),
    );
  } catch {
    return false;
  }
}
