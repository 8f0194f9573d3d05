/** Letters and digits in a row that an answer cannot have by chance: five or six words of the rules. */
const LEAK = 24;
/** From so many on, text waits until it is clear that the row ends. */
const SUSPECT = 8;

/** The model repeats its instructions. */
export class PromptLeak extends Error {
  constructor() {
    super("The answer repeats the prompt");
  }
}

interface Forbidden {
  text: string;
  /** Every row of {@link SUSPECT} letters and digits that it holds. */
  rows: Set<string>;
}

/** The rules are the same in most turns. */
let latest: { rules: string; forbidden: Forbidden } | undefined;

function forbid(rules: string): Forbidden {
  if (latest?.rules === rules) return latest.forbidden;
  const text = squeeze(rules);
  const starts = Math.max(0, text.length - SUSPECT + 1);
  const rows = Array.from({ length: starts }, (_, at) => text.slice(at, at + SUSPECT));
  latest = { rules, forbidden: { text, rows: new Set(rows) } };
  return latest.forbidden;
}

/**
 * Follows an answer as it streams and ends it when it begins to repeat the rules of the prompt: that is no answer. The rules hold no
 * secret, so this is not a security boundary: an encoded or translated copy passes. Only letters and digits count, so that
 * white space and punctuation hide nothing.
 */
export class PromptGuard {
  readonly #forbidden: Forbidden;
  /** The latest letters and digits. */
  #recent = "";
  /** Text that waits. */
  #pending = "";

  constructor(rules: string) {
    this.#forbidden = forbid(rules);
  }

  /** @throws PromptLeak before the text that repeats the rules is shown */
  push(text: string): string {
    let shown = "";
    for (const character of text) {
      this.#pending += character;
      const letters = squeeze(character);
      if (letters) this.#recent = (this.#recent + letters).slice(-LEAK);
      if (this.#isSuspect()) continue;
      shown += this.#pending;
      this.#pending = "";
    }
    return shown;
  }

  end(): string {
    const rest = this.#pending;
    this.#pending = "";
    return rest;
  }

  #isSuspect(): boolean {
    const { rows, text } = this.#forbidden;
    if (!rows.has(this.#recent.slice(-SUSPECT))) return false;
    if (this.#recent.length === LEAK && text.includes(this.#recent)) throw new PromptLeak();
    return true;
  }
}

function squeeze(text: string): string {
  return text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");
}
