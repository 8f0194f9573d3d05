/** The embedding model of the local platform, by the id that the application is configured with. */
export const EMBEDDING_MODEL = "@local/all-minilm-l6-v2";
export const EMBEDDING_DIMENSIONS = 384;

/**
 * The first 256 dimensions of the same embeddings, normalised. The application sees another model, with worse vectors that are
 * not comparable with the full ones. It allows a change of models to be tested without a second set of weights.
 */
const SHORT_MODEL = "@local/all-minilm-l6-v2-256";
export const SHORT_DIMENSIONS = 256;

export const LOCAL_DIMENSIONS: Readonly<Record<string, number>> = {
  [EMBEDDING_MODEL]: EMBEDDING_DIMENSIONS,
  [SHORT_MODEL]: SHORT_DIMENSIONS,
};
