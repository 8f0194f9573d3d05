import { cards, ibans } from "./accounts.ts";
import { emails, phones } from "./contact.ts";
import {
  withoutOverlaps,
  type Detection,
  type Detector,
  type PersonalDataKind,
} from "./detection.ts";
import { nationalIds } from "./national-ids.ts";
import { secrets } from "./secrets.ts";

/** From the most to the least certain: a card number is also a row of digits. */
const DETECTORS: Detector[] = [secrets, emails, ibans, cards, nationalIds, phones];

/** What no kind of personal data can do without: most texts are done after this look. */
const MAY_HOLD = /@|\d{2}|[A-Za-z0-9_+/-]{20}/;

export function detectPersonalData(text: string): Detection[] {
  if (!MAY_HOLD.test(text)) return [];
  return withoutOverlaps(DETECTORS.flatMap((detect) => detect(text)));
}

/**
 * The text with every finding replaced by its kind, for logs, events, exports and datasets; nothing restores it. Redacting
 * again changes nothing.
 */
export function redact(text: string): string {
  return replaceFindings(text, (kind) => `[${kind}]`);
}

/** Every string inside a value, keys included, redacted. */
export function redactValue(value: unknown): unknown {
  if (typeof value === "string") return redact(value);
  if (Array.isArray(value)) return value.map(redactValue);
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof Error) return redact(value.stack ?? String(value));
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [redact(key), redactValue(inner)]),
  );
}

/**
 * Repeats until nothing more is found: a replacement ends a word, so it can uncover what stood glued to it. Each pass
 * leaves fewer digits and signs that a finding needs, and placeholders hold none.
 */
export function replaceFindings(
  text: string,
  placeholder: (kind: PersonalDataKind, found: string) => string,
): string {
  let current = text;
  for (;;) {
    const found = detectPersonalData(current);
    if (found.length === 0) return current;
    let next = "";
    let position = 0;
    for (const { kind, start, end } of found) {
      next += current.slice(position, start) + placeholder(kind, current.slice(start, end));
      position = end;
    }
    current = next + current.slice(position);
  }
}
