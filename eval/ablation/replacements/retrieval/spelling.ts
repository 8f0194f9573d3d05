import * as original from "../../../../src/retrieval/spelling.ts";
import { isOff } from "../../switches.ts";

export * from "../../../../src/retrieval/spelling.ts";

export const corrections: typeof original.corrections = (candidates) =>
  original.corrections(isOff("spelling") ? [] : candidates);
