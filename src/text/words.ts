import { withBigrams } from "./bigrams.ts";

/**
 * Splits a text into words as the index does: runs of letters, marks and digits (FTS5's `unicode61` tokenizer), and pairs of letters in
 * scripts without spaces.
 */
export function wordsOf(text: string): string[] {
  return withBigrams(text).match(/[\p{L}\p{M}\p{N}\p{Co}]+/gu) ?? [];
}
