import type { Document } from "../../cli/document.ts";
import type { Gains } from "../metrics.ts";
import type { ExpectedPassage } from "../passages/matching.ts";

export interface Question {
  id: string;
  text: string;
  answerable: boolean;
  /** The documents that answer it; empty for an unanswerable question. */
  relevant: Gains;
  /** The expected text of a right answer: all of the parts, or any one. Absent if the set has none. */
  answer: { parts: string[]; need: "any" | "all" } | undefined;
  /** The words of a right answer; absent if the set notes none, or there is no answer. */
  passage?: ExpectedPassage | undefined;
  kind: string | undefined;
  /** How the message is written, such as "typo" or "capitals"; several may apply. */
  traits?: string[] | undefined;
  topic: string | undefined;
  /** A BCP 47 language tag. */
  language: string | undefined;
}

export interface EvaluationSet {
  name: string;
  folder: string;
  /** The file of questions. */
  questionFile: string;
  documents: Document[];
  questions: Question[];
  /** False if the questions are not messages that a visitor would write. The chat is then asked none by default. */
  conversational: boolean;
  notes: string[];
}
