import * as original from "../../../../src/retrieval/compounds.ts";
import { isOff } from "../../switches.ts";

export const compoundSpellings: typeof original.compoundSpellings = (question) =>
  isOff("together or apart") ? [] : original.compoundSpellings(question);

export const uncheckedSpellings: typeof original.uncheckedSpellings = (question) =>
  isOff("together or apart") ? new Map() : original.uncheckedSpellings(question);
