import type { Document } from "../../cli/document.ts";
import type { Gains } from "../metrics.ts";

export interface Question {
  id: string;
  text: string;
  answerable: boolean;
  /** Documents that answer it; empty when it has no answer. */
  relevant: Gains;
  /** What a right answer says: all of the parts, or any one. Absent when the set does not tell. */
  answer: { parts: string[]; need: "any" | "all" } | undefined;
  kind: string | undefined;
  topic: string | undefined;
  /** BCP 47. */
  language: string | undefined;
}

export interface EvaluationSet {
  name: string;
  folder: string;
  /** The file of questions. */
  questionFile: string;
  documents: Document[];
  questions: Question[];
  /** False when the questions are no messages that a visitor would write, so that the chat is asked none unless told. */
  conversational: boolean;
  notes: string[];
}
