/** Letters and marks that Unicode does not decompose → how they are compared, in pairs. */
const PAIRS = [
  "ß ss æ ae œ oe ø o ł l đ d ð d þ th ħ h ŧ t ŋ n ə e ς σ ґ г",
  // "İ" and "ı" are the letters of Turkish, but "I" is the capital of both "i" and "ı".
  "ı i",
  // Forms of alef, yeh, kaf and heh: of Arabic with and without their dots, of Persian and of Urdu.
  "ٱ ا ى ي ی ي ک ك ڪ ك ة ه ۃ ه ہ ه ھ ه ە ه",
  // Letters of Malayalam and Bengali that replace a letter with its virama.
  "ൺ ണ് ൻ ന് ർ ര് ൽ ല് ൾ ള് ൿ ക് ৎ ত্",
  // Candrabindu is often written as anusvara.
  "\u0901 \u0902",
];
const LETTERS = new Map(
  PAIRS.flatMap((pairs) => Array.from(pairs.matchAll(/(\S+) (\S+)/g), pairOf)),
);
const LETTER = new RegExp([...LETTERS.keys()].join("|"), "gu");

function pairOf([, from = "", to = ""]: RegExpExecArray): [string, string] {
  return [from, to];
}

/** What stretches a word of Arabic, and nukta, a dot that is often left out. */
const LEFT_OUT = /\u0640|\u093C|\u0A3C|\u0ABC/g;

/**
 * Marks that readers leave out: accents, the points of Hebrew, the vowels of Arabic. In other scripts, Thaana among them, marks are vowels
 * that a word cannot be read without. "й", "ї" and "ў" are letters of their own and no accented ones.
 */
const MARKS =
  /(?<![иу])\u0306|(?<!і)\u0308|(?![\u0306\u0308\u07A6-\u07B0])(?:[\u0300-\u08FF]|[\u1AB0-\u1AFF]|[\u1DC0-\u1DFF]|[\u20D0-\u20FF]|[\uFE20-\uFE2F])(?<=\p{M})/gu;

/** Letters that are folded to themselves: English, and the pairs that `bigrams.ts` makes of Chinese, Japanese and Korean. */
const AS_IT_IS = /^[a-z0-9ぁ-ゖァ-ヺー一-鿿가-힣]*$/;

/** "شيء" is also written "شئ", which is folded to "شي". */
const FINAL_HAMZA = /(?<=ي)ء$/u;

/** A nasal consonant before another consonant. It is also written as anusvara: हिन्दी and हिंदी. */
const NASAL_BEFORE_CONSONANT = /[ङञणनम]\u094D(?=[क-ह])/gu;

/**
 * A word as the index compares it: without case, accents and forms of letters that readers of its language take for the same. Umlauts lose
 * their dots; that they may also be spelled out is known to `spelled-out.ts`.
 * @param word as `wordsOf` gives it
 * @returns may be empty, for a word of marks alone
 */
export function foldWord(word: string): string {
  if (AS_IT_IS.test(word)) return word;
  return word
    .normalize("NFKD")
    .toLowerCase()
    .replace(MARKS, "")
    .replace(LEFT_OUT, "")
    .replace(LETTER, (letter) => LETTERS.get(letter) ?? letter)
    .replace(NASAL_BEFORE_CONSONANT, "\u0902")
    .replace(FINAL_HAMZA, "")
    .normalize("NFC")
    .replace(/[^\p{L}\p{M}\p{N}]+/gu, "");
}
