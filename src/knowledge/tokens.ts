/**
 * Estimates the WordPiece tokens of a text without shipping a 466 KB vocabulary: short words are one token, longer ones one
 * for each five letters; digits go in pairs; letters of scripts that the vocabulary hardly knows count one each, as does
 * punctuation. test/knowledge/tokens.test.ts holds it against the real tokenizer.
 */
export function estimateTokens(text: string): number {
  let tokens = 0;
  for (const [word] of text.matchAll(/[A-Za-z\u00C0-\u024F]+|[0-9]+|[^\s]/gu)) {
    if (word.length === 1) tokens += 1;
    else if (/^[0-9]/.test(word)) tokens += Math.ceil(word.length / 2);
    else tokens += word.length <= 6 ? 1 : Math.ceil(word.length / 5);
  }
  return tokens;
}
