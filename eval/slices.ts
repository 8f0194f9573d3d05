import { wordsOf } from "../src/text/words.ts";
import type { Question } from "./sets/question.ts";

export const DIMENSIONS = ["topic", "kind", "language", "length"] as const;
export type Dimension = (typeof DIMENSIONS)[number];

/** Length classes by the number of words, as the index counts words. */
const LENGTHS: [label: string, most: number][] = [
  ["1–4 words", 4],
  ["5–9 words", 9],
  ["10–19 words", 19],
  ["20 words or more", Number.POSITIVE_INFINITY],
];

/** A question's slice in each dimension. A dimension that does not apply is absent. */
export function slicesOf(question: Question): Partial<Record<Dimension, string>> {
  const { topic, kind, language, text } = question;
  return { topic, kind, language, length: lengthOf(text) };
}

export function lengthOf(text: string): string {
  const words = wordsOf(text).length;
  return LENGTHS.find(([, most]) => words <= most)?.[0] ?? "";
}

/** Questions by dimension and slice, and by trait. A dimension with only one slice is left out. */
export function sliceQuestions(
  questions: Question[],
): { dimension: Dimension | "trait"; slice: string; questions: Question[] }[] {
  const traits = new Set(questions.flatMap((question) => question.traits ?? []));
  const byTrait = [...traits].map((slice) => ({
    dimension: "trait" as const,
    slice,
    questions: questions.filter((question) => question.traits?.includes(slice)),
  }));
  const byDimension = DIMENSIONS.flatMap((dimension) => {
    const groups = Map.groupBy(questions, (question) => slicesOf(question)[dimension]);
    if (groups.size < 2) return [];
    return [...groups].flatMap(([slice, members]) =>
      slice === undefined ? [] : [{ dimension, slice, questions: members }],
    );
  });
  return [...byDimension, ...byTrait];
}
