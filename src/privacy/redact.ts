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

/** From the most to the least certain: a card number may also look like a telephone number. */
const DETECTORS: Detector[] = [secrets, emails, ibans, cards, nationalIds, phones];

/** Matches every text that holds personal data of any kind. Most texts do not match, and need no detector. */
const MAY_HOLD_PERSONAL_DATA = /@|\d{2}|[A-Za-z0-9_+/-]{20}/;

export function detectPersonalData(text: string): Detection[] {
  if (!MAY_HOLD_PERSONAL_DATA.test(text)) return [];
  return withoutOverlaps(DETECTORS.flatMap((detect) => detect(text)));
}

/**
 * The text with all personal data replaced by its kind, for logs, events, exports and datasets. Nothing restores it, and
 * redacting it again changes nothing.
 */
export function redact(text: string): string {
  return replacePersonalData(text, (kind) => `[${kind}]`);
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
 * Replaces personal data until no detector finds any. One pass is not enough: a placeholder ends a word, so a detector may then
 * match the text beside it. The loop ends, because placeholders contain none of the characters that a detector needs.
 */
export function replacePersonalData(
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
