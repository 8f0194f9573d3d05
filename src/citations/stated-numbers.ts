import { BETWEEN_AMOUNTS, REFERS_BACK, UNIT } from "../language/english.ts";
import { splitSentences } from "../text/sentences.ts";
import { queryTerms } from "../retrieval/query-terms.ts";
import { stemsOf } from "../text/stems.ts";

const CURRENCY = /[€£¥$]\s?$/u;

interface Amount {
  number: string;
  unit: string | undefined;
}

export function numbersIn(text: string): string[] {
  return amountsIn(text).map(({ number }) => number);
}

/**
 * Whether the texts use a number of the statement for something else ("return within 3 days", where 3 days is the time of refunds). This
 * is so if a sentence without the number shares more of the statement's words than any sentence with it, and has an amount of the same
 * unit.
 */
export function misplacesNumber(statement: string, texts: string[]): boolean {
  const sentences = texts.flatMap((text) => {
    const inOrder = splitSentences(text);
    return inOrder.map((sentence, index) => {
      const before = REFERS_BACK.test(sentence) ? (inOrder[index - 1] ?? "") : "";
      return { stems: new Set(stemsOf(`${before} ${sentence}`)), amounts: amountsIn(sentence) };
    });
  });
  return statement.split(BETWEEN_AMOUNTS).some((clause) =>
    amountsIn(clause).some(({ number, unit }) => {
      if (!unit) return false;
      const own = wordsBeside(clause, unit);
      const words = own.length > 0 ? own : wordsBeside(statement, unit);
      const shared = ({ stems }: { stems: Set<string> }): number =>
        words.filter((word) => stems.has(word)).length;
      const sameNumber = sentences.filter(({ amounts }) =>
        amounts.some((amount) => amount.number === number),
      );
      if (sameNumber.length === 0) return false;
      const most = Math.max(...sameNumber.map(shared));
      return sentences.some(
        (other) =>
          !sameNumber.includes(other) &&
          other.amounts.some((amount) => amount.unit === unit) &&
          shared(other) > most,
      );
    }),
  );
}

/** The content words of a text that are neither numbers nor the unit. */
function wordsBeside(text: string, unit: string): string[] {
  const stems = stemsOf(queryTerms(text).words.join(" "));
  return [...new Set(stems)].filter((stem) => stem !== unit && !/^\d/.test(stem));
}

function amountsIn(text: string): Amount[] {
  return Array.from(text.matchAll(/\d+(?:[.,]\d+)*/g), ({ 0: written, index }) => {
    const currency = CURRENCY.exec(text.slice(0, index))?.[0].trim();
    const word = UNIT.exec(text.slice(index + written.length))?.[1];
    const unit = currency ?? (word && (stemsOf(word)[0] ?? word));
    return { number: written.replaceAll(",", ""), unit };
  });
}
