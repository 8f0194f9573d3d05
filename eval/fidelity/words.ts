/** Scripts without spaces between words: each character counts as a word. */
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}]/u;
/** A word, or a symbol that means something in a table: €, ✓. */
const WORD = /[\p{L}\p{M}\p{N}]+|[\p{Sc}\p{So}]/gu;
const HYPHENS = /(?<=\p{L})[-\u00ad\u2010\u2011](?=\p{L})|\u00ad/gu;
const UNSEEN = /[\u200b-\u200f\u2060\ufeff]|\p{Variation_Selector}/gu;

/** The words of a text without case, punctuation, zero-width characters and hyphens within words. */
export function wordsOf(text: string): string[] {
  const plain = text.normalize("NFKC").replace(UNSEEN, "").replace(HYPHENS, "").toLowerCase();
  return (plain.match(WORD) ?? []).flatMap((word) =>
    UNSPACED.test(word) ? Array.from(word) : [word],
  );
}
