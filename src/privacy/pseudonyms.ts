import type { PersonalDataKind } from "./detection.ts";
import { replaceFindings } from "./redact.ts";

/** `[EMAIL_A]`. Letters, not digits: a number in an answer is a claim that a source has to hold (citations/citation-verifier.ts). */
const LONGEST_PLACEHOLDER = "[NATIONAL_ID_ZZZ]".length;
const MAY_BECOME_PLACEHOLDER = /^\[[A-Z_]*$/;

/**
 * Placeholders for what is personal in the texts of one turn. The same value has the same placeholder in all of them, so
 * that a model can still tell two addresses apart; what it says is given its values back.
 */
export class Pseudonyms {
  readonly #values = new Map<string, string>();
  readonly #placeholders = new Map<string, string>();
  readonly #taken: string;

  /** @param texts all texts of the turn: what already looks like a placeholder in one is not used for another value */
  constructor(texts: string[]) {
    this.#taken = texts.join("\n");
  }

  hide(text: string): string {
    return replaceFindings(text, (kind, found) => this.#placeholderFor(kind, found));
  }

  /** Puts the values back. A stream is restored by {@link RestoringStream}. */
  restore(text: string): string {
    return text.replace(
      /\[[A-Z_]+\]/g,
      (placeholder) => this.#values.get(placeholder) ?? placeholder,
    );
  }

  #placeholderFor(kind: PersonalDataKind, found: string): string {
    // A finding of a later pass can hold the placeholder of an earlier one.
    const value = this.restore(found);
    const known = this.#placeholders.get(value);
    if (known !== undefined) return known;
    let placeholder: string;
    let number = 0;
    do placeholder = `[${kind}_${letters(number++)}]`;
    while (this.#values.has(placeholder) || this.#taken.includes(placeholder));
    this.#values.set(placeholder, value);
    this.#placeholders.set(value, placeholder);
    return placeholder;
  }
}

/** 0 → A, 25 → Z, 26 → AA. */
function letters(number: number): string {
  const rest = number < 26 ? "" : letters(Math.floor(number / 26) - 1);
  return rest + String.fromCharCode(65 + (number % 26));
}

/** Restores a text that arrives in pieces: only what can still become a placeholder waits for its end. */
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
