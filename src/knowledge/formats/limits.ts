/** Bytes of UTF-8 text in one document. */
export const MAX_DOCUMENT_BYTES = 1024 * 1024;
