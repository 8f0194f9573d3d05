import * as original from "../../../../src/retrieval/query-terms.ts";
import { isOff } from "../../switches.ts";

export * from "../../../../src/retrieval/query-terms.ts";

export const queryTerms: typeof original.queryTerms = (text) => {
  const terms = original.queryTerms(text);
  return {
    ...terms,
    ...(isOff("identifiers as phrases") && { phrases: [] }),
    ...(isOff("repeated words") && { repeats: new Map<string, number>() }),
  };
};
