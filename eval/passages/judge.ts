import type { ChatRow } from "../measure.ts";
import { mean, share, type Gains } from "../metrics.ts";
import { rounded } from "../report-file.ts";
import {
  countWords,
  foldWords,
  holdsAll,
  isRightPassage,
  type ExpectedPassage,
} from "./matching.ts";

/** A question or a turn that a document answers. */
export interface Answerable {
  id: string;
  text: string;
  relevant: Gains;
  passage?: ExpectedPassage | undefined;
}

export interface JudgedAnswer {
  /** The answer is from an expected article. */
  article: boolean;
  /** It is, and its text holds all required words and no forbidden one. Null if the question notes none. */
  passage: boolean | null;
  /** The text holds all required words, from whichever article. */
  held: boolean | null;
  isProcedure: boolean;
  /** The number of words; null where nothing was answered. */
  words: number | null;
}

/** @param text what the reader is shown; undefined where nothing was answered */
export function judgeAnswer(
  expected: ExpectedPassage | undefined,
  text: string | undefined,
  article: boolean,
): JudgedAnswer {
  return {
    article,
    passage: expected ? article && isRightPassage(text ?? "", expected) : null,
    held: expected ? holdsAll(foldWords(text ?? ""), expected) : null,
    isProcedure: expected?.procedure ?? false,
    words: text === undefined ? null : countWords(text),
  };
}

/** Judges what the chat answered to questions that have an answer. */
export function judgeAnswers(
  questions: readonly Answerable[],
  chat: ReadonlyMap<string, ChatRow>,
): Map<string, JudgedAnswer> {
  return new Map(
    questions.flatMap(({ id, passage }): [string, JudgedAnswer][] => {
      const row = chat.get(id);
      if (!row) return [];
      const text = row.outcome === "answered" ? row.text : undefined;
      return [[id, judgeAnswer(passage, text, row.verdict === "right")]];
    }),
  );
}

export interface AnswerShares {
  /** Questions that an article answers. */
  n: number;
  right_article: number | null;
  /** Those that note the words of a right answer. */
  noting_words: number;
  right_passage: number | null;
  /** Of these, how many were answered, with a citation, by anything else. Silence is not wrong. */
  wrong_passage: number | null;
  words_held: number | null;
  /** Those whose answer is a procedure. */
  procedures: number;
  whole_procedure: number | null;
  /** Words of an answer, on average over the answers. */
  words_per_answer: number | null;
}

export function summariseAnswers(rows: readonly JudgedAnswer[]): AnswerShares {
  const noting = rows.filter((row) => row.passage !== null);
  const procedures = noting.filter((row) => row.isProcedure);
  const shareOf = (some: readonly JudgedAnswer[], is: (row: JudgedAnswer) => boolean | null) =>
    rounded(share(some.filter(is).length, some.length));
  return {
    n: rows.length,
    right_article: shareOf(rows, (row) => row.article),
    noting_words: noting.length,
    right_passage: shareOf(noting, (row) => row.passage),
    wrong_passage: shareOf(noting, (row) => row.words !== null && row.passage === false),
    words_held: shareOf(noting, (row) => row.held),
    procedures: procedures.length,
    whole_procedure: shareOf(procedures, (row) => row.passage),
    words_per_answer: rounded(mean(rows.flatMap(({ words }) => words ?? []))),
  };
}
