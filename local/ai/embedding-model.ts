/** The one embedding model of the local platform, by the id that the application is configured with. */
export const EMBEDDING_MODEL = "@local/all-minilm-l6-v2";
export const EMBEDDING_DIMENSIONS = 384;
