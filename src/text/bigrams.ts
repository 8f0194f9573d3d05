/**
 * A letter, with its marks, of a script that is written without spaces between words. An index that splits at spaces would take a sentence
 * of it for one word. Korean has spaces, but is included because no stemmer here removes its endings.
 */
const LETTER = String.raw`[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}ーｰ\p{sc=Hangul}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}][\p{M}ﾞﾟ]*`;
/** A letter of such a script. */
export const UNSPACED = new RegExp(LETTER, "u");
/** A word of {@link withBigrams} that is a pair of such letters. */
export const BIGRAM = new RegExp(`^(?:${LETTER}){2}$`, "u");
const RUN = new RegExp(`(?:${LETTER})+`, "gu");
const LETTERS = new RegExp(LETTER, "gu");

/**
 * Writes each run of such letters as overlapping pairs (bigrams) with spaces between them, as Lucene's CJKAnalyzer does. Documents and
 * questions are both written so: a pair is found wherever it stands, without a dictionary of words. Other text stays as it is.
 */
export function withBigrams(text: string): string {
  return text.replace(RUN, (run) => {
    const letters = run.normalize("NFKC").match(LETTERS) ?? [run];
    const pairs = letters.slice(1).map((letter, index) => `${letters[index]}${letter}`);
    return ` ${(pairs.length > 0 ? pairs : letters).join(" ")} `;
  });
}
