import * as original from "../../../../src/answering/split-question.ts";
import { isOff } from "../../switches.ts";

export * from "../../../../src/answering/split-question.ts";

export const splitQuestion: typeof original.splitQuestion = (message) =>
  isOff("question split") ? [] : original.splitQuestion(message);
