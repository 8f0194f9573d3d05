import { spaced } from "../../text/bigrams.ts";
import { wordsOf } from "../../text/words.ts";
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
      const [forIndex, headings = "", body = ""] = written.map(spaced);
      const differs = written.join("\n") !== [forIndex, headings, body].join("\n");
      return differs ? [{ documentId, ordinal, title: forIndex ?? "", headings, body }] : [];
    }),
  );
}

/** The words of new chunks for spelling correction, in NFC and lower case as in questions; without codes and numbers. */
export function vocabularyOf(drafts: Draft[], diffs: Diff[]): [number, string][] {
  return drafts.flatMap(({ work }, index) => {
    const added = diffs[index]?.added ?? [];
    const text = [work.title, ...added.flatMap((chunk) => [...chunk.headingPath, chunk.text])];
    const words = new Set(wordsOf(text.join("\n").normalize("NFC").toLowerCase()));
    return [...words]
      .filter((word) => /^\p{L}{4,40}$/u.test(word))
      .map((word): [number, string] => [work.documentId, word]);
  });
}
