import type { Document } from "../../cli/document.ts";
import { hitAt, ndcgAt, rankDocuments } from "../metrics.ts";
import { judgeAnswer, type Answerable, type JudgedAnswer } from "../passages/judge.ts";
import { countWords, foldWords, holdsAll } from "../passages/matching.ts";
import { indexSections } from "./bm25.ts";

export interface BaselineRow {
  hit_at_1: number;
  ndcg_at_10: number;
  /** The best section, quoted whole. */
  best: JudgedAnswer;
  three: Quoted;
  document: Quoted;
}

/** A longer text: whether it holds the words, null if the question notes none, and its length. */
interface Quoted {
  held: boolean | null;
  words: number;
}

/** Answers each question by the baseline. A turn of a conversation is asked without its history. */
export function measureBaseline(
  documents: readonly Document[],
  questions: readonly Answerable[],
): Map<string, BaselineRow> {
  const search = indexSections(documents);
  const contents = new Map(documents.map((one) => [one.external_id, one.content]));
  return new Map(
    questions.map(({ id, text, relevant, passage }) => {
      const found = search(text);
      const ranking = rankDocuments(found.map((section) => ({ external_id: section.document })));
      const [first] = found;
      const quote = (quoted: string): Quoted => ({
        held: passage ? holdsAll(foldWords(quoted), passage) : null,
        words: countWords(quoted),
      });
      const row: BaselineRow = {
        hit_at_1: hitAt(ranking, relevant, 1),
        ndcg_at_10: ndcgAt(ranking, relevant, 10),
        best: judgeAnswer(passage, first?.text, relevant.has(first?.document ?? "")),
        three: quote(
          found
            .slice(0, 3)
            .map((section) => section.text)
            .join("\n\n"),
        ),
        document: quote(contents.get(first?.document ?? "") ?? ""),
      };
      return [id, row];
    }),
  );
}
