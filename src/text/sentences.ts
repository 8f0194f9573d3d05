const segmenter = new Intl.Segmenter("en", { granularity: "sentence" });

/** A full stop after these ends no sentence. The Unicode rules for sentences do not know abbreviations. */
const ABBREVIATION =
  /(?:^|[\s(])(?:e\.g|i\.e|etc|approx|incl|excl|no|nr|vs|ca|Mr|Mrs|Ms|Dr|St)\.\s*$/i;

/** Splits a text into sentences. A sentence never spans two lines. Only the white space around sentences is lost. */
export function splitSentences(text: string): string[] {
  const sentences: string[] = [];
  for (const line of text.split("\n")) {
    // The full stop in the list item "3. Confirm" ends no sentence.
    let open = /^\s*(?:\d{1,3}[.)]|[-*•])\s+/.exec(line)?.[0] ?? "";
    for (const { segment } of segmenter.segment(line.slice(open.length))) {
      open += segment;
      if (ABBREVIATION.test(open)) continue;
      sentences.push(open);
      open = "";
    }
    if (open) sentences.push(open);
  }
  return sentences.map((sentence) => sentence.trim()).filter(Boolean);
}
