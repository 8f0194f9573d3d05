import type { WorkspaceParameter } from "../runtime/workspace-parameter.ts";
import { isHiddenFrom } from "./visibility.ts";

/** Whose words are looked up. */
export interface WordScope {
  workspace: WorkspaceParameter;
  /** Of the reader. In a turn it is what the visitor's JWT claims: the result is used only once the JWT is verified. */
  audience: string[];
  /** Milliseconds since the epoch. */
  now: number;
}

/**
 * SQL: the tables `scope`, the workspace, and `hidden`, its documents that the reader may not see, for {@link isUsed}. Their words count
 * as unused, because a correction would tell of them.
 * @param reader the parameter of {@link readerValue}
 */
export function wordScope({ workspace }: WordScope, reader: string): string {
  const now = `(${reader} ->> 'now')`;
  const view = { audience: `(${reader} -> 'audience')`, now, since: now };
  return `scope AS MATERIALIZED (SELECT ${workspace.sql} AS id),
    hidden AS MATERIALIZED (SELECT d.id FROM documents d WHERE ${isHiddenFrom("d", "(SELECT id FROM scope)", view)})`;
}

/** What {@link wordScope} takes as one parameter. */
export function readerValue({ audience, now }: WordScope): string {
  return JSON.stringify({ audience, now });
}

/**
 * SQL: whether documents that the reader may see use a word exactly as it is written. The table `words` may hold words of hidden documents
 * and words that are no longer used. It is looked up first, because that costs little.
 */
export function isUsed(word: string): string {
  return `(EXISTS (SELECT 1 FROM words k WHERE k.workspace_id = (SELECT id FROM scope) AND k.word = ${word}) AND ${isUsedVisibly(word)})`;
}

/** SQL: whether a document that the reader may see uses a word. The caller knows that `words` holds it. */
export function isUsedVisibly(word: string): string {
  return `EXISTS (SELECT 1 FROM document_words
    WHERE document_words MATCH 'workspace : "' || replace((SELECT id FROM scope), '_', '') || '" AND words : "' || ${word} || '"'
      AND (rowid IN hidden) IS NOT TRUE)`;
}
