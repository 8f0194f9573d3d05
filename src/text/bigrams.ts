/**
 * Scripts that are written without spaces between words, or, as Korean, with endings that no stemmer here takes off: to an
 * index that splits at spaces, a sentence would be one word. Marks belong to the letter before them.
 */
const LETTER = String.raw`[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}ーｰ\p{sc=Hangul}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}][\p{M}ﾞﾟ]*`;
const RUN = new RegExp(`(?:${LETTER})+`, "gu");
const LETTERS = new RegExp(LETTER, "gu");

/**
 * Writes each run of such letters as its overlapping pairs with spaces between them, on the way into the index as in a question:
 * a pair is found wherever it stands, without a dictionary and without guessing where words end (the bigrams of Lucene's
 * CJKAnalyzer). Other text stays as it is.
 */
export function spaced(text: string): string {
  return text.replace(RUN, (run) => {
    const letters = run.normalize("NFKC").match(LETTERS) ?? [run];
    const pairs = letters.slice(1).map((letter, index) => `${letters[index]}${letter}`);
    return ` ${(pairs.length > 0 ? pairs : letters).join(" ")} `;
  });
}
