import * as original from "../../../../src/retrieval/keywords.ts";
import { isOff } from "../../switches.ts";

export * from "../../../../src/retrieval/keywords.ts";

/** Without the leg its matches are dropped. Document frequencies stay, because the order by text needs them. */
export const searchKeywords: typeof original.searchKeywords = async (...search) => {
  const result = await original.searchKeywords(...search);
  return isOff("keyword leg") ? { ...result, matches: [] } : result;
};
