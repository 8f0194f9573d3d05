import * as original from "../../../../src/retrieval/compounds.ts";
import { isOff } from "../../switches.ts";

export const compoundSpellings: typeof original.compoundSpellings = (question) =>
  isOff("together or apart") ? [] : original.compoundSpellings(question);
