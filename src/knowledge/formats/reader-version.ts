/**
 * The version of the reader: of everything that makes a document's chunks from its source (`formats/`, `ingest/draft.ts`,
 * `ingest/chunk.ts`), and the terms of the keyword index from these (`language/index-terms.ts`). Raise it by one in each release that reads a document differently than the release before. Documents that
 * were read by an older version are then read anew (`accept/outdated.ts`). `test/knowledge/node/reader-version.test.ts` fails when it is
 * forgotten.
 */
export const READER_VERSION = 3;
