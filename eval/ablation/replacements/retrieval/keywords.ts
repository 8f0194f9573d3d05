import * as original from "../../../../src/retrieval/keywords.ts";
import { isOff } from "../../switches.ts";

export * from "../../../../src/retrieval/keywords.ts";

/** Without the leg its matches are gone; how rare each word is stays known, since the order by text lives on that. */
export const searchKeywords: typeof original.searchKeywords = async (...search) => {
  const result = await original.searchKeywords(...search);
  return isOff("keyword leg") ? { ...result, matches: [] } : result;
};
