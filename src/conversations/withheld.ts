import type { Caller } from "../auth/keys.ts";
import {
  isNotYetValid,
  isOpenTo,
  isValidAt,
  visibilityFields,
  type Visibility,
} from "../retrieval/visibility.ts";

/** A document that an answer was made of, as it is now. */
interface UsedDocument extends Visibility {
  /**
   * Whether a version is served, to whomever, and the document was not deleted since the answer. False also for a document that does not
   * exist, whose other fields are null.
   */
  is_served: 0 | 1;
  /** When the answer was given, in milliseconds since the epoch. */
  said_at: number;
}

/**
 * SQL: the documents whose text an answer may hold, as a JSON list of {@link UsedDocument}. Quoted sentences hold what they cite. A model
 * may use all the sources that it read, and a clarifying question names them. Answers that consist of the release's sentences
 * (abstentions, greetings) are never withheld.
 * @param m the message's table
 */
export function usedDocumentsSql(m: string): string {
  return `(SELECT json_group_array(json(used.fields)) FROM (SELECT json_object('is_served', coalesce(d.status <> 'deleted' AND d.live_version > 0
        AND ${m}.created_at >= d.created_at AND ${m}.created_at > coalesce(d.deleted_at, 0), 0),
      'said_at', ${m}.created_at,
      ${visibilityFields("d")}) AS fields
    FROM (SELECT value ->> 'external_id' AS external_id FROM json_each(${m}.citations) WHERE value ->> 'kind' IS NULL
      UNION SELECT value ->> 'external_id' FROM json_each(iif(${m}.rung = 'extractive', NULL, ${m}.sources))
        WHERE value ->> 'kind' IS NULL) AS named
    LEFT JOIN documents d ON d.workspace_id = ${m}.workspace_id AND d.external_id = named.external_id
    WHERE ${m}.outcome IN ('answered', 'clarified', 'handed_over')
    UNION ALL
    SELECT json_object('is_served', 1, 'said_at', ${m}.created_at, 'live_version', 1, 'shown_from', 0,
      'audience', value ->> 'audience', 'served_audience', '[]',
      'valid_since', value ->> 'valid_since', 'valid_before', value ->> 'valid_before', 'served_since', NULL, 'served_before', NULL)
    FROM json_each(${m}.applied)) AS used)`;
}

/**
 * Whether a reader may no longer see a document that an answer was made of. What was valid when it was said stays said.
 * @param usedDocuments what {@link usedDocumentsSql} gives
 */
export function isWithheld(usedDocuments: string, audience: string[]): boolean {
  return (JSON.parse(usedDocuments) as UsedDocument[]).some(
    (document) => !document.is_served || !isOpenTo(document, audience),
  );
}

/**
 * Whether a document that an answer was made of has lost its validity since, or is to become valid only later: what it said holds for no
 * later question.
 * @param now milliseconds since the epoch
 */
export function isNoLongerValid(usedDocuments: string, now: number): boolean {
  return (JSON.parse(usedDocuments) as UsedDocument[]).some(
    (document) =>
      isNotYetValid(document, now) ||
      (isValidAt(document, document.said_at) && !isValidAt(document, now)),
  );
}

/** The audience by which answers are withheld from a caller; undefined for a secret key that acts for no visitor, which reads everything. */
export function withholdingAudience({ kind, visitor }: Caller): string[] | undefined {
  return kind === "secret" && !visitor ? undefined : (visitor?.audience ?? []);
}
