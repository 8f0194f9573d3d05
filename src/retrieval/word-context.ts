import {
  liveStatement,
  toGeneration,
  type Generation,
  type GenerationRow,
} from "../generations/generation.ts";
import {
  corrections,
  spellingStatement,
  type Corrections,
  type SpellingCandidate,
} from "./spelling.ts";
import type { WordScope } from "./vocabulary.ts";
import { synonyms, synonymStatement, type SynonymRow, type Synonyms } from "./synonyms.ts";

/** Corrections and synonyms for the words of a message, and the generation of vectors that is searched. */
export interface WordContext {
  corrections: Corrections;
  synonyms: Synonyms;
  generation: Generation;
}

/** The statements that read the {@link WordContext} of a message; a caller puts them into a batch with its other reads. */
export function wordContextStatements(
  db: D1Database,
  scope: WordScope,
  message: string,
): Record<"generation" | "spelling" | "synonyms", D1PreparedStatement> {
  return {
    generation: liveStatement(db, scope.workspace),
    spelling: spellingStatement(db, scope, message),
    synonyms: synonymStatement(db, scope, message),
  };
}

/**
 * @param rows of {@link wordContextStatements}
 * @param embeddingModel the deployment's embedding model, for a workspace that has no generation yet
 */
export function toWordContext(
  rows: Record<"generation" | "spelling" | "synonyms", unknown[]>,
  workspaceId: string,
  embeddingModel: string,
): WordContext {
  return {
    corrections: corrections(rows.spelling as SpellingCandidate[]),
    synonyms: synonyms(rows.synonyms as SynonymRow[]),
    generation: toGeneration(
      rows.generation[0] as GenerationRow | undefined,
      workspaceId,
      embeddingModel,
    ),
  };
}
