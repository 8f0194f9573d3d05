import { cards, ibans } from "./accounts.ts";
import { emails, phones } from "./contact.ts";
import { withoutOverlaps, type Detection, type PersonalDataKind } from "./detection.ts";
import { nationalIds } from "./national-ids.ts";
import { PhoneChecks } from "./phone-checks.ts";
import { secrets } from "./secrets.ts";
import { withoutInvisible } from "../text/invisible-characters.ts";

/** From the most to the least certain: a card number may also look like a telephone number. */
const DETECTORS = [secrets, emails, ibans, cards, nationalIds, phones];

/** Passes that replace what is found. What people write takes one or two (docs/decisions/0056). */
const MOST_PASSES = 3;

/** Matches every text that holds personal data of any kind. Most texts do not match, and need no detector. */
const MAY_HOLD_PERSONAL_DATA = /@|\p{Nd}{2}|\d(?:\D{1,4}\d){6}|[\w.~+/-]{15}|-----BEGIN/u;

/** @param checks are shared by texts that are redacted together: what one of them asked needs no second answer */
export function detectPersonalData(text: string, checks = new PhoneChecks()): Detection[] {
  if (!MAY_HOLD_PERSONAL_DATA.test(text)) return [];
  return withoutOverlaps(DETECTORS.flatMap((detect) => detect(text, checks)));
}

export function holdsPersonalData(text: string): boolean {
  return detectPersonalData(withoutInvisible(text)).length > 0;
}

/**
 * The text with all personal data replaced by its kind, for logs, embeddings and rerankers. Nothing restores it, and redacting it again
 * changes nothing. Invisible characters, which could stand in the middle of a number, are left out.
 */
export function redact(text: string): string {
  return redactAll([text])[0] ?? "";
}

/** Texts that belong together, such as a message and its parts, redacted. */
export function redactAll(texts: string[]): string[] {
  const checks = new PhoneChecks();
  return texts.map((text) => replacePersonalData(withoutInvisible(text), toKind, checks));
}

const toKind = (kind: PersonalDataKind): string => `[${kind}]`;

/** Characters of a string that are logged. An error may repeat a whole document, which nobody reads in a log. */
const LONGEST_LOGGED = 10_000;
/** What is cut in the middle is not found. So many characters before the cut are left out with it. */
const BEFORE_CUT = 200;

function redactForLog(text: string): string {
  if (text.length <= LONGEST_LOGGED) return redact(text);
  const shown = redact(text.slice(0, LONGEST_LOGGED)).slice(0, -BEFORE_CUT);
  return `${shown}… (${text.length} characters)`;
}

/** Every string inside a value, keys included, redacted for a log. */
export function redactValue(value: unknown): unknown {
  if (typeof value === "string") return redactForLog(value);
  if (Array.isArray(value)) return value.map(redactValue);
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof Error) return redactForLog(value.stack ?? String(value));
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [redactForLog(key), redactValue(inner)]),
  );
}

/**
 * Replaces personal data until no detector finds any. One pass is not enough: a placeholder ends a word, so a detector may then
 * match the text beside it. A text that takes more than {@link MOST_PASSES} has been made to, and loses whatever could be personal data.
 */
export function replacePersonalData(
  text: string,
  placeholder: (kind: PersonalDataKind, found: string) => string,
  checks = new PhoneChecks(),
): string {
  let current = text;
  for (let pass = 0; pass < MOST_PASSES; pass++) {
    const found = detectPersonalData(current, checks);
    if (found.length === 0) return current;
    current = replaceAt(current, found, placeholder);
  }
  return replaceAt(current, suspects(current), placeholder);
}

function replaceAt(
  text: string,
  found: Detection[],
  placeholder: (kind: PersonalDataKind, found: string) => string,
): string {
  let replaced = "";
  let position = 0;
  for (const { kind, start, end } of found) {
    replaced += text.slice(position, start) + placeholder(kind, text.slice(start, end));
    position = end;
  }
  return replaced + text.slice(position);
}

/** A word with any of these may be personal data or a part of it. Without them a text has none: see {@link MAY_HOLD_PERSONAL_DATA}. */
const SUSPECT = /[@\p{N}]|[\w.~+/-]{15}|-----BEGIN/u;
/** Groups of letters inside of a number, as in an IBAN, are at most so long. */
const LONGEST_GROUP = 5;

/** All words that may be personal data. Those beside each other, or with a group of letters between them, are one. */
function suspects(text: string): Detection[] {
  const found: Detection[] = [];
  let isBeside = false;
  let wasGroup = false;
  for (const { 0: word, index: start } of text.matchAll(/\S+/g)) {
    const end = start + word.length;
    const last = found.at(-1);
    if (SUSPECT.test(word)) {
      if (last && isBeside) last.end = end;
      else found.push({ kind: "PERSONAL", start, end });
      isBeside = true;
      wasGroup = false;
    } else {
      isBeside &&= !wasGroup && word.length <= LONGEST_GROUP;
      wasGroup = true;
    }
  }
  return found;
}
