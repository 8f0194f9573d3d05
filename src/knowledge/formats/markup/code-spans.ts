/** A part of a paragraph. */
export interface Part {
  text: string;
  isCode: boolean;
}

/** Divides a paragraph at its code spans, as Markdown reads them: a run of backticks ends at the next run of the same length. Linear. */
export function splitAtCode(paragraph: string): Part[] {
  if (!paragraph.includes("`")) return [{ text: paragraph, isCode: false }];
  const runs = Array.from(paragraph.matchAll(/\\[\s\S]|`+/g)).filter(([run]) =>
    run.startsWith("`"),
  );
  // For each run, the next one of the same length, found from the end.
  const next = new Map<number, number>();
  const ends: (number | undefined)[] = [];
  for (let index = runs.length - 1; index >= 0; index--) {
    const length = runs[index]?.[0].length ?? 0;
    ends[index] = next.get(length);
    next.set(length, runs[index]?.index ?? 0);
  }
  const parts: Part[] = [];
  let at = 0;
  for (const [number, { 0: run, index }] of runs.entries()) {
    if (index < at) continue;
    const end = ends[number];
    if (end === undefined) continue;
    parts.push({ text: paragraph.slice(at, index), isCode: false });
    at = end + run.length;
    parts.push({ text: paragraph.slice(index, at), isCode: true });
  }
  parts.push({ text: paragraph.slice(at), isCode: false });
  return parts;
}
