/** A run of this many letters and digits of the rules, five or six words, is no coincidence. */
const LEAK = 24;
/** From this many on, text is held back until it is clear whether the run goes on. */
const SUSPECT = 8;

export class PromptLeak extends Error {
  constructor() {
    super("The answer repeats the prompt");
  }
}

interface Forbidden {
  text: string;
  /** Every run of {@link SUSPECT} letters and digits in it. */
  runs: Set<string>;
}

/** Kept, because the rules are the same in most turns. */
let latest: { rules: string; forbidden: Forbidden } | undefined;

function forbid(rules: string): Forbidden {
  if (latest?.rules === rules) return latest.forbidden;
  const text = lettersAndDigits(rules);
  const starts = Math.max(0, text.length - SUSPECT + 1);
  const runs = Array.from({ length: starts }, (_, at) => text.slice(at, at + SUSPECT));
  latest = { rules, forbidden: { text, runs: new Set(runs) } };
  return latest.forbidden;
}

/**
 * Ends an answer while it streams once it repeats the rules of the prompt. Only letters and digits are compared, so white space
 * and punctuation hide nothing. An encoded or translated copy passes: this is no security boundary, since the rules hold no secret.
 */
export class PromptGuard {
  readonly #forbidden: Forbidden;
  /** The latest letters and digits, at most {@link LEAK}. */
  #recent = "";
  /** Text that is held back. */
  #pending = "";

  constructor(rules: string) {
    this.#forbidden = forbid(rules);
  }

  /** @throws PromptLeak before the text that repeats the rules is shown */
  push(text: string): string {
    let shown = "";
    for (const character of text) {
      this.#pending += character;
      const letters = lettersAndDigits(character);
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
    const { runs, text } = this.#forbidden;
    if (!runs.has(this.#recent.slice(-SUSPECT))) return false;
    if (this.#recent.length === LEAK && text.includes(this.#recent)) throw new PromptLeak();
    return true;
  }
}

function lettersAndDigits(text: string): string {
  return text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");
}
