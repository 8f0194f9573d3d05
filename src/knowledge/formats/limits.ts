/** The size of one document's text in UTF-8. */
export const MAX_DOCUMENT_BYTES = 1024 * 1024;

/**
 * Markdown fills up every row to the widest one, so 1 MB of source can become billions of cells. Beyond this number in a document,
 * tables are dissolved.
 */
export const MAX_TABLE_CELLS = 50_000;
