/** Kinds of personal data and secrets; a placeholder carries the name. */
export type PersonalDataKind = "EMAIL" | "PHONE" | "CARD" | "IBAN" | "NATIONAL_ID" | "SECRET";

/** The position of personal data in a text: `[start, end)` in UTF-16 units. */
export interface Detection {
  kind: PersonalDataKind;
  start: number;
  end: number;
}

/** Finds one kind of personal data. Detections of several detectors may overlap: see {@link withoutOverlaps}. */
export type Detector = (text: string) => Detection[];

/** All matches of a global pattern that a check accepts. */
export function detections(
  text: string,
  kind: PersonalDataKind,
  pattern: RegExp,
  accepts: (match: string, start: number) => boolean = () => true,
): Detection[] {
  const found: Detection[] = [];
  for (const match of text.matchAll(pattern)) {
    if (!accepts(match[0], match.index)) continue;
    found.push({ kind, start: match.index, end: match.index + match[0].length });
  }
  return found;
}

/** Keeps the earlier detection where two overlap, and sorts them by position. Callers list the most certain detectors first. */
export function withoutOverlaps(found: Detection[]): Detection[] {
  const kept: Detection[] = [];
  for (const next of found) {
    if (!kept.some((other) => next.start < other.end && other.start < next.end)) kept.push(next);
  }
  return kept.toSorted((a, b) => a.start - b.start);
}

/** The text around a match, with `#` in its place: words there may say what a number is. Placeholders are left out. */
export function surroundings(
  text: string,
  start: number,
  end: number,
  { before = 40, after = 15 }: { before?: number; after?: number } = {},
): string {
  const around = `${text.slice(Math.max(0, start - before), start)} # ${text.slice(end, end + after)}`;
  return around.replace(/\[[A-Z_]{1,20}\]/g, " ");
}

export function digitsOf(text: string): string {
  return text.replace(/\D/g, "");
}
