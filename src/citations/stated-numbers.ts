import { BETWEEN_AMOUNTS, REFERS_BACK, UNIT } from "../language/english.ts";
import { splitSentences } from "../text/sentences.ts";
import { contentStems } from "../retrieval/query-terms.ts";
import { stemsOf } from "../text/stems.ts";

const CURRENCY = /[€£¥$]\s?$/u;
/** In characters: a currency sign and the space behind it. */
const LONGEST_CURRENCY = 2;

interface Amount {
  number: string;
  unit: string | undefined;
}

/** A sentence of a text, with the words of what it refers back to. */
export interface AmountSentence {
  stems: Set<string>;
  amounts: Amount[];
}

export function numbersIn(text: string): string[] {
  return amountsIn(text).map(({ number }) => number);
}

export function sentencesWithAmounts(texts: string[]): AmountSentence[] {
  return texts.flatMap((text) => {
    const inOrder = splitSentences(text);
    return inOrder.map((sentence, index) => {
      const before = REFERS_BACK.test(sentence) ? (inOrder[index - 1] ?? "") : "";
      return { stems: new Set(stemsOf(`${before} ${sentence}`)), amounts: amountsIn(sentence) };
    });
  });
}

/**
 * Whether sentences of texts use a number of the statement for something else ("return within 3 days", where 3 days is the time of refunds). This
 * is so if a sentence without the number shares more of the statement's words than any sentence with it, and has an amount of the same
 * unit.
 */
export function misplacesNumber(statement: string, sentences: AmountSentence[]): boolean {
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
      const most = sameNumber.reduce((highest, one) => Math.max(highest, shared(one)), 0);
      return sentences.some(
        (other) =>
          other.amounts.every((amount) => amount.number !== number) &&
          other.amounts.some((amount) => amount.unit === unit) &&
          shared(other) > most,
      );
    }),
  );
}

/** The content words of a text that are neither numbers nor the unit. */
function wordsBeside(text: string, unit: string): string[] {
  return [...new Set(contentStems(text))].filter((stem) => stem !== unit && !/^\d/.test(stem));
}

function amountsIn(text: string): Amount[] {
  return Array.from(text.matchAll(/\d+(?:[.,]\d+)*/g), ({ 0: written, index }) => {
    const currency = CURRENCY.exec(
      text.slice(Math.max(0, index - LONGEST_CURRENCY), index),
    )?.[0].trim();
    const word = UNIT.exec(text.slice(index + written.length))?.[1];
    const unit = currency ?? (word && (stemsOf(word)[0] ?? word));
    return { number: written.replaceAll(",", ""), unit };
  });
}
