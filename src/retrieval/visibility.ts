/**
 * Who asks, and when: a reader may see the documents of the workspace that are for everybody or for one of these audiences, and that are
 * valid.
 */
export interface Reader {
  workspaceId: string;
  audience: string[];
  /** Milliseconds since the epoch. */
  now: number;
}

/** A reader with the time that a question is about. */
export interface View extends Reader {
  /** Documents that were valid then or later are shown, unless they are not valid yet: `now`, or a past time that the question names. */
  since: number;
}

/**
 * SQL: the document is for everybody, or for an audience that the reader (a JSON array) belongs to. Both the version that is
 * served and the newest one have to say so: a document is closed at once, and opened with the text that is meant to be open.
 * A version that is hidden (knowledge/accept/hide.ts) is visible to nobody.
 */
function openTo(documents: string, audience: string): string {
  const allows = (column: string): string => `(${documents}.${column} = '[]' OR EXISTS (
    SELECT 1 FROM json_each(${documents}.${column}) AS needed, json_each(${audience}) AS had
    WHERE needed.value = had.value))`;
  return `(${documents}.live_version >= ${documents}.shown_from AND ${allows("audience")} AND ${allows("served_audience")})`;
}

/**
 * SQL: the document is valid now, or was at the time that the question is about. What is not valid yet is shown to nobody. As with
 * audiences, both the version that is served and the newest one have to say so.
 */
function validAt(documents: string, { now, since }: ViewSql): string {
  const holds = (from: string, before: string): string =>
    `coalesce(${documents}.${from} <= ${now}, 1) AND coalesce(${documents}.${before} > ${since}, 1)`;
  return `(${holds("valid_since", "valid_before")} AND ${holds("served_since", "served_before")})`;
}

/** The SQL of a {@link View}; the audience is a JSON array. */
export interface ViewSql {
  audience: string;
  now: string;
  since: string;
}

/** SQL: the reader may see the document, and it is valid. */
export function visibleTo(documents: string, view: ViewSql): string {
  return `(${openTo(documents, view.audience)} AND ${validAt(documents, view)})`;
}

/** What {@link isOpenTo} and {@link isValidAt} read of a document. Audiences are JSON arrays, times milliseconds since the epoch. */
export interface Visibility {
  live_version: number | null;
  shown_from: number | null;
  audience: string | null;
  served_audience: string | null;
  valid_since: number | null;
  valid_before: number | null;
  served_since: number | null;
  served_before: number | null;
}

/** SQL: the fields of {@link Visibility}, for `json_object`. */
export function visibilityFields(documents: string): string {
  const names: (keyof Visibility)[] = [
    "live_version",
    "shown_from",
    "audience",
    "served_audience",
    "valid_since",
    "valid_before",
    "served_since",
    "served_before",
  ];
  return names.map((name) => `'${name}', ${documents}.${name}`).join(", ");
}

/** Whether a reader of the audience may see a document that was read, valid or not. */
export function isOpenTo(document: Visibility, audience: string[]): boolean {
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

/** Whether a document that was read becomes valid only after a time: until then it is shown to nobody. */
export function isNotYetValid({ valid_since, served_since }: Visibility, at: number): boolean {
  return Math.max(valid_since ?? -Infinity, served_since ?? -Infinity) > at;
}

/** Whether a document that was read is valid at a time. */
export function isValidAt(document: Visibility, at: number): boolean {
  const { valid_since, valid_before, served_since, served_before } = document;
  const begins = Math.max(valid_since ?? -Infinity, served_since ?? -Infinity);
  const ends = Math.min(valid_before ?? Infinity, served_before ?? Infinity);
  return begins <= at && at < ends;
}

/**
 * SQL: the document is one of the workspace's that the reader may not see. If all documents are for everybody and for all times, this
 * costs one read of the index `documents_for_some`, whose condition is the one in brackets.
 */
export function isHiddenFrom(documents: string, workspace: string, view: ViewSql): string {
  const d = documents;
  return `${d}.workspace_id = ${workspace}
    AND (${d}.audience <> '[]' OR ${d}.served_audience <> '[]' OR (${d}.served_audience IS NULL AND ${d}.live_version > 0)
      OR ${d}.live_version < ${d}.shown_from
      OR ${d}.valid_since IS NOT NULL OR ${d}.valid_before IS NOT NULL OR ${d}.served_since IS NOT NULL OR ${d}.served_before IS NOT NULL)
    AND ${visibleTo(d, view)} IS NOT TRUE`;
}
