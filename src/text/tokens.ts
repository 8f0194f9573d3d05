/**
 * Estimates the WordPiece tokens of a text without shipping a 466 KB vocabulary: short words are one token, longer ones one
 * for each five letters; words with letters that English lacks are of a language that the vocabulary hardly knows, one for
 * each three; digits go in pairs; letters of other scripts count one each, as does punctuation. What it takes for 128
 * tokens is at most 256 to the real tokenizer (test/text/tokens.test.ts), except where letters form no language at
 * all, such as long lists of random codes.
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

/** `getElementById` is as many words as it is written with; so, nearly, is what is encoded as base64. */
function estimateWord(letters: number): number {
  return letters <= 6 ? 1 : Math.ceil(letters / 5);
}
