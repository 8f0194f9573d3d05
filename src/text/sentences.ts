const segmenter = new Intl.Segmenter("en", { granularity: "sentence" });

/** A full stop after these ends no sentence; the Unicode rules do not know abbreviations. */
const ABBREVIATION =
  /(?:^|[\s(])(?:e\.g|i\.e|etc|approx|incl|excl|no|nr|vs|ca|Mr|Mrs|Ms|Dr|St)\.\s*$/i;

/** Splits a text into sentences; each line is at least one of its own. Nothing but outer white space is lost. */
export function splitSentences(text: string): string[] {
  const sentences: string[] = [];
  for (const line of text.split("\n")) {
    // The full stop of "3. Confirm" ends no sentence either.
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
