/**
 * BERT's tokenizer as the local embedding model uses it (uncased WordPiece: Devlin et al. 2018, reference in
 * github.com/google-research/bert, tokenization.py), but it only counts the tokens. Tests compare the estimate with it.
 */
export function wordPieceCounter(tokenizerJson: string): (text: string) => number {
  const { model } = JSON.parse(tokenizerJson) as { model: { vocab: Record<string, number> } };
  const vocabulary = new Set(Object.keys(model.vocab));
  const known = new Map<string, number>();
  return (text) => {
    const plain = text
      .replace(/[\0\uFFFD]|(?![\t\n\r])\p{C}/gu, "")
      .replace(/[\u3400-\u4DBF\u4E00-\u9FFF\uF900-\uFAFF\u{20000}-\u{2EBEF}]/gu, " $& ")
      .toLowerCase()
      .normalize("NFD")
      .replace(/\p{Mn}/gu, "");
    // [CLS] and [SEP].
    let tokens = 2;
    for (const [word] of plain.matchAll(/[!-/:-@[-`{-~]|\p{P}|[^\s!-/:-@[-`{-~\p{P}]+/gu)) {
      let pieces = known.get(word);
      if (pieces === undefined) known.set(word, (pieces = countPieces(word, vocabulary)));
      tokens += pieces;
    }
    return tokens;
  };
}

/** Longest match first; a word that cannot be composed, or of more than 100 characters, is one unknown token. */
function countPieces(word: string, vocabulary: Set<string>): number {
  const characters = Array.from(word);
  if (characters.length > 100) return 1;
  let pieces = 0;
  for (let start = 0; start < characters.length; pieces++) {
    const prefix = start === 0 ? "" : "##";
    let end = characters.length;
    while (end > start && !vocabulary.has(prefix + characters.slice(start, end).join(""))) end--;
    if (end === start) return 1;
    start = end;
  }
  return pieces;
}
