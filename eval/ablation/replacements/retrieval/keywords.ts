import * as original from "../../../../src/retrieval/keywords.ts";
import { isOff } from "../../switches.ts";

export * from "../../../../src/retrieval/keywords.ts";

/** As the statement has them: the workspace, which is a filter, then title, headings, body. */
const FIELD_WEIGHTS = "0.0, 2.0, 1.5, 1.0";
const EQUAL_WEIGHTS = "0.0, 1.0, 1.0, 1.0";

/** Without the leg its matches are gone; how rare each word is stays known, since the order by text lives on that. */
export const searchKeywords: typeof original.searchKeywords = async (db, ...rest) => {
  const asked = isOff("field weights") ? withEqualFields(db) : db;
  const result = await original.searchKeywords(asked, ...rest);
  return isOff("keyword leg") ? { ...result, matches: [] } : result;
};

function withEqualFields(db: D1Database): D1Database {
  return {
    prepare: (sql: string) => {
      if (!sql.includes(FIELD_WEIGHTS))
        throw new Error(`The statement of the keyword leg does not hold "${FIELD_WEIGHTS}"`);
      return db.prepare(sql.replaceAll(FIELD_WEIGHTS, EQUAL_WEIGHTS));
    },
  } as unknown as D1Database;
}
