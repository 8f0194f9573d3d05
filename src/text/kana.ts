/** The two syllabaries of Japanese stand side by side in Unicode. */
const HIRAGANA_TO_KATAKANA = 0x60;
const HIRAGANA = /^[ぁ-ゖ]{2}$/;
/** A word in katakana. Longer ones are several words. */
const KATAKANA_WORD = /(?<![ァ-ヶー])[ァ-ヶー]{2,12}(?![ァ-ヶー])/g;

/** Two letters of hiragana in katakana, which documents write some words in; none for other letters. */
export function toKatakana(letters: string): string[] {
  return HIRAGANA.test(letters) ? [moved(letters, HIRAGANA_TO_KATAKANA)] : [];
}

/** The words of a text that are in katakana, each with its spelling in hiragana. */
export function inHiragana(text: string): [katakana: string, hiragana: string][] {
  const words = text.normalize("NFKC").match(KATAKANA_WORD) ?? [];
  return words.map((word) => [
    word,
    word.replace(/[ァ-ヶ]/g, (letter) => moved(letter, -HIRAGANA_TO_KATAKANA)),
  ]);
}

function moved(letters: string, by: number): string {
  return Array.from(letters, (letter) =>
    String.fromCodePoint((letter.codePointAt(0) ?? 0) + by),
  ).join("");
}
