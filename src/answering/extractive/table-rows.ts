import { stemsInOrder } from "../../retrieval/lexical-evidence.ts";
import { contentStems } from "../../retrieval/query-terms.ts";
import type { Relevance } from "./best-passage.ts";
import type { Block, Line } from "./blocks.ts";

/** `- Zone 1: Germany, Austria`: a line that explains the label `Zone 1`, which a table uses. */
const LABELLED = /^\s*(?:[-*•]\s)?([^:]{1,40}): /;

/** The rows that an answer quotes. */
export interface Choice {
  rows: Set<Line>;
  /** Those that the question names, all, or some of many. */
  which: "named" | "all" | "some";
}

/** Up to this size a table is quoted whole: rows picked from it would look as if there were no others. */
const MAX_WHOLE_ROWS = 12;
const MAX_WHOLE_CHARACTERS = 900;

/**
 * The rows that the question names by their first cell are quoted alone, unless it compares, and so is a single row that a list outside
 * the table names. Otherwise a small table is quoted whole, and of a long one the relevant rows. Rows for another time than that of the
 * question are quoted only with the whole table, where there are rows for its time.
 */
export function rowsToQuote(blocks: Block[], relevant: Relevance): Choice {
  const rows = blocks.flatMap(({ kind, lines }) => (kind === "table" ? lines : []));
  const timely = rowsOfTime(rows, relevant);
  const { chosen, isLabelled } = relevantRows(blocks, timely, relevant);
  const named = isLabelled
    ? chosen
    : new Set(relevant.compares ? [] : namedRows(chosen, timely, relevant));
  if (named.size > 0) return { rows: named, which: "named" };
  const length = rows.reduce((sum, { text }) => sum + text.length, 0);
  if (rows.length <= MAX_WHOLE_ROWS && length <= MAX_WHOLE_CHARACTERS)
    return { rows: new Set(rows), which: "all" };
  return { rows: chosen, which: chosen.size === rows.length ? "all" : "some" };
}

function rowsOfTime(rows: Line[], { fitsOf }: Relevance): Line[] {
  const [fits = []] = fitsOf([rows.map(({ text }) => text)]);
  return fits.includes("fits") ? rows.filter((_, index) => fits[index] !== "misfits") : rows;
}

/** Share of a row's label that a question has to say to name the row: "return the bike" does not name "Return up to 7 days late". */
const MIN_NAMED = 0.5;

/** The rows that the question names: it says most of what tells their first cell from those of the other rows. */
function namedRows(chosen: Set<Line>, rows: Line[], { stemsIn, share }: Relevance): Line[] {
  if (chosen.size === 0) return [];
  const labels = new Map(rows.map((row) => [row, labelOf(row)]));
  const common = Array.from(labels.values(), stemsIn).reduce((all, one) => all.intersection(one));
  return [...chosen].filter((row) => {
    const label = labels.get(row) ?? "";
    if (share(stemsIn(label).difference(common)) <= ROUNDING) return false;
    const own = new Set(contentStems(label)).difference(common);
    const said = Array.from(own).filter((stem) => share(new Set([stem])) > ROUNDING);
    // A label that the question says by a synonym shares no word with it.
    return said.length === 0 || said.length >= own.size * MIN_NAMED;
  });
}

function labelOf({ text }: Line): string {
  return text.split("; ")[0]?.replace(/^[^:]{1,200}: /, "") ?? "";
}

/**
 * Chooses rows greedily: the row that adds most of the question's words comes first, and the choice ends when no row adds enough. If all
 * rows have the same share, the rows whose label a list outside the table explains with the question's words are chosen, else all rows.
 */
function relevantRows(
  blocks: Block[],
  rows: Line[],
  { stemsIn, share }: Relevance,
): { chosen: Set<Line>; isLabelled: boolean } {
  const words = new Map(rows.map((row) => [row, stemsIn(row.text)]));
  const shares = rows.map((row) => share(words.get(row) ?? new Set()));
  const most = Math.max(...shares);
  if (most - Math.min(...shares) < ROUNDING) {
    const labelled = rowsByLabel(blocks, rows, (text) => share(stemsIn(text)) > most + ROUNDING);
    const isLabelled = labelled.length > 0;
    return { chosen: new Set(isLabelled ? labelled : rows), isLabelled };
  }
  const kept = new Set<Line>();
  const covered = new Set<string>();
  for (;;) {
    const gains = rows.map((row) => share((words.get(row) ?? new Set()).difference(covered)));
    const gain = Math.max(...gains);
    if (gain < Math.max(ROUNDING, most * MIN_GAIN)) return { chosen: kept, isLabelled: false };
    const best = rows.filter((_, index) => gain - (gains[index] ?? 0) < ROUNDING);
    for (const row of best) {
      kept.add(row);
      for (const word of words.get(row) ?? []) covered.add(word);
    }
  }
}

/** The least that a further row must add, as a share of the best row: a row that adds only a common word such as "garden" is left out. */
const MIN_GAIN = 0.25;

/** Sums of the same weights in another order differ by less than this. */
const ROUNDING = 1e-9;

/** Rows with the label of a line that is more relevant than any row: `Zone 1: Germany` chooses the rows of zone 1. */
function rowsByLabel(
  blocks: Block[],
  rows: Line[],
  isMoreRelevant: (text: string) => boolean,
): Line[] {
  const others = blocks.flatMap(({ kind, lines }) => (kind === "table" ? [] : lines));
  const labels = others
    .filter(({ text }) => isMoreRelevant(text))
    .flatMap(({ text }) => LABELLED.exec(text)?.[1] ?? []);
  return rows.filter(({ text }) =>
    labels.some((label) => stemsInOrder(text).includes(stemsInOrder(label))),
  );
}
