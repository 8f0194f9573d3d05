/**
 * SQL: the document is for everybody, or for an audience that the reader (a JSON array) belongs to. Both the version that is
 * served and the newest one have to say so: a document is closed at once, and opened with the text that is meant to be open.
 * A version that is hidden (knowledge/accept/hide.ts) is visible to nobody.
 */
export function visibleTo(documents: string, audience: string): string {
  const allows = (column: string): string => `(${documents}.${column} = '[]' OR EXISTS (
    SELECT 1 FROM json_each(${documents}.${column}) AS needed, json_each(${audience}) AS had
    WHERE needed.value = had.value))`;
  return `(${documents}.live_version >= ${documents}.shown_from AND ${allows("audience")} AND ${allows("served_audience")})`;
}

/** What {@link visibleTo} reads of a document. Audiences are JSON arrays. */
export interface Visibility {
  live_version: number | null;
  shown_from: number | null;
  audience: string | null;
  served_audience: string | null;
}

/** The same as {@link visibleTo}, for a document that was read. */
export function isVisibleTo(document: Visibility, audience: string[]): boolean {
  const { live_version, shown_from } = document;
  const allows = (json: string | null): boolean => {
    const needed = json === null ? undefined : (JSON.parse(json) as string[]);
    return needed?.length === 0 || needed?.some((name) => audience.includes(name)) === true;
  };
  return (
    live_version !== null &&
    shown_from !== null &&
    live_version >= shown_from &&
    allows(document.audience) &&
    allows(document.served_audience)
  );
}

/**
 * SQL: the document is one of the workspace's that the reader may not see. If all documents are for everybody, this costs one read of the
 * index `documents_for_some`, whose condition is the one in brackets.
 */
export function isHiddenFrom(documents: string, workspace: string, audience: string): string {
  const d = documents;
  return `${d}.workspace_id = ${workspace}
    AND (${d}.audience <> '[]' OR ${d}.served_audience <> '[]' OR (${d}.served_audience IS NULL AND ${d}.live_version > 0)
      OR ${d}.live_version < ${d}.shown_from)
    AND ${visibleTo(d, audience)} IS NOT TRUE`;
}
