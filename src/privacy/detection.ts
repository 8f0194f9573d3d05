/** Kinds of personal data and secrets; a placeholder carries the name. */
export type PersonalDataKind = "EMAIL" | "PHONE" | "CARD" | "IBAN" | "NATIONAL_ID" | "SECRET";

/** Where something personal stands in a text: `[start, end)` in UTF-16 units. */
export interface Detection {
  kind: PersonalDataKind;
  start: number;
  end: number;
}

/** A detector says where its kind stands. Detectors may overlap; {@link withoutOverlaps} decides. */
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

/** Keeps the earlier detector's finding where two overlap; detectors are listed from the most to the least certain. */
export function withoutOverlaps(found: Detection[]): Detection[] {
  const kept: Detection[] = [];
  for (const one of found) {
    if (!kept.some((other) => one.start < other.end && other.start < one.end)) kept.push(one);
  }
  return kept.toSorted((a, b) => a.start - b.start);
}

/** The words around a position, where a person says what the number is. Placeholders of earlier findings say nothing. */
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
