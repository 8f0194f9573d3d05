import type { Document } from "../../cli/document.ts";
import { findUnheld } from "../passages/matching.ts";
import type { Question } from "./question.ts";

/** Notes on a set's labels that no answer could meet. */
export function findSlips(questions: Question[], documents: Document[]): string[] {
  return [...missingDocuments(questions, documents), ...strayWords(questions, documents)];
}

function missingDocuments(questions: Question[], documents: Document[]): string[] {
  const known = new Set(documents.map((document) => document.external_id));
  const missing = questions
    .flatMap((question) => [...question.relevant.keys()])
    .filter((id) => !known.has(id));
  if (missing.length === 0) return [];
  return [
    `${missing.length} relevant documents are not in the set, such as ${missing[0]}: they cannot be found`,
  ];
}

/** A document's title counts as its text. Documents in files that the instance converts are not read. */
function strayWords(questions: Question[], documents: Document[]): string[] {
  const stray = questions.flatMap(({ id, passage, relevant }) => {
    const expected = documents.filter((one) => relevant.has(one.external_id));
    if (!passage || expected.some((one) => one.file)) return [];
    const texts = expected.map((one) => `${one.title}\n\n${one.content}`);
    return findUnheld(passage, texts).map((phrase) => `"${phrase}" (${id})`);
  });
  if (stray.length === 0) return [];
  return [`${stray.length} noted phrases stand in no expected document, such as ${stray[0]}`];
}
