import type { PersonalDataKind } from "./detection.ts";
import { PhoneChecks } from "./phone-checks.ts";
import { replacePersonalData } from "./redact.ts";

/** `[EMAIL_A]`. Letters, not digits: each number in an answer has to stand in a source (citations/citation-verifier.ts). */
export const PLACEHOLDER = /\[[A-Z_]+\]/g;
const LONGEST_PLACEHOLDER = "[NATIONAL_ID_ZZZ]".length;
const MAY_BECOME_PLACEHOLDER = /^\[[A-Z_]*$/;

/**
 * Placeholders for the personal data in the texts of one turn. A value has the same placeholder in all of them, so that a model
 * can tell two addresses apart. In the model's answer the placeholders are replaced by their values.
 */
export class Pseudonyms {
  readonly #values = new Map<string, string>();
  readonly #placeholders = new Map<string, string>();
  readonly #taken: ReadonlySet<string>;
  /** How many placeholders of a kind have been made or skipped. */
  readonly #counts = new Map<PersonalDataKind, number>();
  readonly #checks = new PhoneChecks();

  /** @param texts all texts of the turn: a placeholder that already stands in one of them is not used */
  constructor(texts: string[]) {
    this.#taken = new Set(texts.flatMap((text) => text.match(PLACEHOLDER) ?? []));
  }

  hide(text: string): string {
    const placeholder = (kind: PersonalDataKind, found: string): string =>
      this.#placeholderFor(kind, found);
    return replacePersonalData(text, placeholder, this.#checks);
  }

  /** Replaces placeholders by their values. {@link RestoringStream} does so in a stream. */
  restore(text: string): string {
    return text.replace(PLACEHOLDER, (placeholder) => this.#values.get(placeholder) ?? placeholder);
  }

  #placeholderFor(kind: PersonalDataKind, found: string): string {
    // A detection of a later pass can contain the placeholder of an earlier one.
    const value = this.restore(found);
    const known = this.#placeholders.get(value);
    if (known !== undefined) return known;
    const placeholder = this.#newPlaceholder(kind);
    this.#values.set(placeholder, value);
    this.#placeholders.set(value, placeholder);
    return placeholder;
  }

  #newPlaceholder(kind: PersonalDataKind): string {
    let number = this.#counts.get(kind) ?? 0;
    let placeholder: string;
    do placeholder = `[${kind}_${letters(number++)}]`;
    while (this.#taken.has(placeholder));
    this.#counts.set(kind, number);
    return placeholder;
  }
}

/** 0 → A, 25 → Z, 26 → AA. */
function letters(number: number): string {
  const rest = number < 26 ? "" : letters(Math.floor(number / 26) - 1);
  return rest + String.fromCharCode(65 + (number % 26));
}

/** Restores a text that arrives in pieces. Text is held back only while it can still become a placeholder. */
export class RestoringStream {
  readonly #pseudonyms: Pseudonyms;
  #held = "";

  constructor(pseudonyms: Pseudonyms) {
    this.#pseudonyms = pseudonyms;
  }

  push(delta: string): string {
    const text = this.#held + delta;
    const open = text.lastIndexOf("[");
    const tail = open < 0 ? "" : text.slice(open);
    const waits = MAY_BECOME_PLACEHOLDER.test(tail) && tail.length < LONGEST_PLACEHOLDER;
    this.#held = waits ? tail : "";
    return this.#pseudonyms.restore(waits ? text.slice(0, open) : text);
  }

  end(): string {
    const rest = this.#held;
    this.#held = "";
    return this.#pseudonyms.restore(rest);
  }
}
