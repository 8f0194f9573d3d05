import { BETWEEN_STATEMENTS, MAY_MEAN_EITHER, NEGATION } from "../language/english.ts";
import { splitSentences } from "../text/sentences.ts";
import { contentStems } from "../retrieval/query-terms.ts";

export interface Clause {
  stems: Set<string>;
  /** Undefined if a word of the sentence, such as "unless", leaves open whether the clause is negated. */
  negated: boolean | undefined;
}

/**
 * Whether clauses of texts say the opposite of a statement. They do if, for one of its clauses, those that share most words
 * with it are all negated and it is not, or the reverse. A clause that shares less than half of the words does not contradict, and neither
 * does one whose negation is undefined.
 */
export function contradicts(statement: string, written: Clause[]): boolean {
  return clausesOf(statement).some(({ stems, negated }) => {
    if (negated === undefined) return false;
    const shared = (clause: Clause): number => [...stems].filter((s) => clause.stems.has(s)).length;
    const most = written.reduce((highest, clause) => Math.max(highest, shared(clause)), 0);
    if (most < stems.size / 2 || most < Math.min(2, stems.size) || most === 0) return false;
    return written
      .filter((clause) => shared(clause) === most)
      .every((clause) => clause.negated === !negated);
  });
}

/** Whether a text lacks the negation of its first clause, because that stands before the text. */
export function losesNegation(before: string, text: string): boolean {
  const line = splitSentences(`${before.slice(before.lastIndexOf("\n") + 1)}|`).at(-1) ?? "";
  const clause = line.split(BETWEEN_STATEMENTS).at(-1) ?? "";
  return NEGATION.test(clause) && !NEGATION.test(text.split(BETWEEN_STATEMENTS)[0] ?? "");
}

export function clausesOf(text: string): Clause[] {
  return splitSentences(text).flatMap((sentence) =>
    sentence.split(BETWEEN_STATEMENTS).map((clause) => ({
      stems: new Set(contentStems(clause).filter((stem) => !NEGATION.test(stem))),
      negated: MAY_MEAN_EITHER.test(sentence) ? undefined : NEGATION.test(clause),
    })),
  );
}
