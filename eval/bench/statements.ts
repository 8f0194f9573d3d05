import { shippedRelease } from "../../src/releases/release.ts";
import { readPassages } from "../../src/retrieval/passages.ts";
import { queryTerms } from "../../src/retrieval/query-terms.ts";
import { searchKeywords, type KeywordResult } from "../../src/retrieval/keywords.ts";
import { spellingStatement } from "../../src/retrieval/spelling.ts";
import {
  synonyms,
  synonymStatement,
  type SynonymRow,
  type Synonyms,
} from "../../src/retrieval/synonyms.ts";
import { WORKSPACE } from "./corpus.ts";

const { fields: FIELDS } = shippedRelease.retrieval;

/** As in `retrieve.ts`. */
const KEYWORD_DEPTH = 50;
const MOST_CANDIDATES = 150;
const SCOPE = { workspace: { sql: "?1", value: WORKSPACE }, audience: [], now: 0 };
const VIEW = { workspaceId: WORKSPACE, audience: [], now: 0, since: 0 };

export function keywordSearch(
  db: D1Database,
  question: string,
  audience: string[],
  same: Synonyms = new Map(),
): Promise<KeywordResult> {
  const terms = { ...queryTerms(question), equivalents: same };
  return searchKeywords(db, { ...VIEW, audience }, terms, FIELDS, KEYWORD_DEPTH, { slot: 1 });
}

export async function equivalents(db: D1Database, question: string): Promise<Synonyms> {
  const { results } = await synonymStatement(db, SCOPE, question).all<SynonymRow>();
  return synonyms(results);
}

export function spelling(db: D1Database, question: string): Promise<unknown> {
  return spellingStatement(db, SCOPE, question).all();
}

export function passages(db: D1Database, first: number): Promise<unknown> {
  const ids = Array.from({ length: MOST_CANDIDATES }, (_, index) => first + index * 7);
  return readPassages(db, VIEW, [ids.slice(0, 50), ids.slice(50)], 20);
}

export interface Postings {
  /** Postings read to count how rare each word is. */
  counted: number;
  /** Postings of the words that the search then uses. */
  ranked: number;
}

const RESULT = "SELECT term, chunks, NULL AS chunkId";

/** How many postings the keyword statement reads for a question, by its own intermediate tables. */
export async function postingsOf(
  db: D1Database,
  question: string,
  audience: string[],
  same: Synonyms = new Map(),
): Promise<Postings> {
  let postings: Postings | null = null;
  const capturing = {
    prepare: (sql: string) => ({
      bind: (...values: unknown[]) => ({
        all: async () => {
          const end = sql.indexOf(RESULT);
          if (end < 0) throw new Error(`The keyword statement has no "${RESULT}" to count before`);
          const counting = `${sql.slice(0, end)} SELECT (SELECT coalesce(sum(chunks), 0) FROM rarity) AS counted,
            (SELECT coalesce(sum(chunks), 0) FROM rarity JOIN affordable USING (term)) AS ranked`;
          postings = await db
            .prepare(counting)
            .bind(...values)
            .first<Postings>();
          return { results: [] };
        },
      }),
    }),
  } as unknown as D1Database;
  await keywordSearch(capturing, question, audience, same);
  return postings ?? { counted: 0, ranked: 0 };
}
