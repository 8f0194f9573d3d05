/** The size of one document's text in UTF-8. */
export const MAX_DOCUMENT_BYTES = 1024 * 1024;
