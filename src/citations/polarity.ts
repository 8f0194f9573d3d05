import { BETWEEN_STATEMENTS, MAY_MEAN_EITHER, NEGATION } from "../language/english.ts";
import { splitSentences } from "../text/sentences.ts";
import { queryTerms } from "../retrieval/query-terms.ts";
import { stemsOf } from "../text/stems.ts";

interface Clause {
  stems: Set<string>;
  /** Undefined if a word of the sentence, such as "unless", leaves open whether the clause is negated. */
  negated: boolean | undefined;
}

/**
 * Whether the texts say the opposite of a statement. They do if, for one of its clauses, the clauses of the texts that share most words
 * with it are all negated and it is not, or the reverse. A clause that shares less than half of the words does not contradict, and neither
 * does one whose negation is undefined.
 */
export function contradicts(statement: string, texts: string[]): boolean {
  const written = texts.flatMap(clausesOf);
  return clausesOf(statement).some(({ stems, negated }) => {
    if (negated === undefined) return false;
    const shared = (clause: Clause): number => [...stems].filter((s) => clause.stems.has(s)).length;
    const most = Math.max(0, ...written.map(shared));
    if (most < stems.size / 2 || most < Math.min(2, stems.size) || most === 0) return false;
    return written
      .filter((clause) => shared(clause) === most)
      .every((clause) => clause.negated === !negated);
  });
}

/** Whether a text lacks the negation of its first clause, because that stands before the text. */
export function losesNegation(before: string, text: string): boolean {
  const line = splitSentences(`${before}|`).at(-1) ?? "";
  const clause = line.split(BETWEEN_STATEMENTS).at(-1) ?? "";
  return NEGATION.test(clause) && !NEGATION.test(text.split(BETWEEN_STATEMENTS)[0] ?? "");
}

function clausesOf(text: string): Clause[] {
  return splitSentences(text).flatMap((sentence) =>
    sentence.split(BETWEEN_STATEMENTS).map((clause) => ({
      stems: new Set(
        stemsOf(queryTerms(clause).words.join(" ")).filter((stem) => !NEGATION.test(stem)),
      ),
      negated: MAY_MEAN_EITHER.test(sentence) ? undefined : NEGATION.test(clause),
    })),
  );
}
