/**
 * Estimates the number of WordPiece tokens of a text without the tokenizer's vocabulary of 466 KB:
 * - a word of up to six letters is one token, a longer one has a token for each five letters;
 * - a word with letters that English lacks has a token for each three letters, since the vocabulary has few words of other languages;
 * - a number has a token for each two digits; a letter of another script or a punctuation mark is one token.
 *
 * A text of 128 estimated tokens has at most 256 real ones (test/text/tokens.test.ts), except for text in no language, such as long lists
 * of random codes.
 */
export function estimateTokens(text: string): number {
  let tokens = 0;
  for (const [word] of text.matchAll(/[A-Za-z\u00C0-\u024F]+|[0-9]+|[^\s]/gu)) {
    if (word.length === 1) tokens += 1;
    else if (/^[0-9]/.test(word)) tokens += Math.ceil(word.length / 2);
    else if (/[^A-Za-z]/.test(word)) tokens += Math.ceil(word.length / 3);
    else for (const part of word.split(/(?<=[a-z])(?=[A-Z])/)) tokens += estimateWord(part.length);
  }
  return tokens;
}

/** For one part of a word that is split at its capitals: `getElementById` is four parts. Base64 is estimated nearly right by this, too. */
function estimateWord(letters: number): number {
  return letters <= 6 ? 1 : Math.ceil(letters / 5);
}
