import { foldWord } from "../text/fold.ts";
import { joinedSpellings } from "../language/spellings.ts";
import { wordsAndCompounds, wordsOf } from "../text/words.ts";
import { auditStatement, type Actor } from "../audit/log.ts";
import { foldTerm } from "./query-terms.ts";
import { compoundSpellings, uncheckedSpellings } from "./compounds.ts";
import { isUsed, readerValue, wordScope, type WordScope } from "./vocabulary.ts";

/** Words of one term at most: nobody types a longer one the same way twice. */
export const MAX_TERM_WORDS = 3;
/** Equivalents that are used for one question at most. */
const MAX_EQUIVALENTS = 24;
const MAX_COMPOUNDS = 8;

/** Folded term of the question → its equivalents: synonyms of the workspace, and other spellings of compounds (`compounds.ts`). */
export type Synonyms = ReadonlyMap<string, string[]>;

export interface SynonymRow {
  typed: string;
  equivalent: string;
}

/** A term as it is stored and looked up: its words in lower case. Empty if it has no word. */
export function normaliseTerm(term: string): string {
  return wordsOf(term).join(" ");
}

/** The statement that finds the equivalents of a question's terms. A turn batches it with its other reads. */
export function synonymStatement(
  db: D1Database,
  scope: WordScope,
  question: string,
): D1PreparedStatement {
  return db
    .prepare(
      `WITH ${wordScope(scope, "?4")}
       SELECT * FROM (
         SELECT s.folded AS typed, other.term AS equivalent
         FROM scope, json_each(?2) AS asked
           JOIN synonyms s ON s.workspace_id = scope.id AND s.folded = asked.value
           JOIN synonyms other ON other.workspace_id = scope.id AND other.group_number = s.group_number
             AND other.term <> s.term
         ORDER BY asked.key, other.place LIMIT ${MAX_EQUIVALENTS})
       UNION ALL
       SELECT * FROM (
         SELECT asked.value ->> 'typed', asked.value ->> 'written' FROM json_each(?3) AS asked
         WHERE NOT ${isUsed("(asked.value ->> 'unknown')")}
           AND NOT EXISTS (SELECT 1 FROM json_each(asked.value, '$.known') AS half WHERE NOT ${isUsed("half.value")})
         ORDER BY asked.key LIMIT ${MAX_COMPOUNDS})`,
    )
    .bind(
      scope.workspace.value,
      JSON.stringify(termsIn(question)),
      JSON.stringify(compoundSpellings(question)),
      readerValue(scope),
    );
}

export function synonyms(rows: SynonymRow[]): Synonyms {
  const byTerm = Map.groupBy(rows, ({ typed }) => foldTerm(typed));
  return new Map(
    Array.from(byTerm, ([typed, same]) => [typed, same.map(({ equivalent }) => equivalent)]),
  );
}

/** The equivalents of the terms that stand in the text, which may be a part of the question. */
export function synonymsFor(text: string, of: Synonyms): Synonyms {
  const unchecked = uncheckedSpellings(text);
  if (of.size === 0) return unchecked;
  const { words, compounds } = wordsAndCompounds(text);
  const running = [...words.map(foldWord), "", ...compounds.flatMap(joinedSpellings)].join(" ");
  const isAsked = ([term]: [string, string[]]): boolean => ` ${running} `.includes(` ${term} `);
  return new Map([...unchecked, ...[...of].filter(isAsked)]);
}

/** Runs of up to {@link MAX_TERM_WORDS} words, each once, as written and folded, and joined compounds. */
function termsIn(text: string): string[] {
  const { words, compounds } = wordsAndCompounds(text);
  const runs = [...runsOf(words), ...runsOf(words.map(foldWord))];
  return [...new Set([...runs, ...compounds.flatMap(joinedSpellings)])];
}

function runsOf(words: string[]): string[] {
  const runs = words.flatMap((_, start) =>
    Array.from({ length: MAX_TERM_WORDS }, (__, more) =>
      words.slice(start, start + more + 1).join(" "),
    ),
  );
  return runs;
}

/** All groups of a workspace, in the order in which they were written. */
export async function readSynonyms(db: D1Database, workspaceId: string): Promise<string[][]> {
  const { results } = await db
    .prepare(
      `SELECT term, group_number FROM synonyms WHERE workspace_id = ?1 ORDER BY group_number, place`,
    )
    .bind(workspaceId)
    .all<{ term: string; group_number: number }>();
  const groups = Map.groupBy(results, (row) => row.group_number);
  return [...groups.values()].map((rows) => rows.map(({ term }) => term));
}

/** Replaces all groups of a workspace in one transaction. Terms are normalised and stand in one group only. */
export async function writeSynonyms(
  db: D1Database,
  workspaceId: string,
  groups: string[][],
  by: Actor,
  now: number,
): Promise<void> {
  const rows = groups.flatMap((terms, group_number) =>
    terms.map((term, place) => ({ term, folded: foldTerm(term), group_number, place })),
  );
  const audit = auditStatement(db, {
    ...by,
    workspaceId,
    action: "synonyms.replace",
    objectId: workspaceId,
    detail: { groups: groups.length },
    at: now,
  });
  const remove = db.prepare(`DELETE FROM synonyms WHERE workspace_id = ?1`).bind(workspaceId);
  if (rows.length === 0) {
    await db.batch([remove, audit]);
    return;
  }
  await db.batch([
    remove,
    db
      .prepare(
        `INSERT INTO synonyms (workspace_id, term, folded, group_number, place)
         SELECT ?1, value ->> 'term', value ->> 'folded', value ->> 'group_number', value ->> 'place' FROM json_each(?2)`,
      )
      .bind(workspaceId, JSON.stringify(rows)),
    audit,
  ]);
}
