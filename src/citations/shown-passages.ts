import { slice, without, type MarkedText } from "../text/marked-text.ts";
import { fromStored } from "../text/stored-marks.ts";
import type { SourcePassage } from "./source.ts";

/** A passage as a reader is shown it behind the passage before it in its section. */
export interface ShownPassage {
  passage: SourcePassage;
  /** Without the text of images that stand alone, and without what it repeats of the passage before it. */
  shown: MarkedText;
  /** What it repeats, which is shown where a quotation begins with this passage; it ends with white space. */
  repeated: MarkedText;
}

/** The passages that follow each other below the same headings, without a gap, in the document's order. */
export function sectionsIn(passages: readonly SourcePassage[]): ShownPassage[][] {
  const sections: ShownPassage[][] = [];
  const byHeading = Map.groupBy(passages, ({ headingPath }) => headingPath.join("\n"));
  for (const below of byHeading.values()) {
    const ordered = below.toSorted((one, other) => one.ordinal - other.ordinal);
    for (const [index, passage] of ordered.entries()) {
      const follows = passage.ordinal === (ordered[index - 1]?.ordinal ?? Number.NaN) + 1;
      const shown = show(passage, follows);
      if (follows) sections.at(-1)?.push(shown);
      else sections.push([shown]);
    }
  }
  return sections;
}

function show(passage: SourcePassage, follows: boolean): ShownPassage {
  const marked = fromStored(passage.text, passage.marks);
  const whole = textWithout(marked, ({ style }) => style.hidden === "image");
  const shown = textWithout(
    whole,
    ({ start, style }) => style.hidden === "repeated" && (follows || start > 0),
  );
  const length = whole.text.endsWith(shown.text) ? whole.text.length - shown.text.length : 0;
  return { passage, shown, repeated: slice(whole, 0, length) };
}

/** A passage of which nothing would be left is shown whole. */
function textWithout(text: MarkedText, isLeftOut: Parameters<typeof without>[1]): MarkedText {
  const left = without(text, isLeftOut);
  return left.text.trim() === "" ? text : left;
}
