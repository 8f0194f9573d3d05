const segmenter = new Intl.Segmenter("en", { granularity: "sentence" });

/** A full stop after these ends no sentence. The Unicode rules for sentences do not know abbreviations. */
const ABBREVIATION =
  /(?:^|[\s(])(?:e\.g|i\.e|etc|approx|incl|excl|no|nr|vs|ca|Mr|Mrs|Ms|Dr|St)\.$/i;
/** As many characters as the longest abbreviation with its full stop and the character before it. */
const LONGEST_ABBREVIATION = "(approx.".length;

/**
 * Without one of these before its end, a line is one sentence (unicode.org/reports/tr29, "Sentence boundaries"). Most lines of a list are,
 * and thousands of segmentations cost much more than one of the same text.
 */
const MAY_END_WITHIN = /[\p{Sentence_Terminal}\u2024\r\u0085\u2028\u2029](?=.)/su;

/** Splits a text into sentences. A sentence never spans two lines. Only the white space around sentences is lost. */
export function splitSentences(text: string): string[] {
  const sentences: string[] = [];
  for (const line of text.split("\n")) {
    // The full stop in the list item "3. Confirm" ends no sentence.
    let open = /^\s*(?:\d{1,3}[.)]|[-*•])\s+/.exec(line)?.[0] ?? "";
    // The last characters of `open`. Reading all of it after each abbreviation would take quadratic time.
    let last = open;
    for (const segment of segmentsOf(line.slice(open.length))) {
      open += segment;
      last = last.slice(-LONGEST_ABBREVIATION) + segment;
      if (ABBREVIATION.test(last.trimEnd().slice(-LONGEST_ABBREVIATION))) continue;
      sentences.push(open);
      open = last = "";
    }
    if (open) sentences.push(open);
  }
  return sentences.map((sentence) => sentence.trim()).filter(Boolean);
}

function segmentsOf(line: string): string[] {
  if (!MAY_END_WITHIN.test(line)) return [line];
  return Array.from(segmenter.segment(line), ({ segment }) => segment);
}
