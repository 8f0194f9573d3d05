import { indexTerms, toIndex } from "../../language/index-terms.ts";
import type { ChunkText } from "./chunk.ts";
import type { Diff } from "./diff-chunks.ts";
import type { Draft } from "./draft.ts";

/** What the keyword index gets in place of a chunk's text. */
interface KeywordRow {
  documentId: number;
  ordinal: number;
  title: string;
  headings: string;
  body: string;
}

/** What the keyword index gets of new chunks, of those for which FTS5 would make other terms of the text than `indexTerms`. */
export function keywordRows(drafts: Draft[], diffs: Diff[]): KeywordRow[] {
  return drafts.flatMap(({ work: { documentId, title }, language }, index) =>
    toIndexOf(diffs[index]).flatMap(({ ordinal, headingPath, text }) => {
      const fields = [title, headingPath.join(" "), text];
      const terms = fields.map((field) => termsToIndex(field, language));
      if (terms.every((own, at) => own === wordsOfFts5(fields[at] ?? ""))) return [];
      const [ofTitle = "", headings = "", body = ""] = terms;
      return [{ documentId, ordinal, title: ofTitle, headings, body }];
    }),
  );
}

/** The chunks whose keywords are written. */
function toIndexOf(diff: Diff | undefined): (ChunkText & { ordinal: number })[] {
  return diff ? [...diff.added, ...diff.reindexed] : [];
}

function termsToIndex(text: string, language: string | null): string {
  const { words, others } = indexTerms(text, language);
  return toIndex([...words, ...others].join(" "));
}

/** How FTS5's tokenizer splits a text, with spaces between the words. */
function wordsOfFts5(text: string): string {
  return (text.toLowerCase().match(/[\p{L}\p{N}\p{Co}]+/gu) ?? []).join(" ");
}

/** The words of new chunks for spelling correction. */
export function vocabularyOf(drafts: Draft[], diffs: Diff[]): [number, string][] {
  return drafts.flatMap(({ work, language }, index) =>
    spellableWords(work.title, toIndexOf(diffs[index]), language).map((word): [number, string] => [
      work.documentId,
      word,
    ]),
  );
}

/** All such words of each version, in one text: which documents use a word is asked of an index of these. */
export function documentWords(drafts: Draft[]): [number, string][] {
  return drafts.map(({ work, chunks, language }) => [
    work.documentId,
    spellableWords(work.title, chunks, language).join(" "),
  ]);
}

/** The words of a text, each once, folded as in questions, and those that it has as parts of a compound; without codes and numbers. */
function spellableWords(title: string, chunks: ChunkText[], language: string | null): string[] {
  const text = [title, ...chunks.flatMap((chunk) => [...chunk.headingPath, chunk.text])];
  const { words, others } = indexTerms(text.join("\n"), language);
  return [...new Set([...words, ...others])].filter((word) => /^\p{L}{4,40}$/u.test(word));
}
