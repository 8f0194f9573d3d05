/**
 * Kinds of personal data and secrets; a placeholder carries the name. `PERSONAL` is what may be of any kind and was hidden without
 * being told apart.
 */
export type PersonalDataKind =
  | "EMAIL"
  | "PHONE"
  | "CARD"
  | "IBAN"
  | "NATIONAL_ID"
  | "SECRET"
  | "PERSONAL";

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

/**
 * Like {@link detections}, where a match may begin with what is searched, or hide it: of "12 4111 …" the card number is found.
 * @param lengthOf how many characters of a match are personal data; 0 where it does not begin with any
 */
export function detectionsWithin(
  text: string,
  kind: PersonalDataKind,
  pattern: RegExp,
  lengthOf: (match: string, start: number) => number,
): Detection[] {
  const found: Detection[] = [];
  const search = new RegExp(pattern);
  for (let match = search.exec(text); match; match = search.exec(text)) {
    const length = lengthOf(match[0], match.index);
    if (length > 0) found.push({ kind, start: match.index, end: match.index + length });
    search.lastIndex = match.index + (length || 1);
  }
  return found;
}

/** Keeps the earlier detection where two overlap, and sorts them by position. Callers list the most certain detectors first. */
export function withoutOverlaps(found: Detection[]): Detection[] {
  // One byte a position: no detection is compared with all others.
  const taken = new Uint8Array(found.reduce((end, one) => Math.max(end, one.end), 0));
  const kept = found.filter(({ start, end }) => {
    const isFree = !taken.subarray(start, end).includes(1);
    if (isFree) taken.fill(1, start, end);
    return isFree;
  });
  return kept.toSorted((a, b) => a.start - b.start);
}

/** The text around a match, with `#` in its place: words there may say what a number is. Placeholders are left out. */
export function surroundings(text: string, start: number, end: number): string {
  const around = `${text.slice(Math.max(0, start - 40), start)} # ${text.slice(end, end + 15)}`;
  return around.replace(/\[[A-Z_]{1,20}\]/g, " ");
}

export function digitsOf(text: string): string {
  return text.replace(/\D/g, "");
}
