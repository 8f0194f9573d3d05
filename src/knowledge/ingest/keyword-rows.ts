import { withBigrams } from "../../text/bigrams.ts";
import { wordsOf } from "../../text/words.ts";
import type { ChunkText } from "./chunk.ts";
import type { Diff } from "./diff-chunks.ts";
import type { Draft } from "./draft.ts";

/** The text that the keyword index gets in place of new chunks in scripts without spaces. */
export function unspacedTerms(
  drafts: Draft[],
  diffs: Diff[],
): { documentId: number; ordinal: number; title: string; headings: string; body: string }[] {
  return drafts.flatMap(({ work: { documentId, title } }, index) =>
    (diffs[index]?.added ?? []).flatMap(({ ordinal, headingPath, text }) => {
      const written = [title, headingPath.join(" "), text];
      const [forIndex, headings = "", body = ""] = written.map(withBigrams);
      const differs = written.join("\n") !== [forIndex, headings, body].join("\n");
      return differs ? [{ documentId, ordinal, title: forIndex ?? "", headings, body }] : [];
    }),
  );
}

/** The words of new chunks for spelling correction. */
export function vocabularyOf(drafts: Draft[], diffs: Diff[]): [number, string][] {
  return drafts.flatMap(({ work }, index) =>
    spellableWords(work.title, diffs[index]?.added ?? []).map((word): [number, string] => [
      work.documentId,
      word,
    ]),
  );
}

/** All such words of each version, in one text: which documents use a word is asked of an index of these. */
export function documentWords(drafts: Draft[]): [number, string][] {
  return drafts.map(({ work, chunks }) => [
    work.documentId,
    spellableWords(work.title, chunks).join(" "),
  ]);
}

/** The words of a text, each once, in NFC and lower case as in questions; without codes and numbers. */
function spellableWords(title: string, chunks: ChunkText[]): string[] {
  const text = [title, ...chunks.flatMap((chunk) => [...chunk.headingPath, chunk.text])];
  const words = new Set(wordsOf(text.join("\n").normalize("NFC").toLowerCase()));
  return [...words].filter((word) => /^\p{L}{4,40}$/u.test(word));
}
