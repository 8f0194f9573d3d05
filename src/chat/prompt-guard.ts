/** Words of the rules in a row that an answer cannot have by chance. */
const LEAK_WORDS = 6;
/** From so many on, words wait until it is clear that the row ends. */
const SUSPECT_WORDS = 3;

/** The model repeats its instructions. */
export class PromptLeak extends Error {
  constructor() {
    super("The answer repeats the prompt");
  }
}

/**
 * Follows an answer as it streams and ends it when it begins to repeat the prompt's rules or shows the turn's canary, which
 * stands in the prompt and nowhere else. Text is passed on at once, except while it reads like the rules.
 */
export class PromptGuard {
  readonly #rules: string;
  readonly #canary: string;
  /** Normalised words that stand in a row in the rules, up to the last word that is complete. */
  #row: string[] = [];
  /** Text that waits. */
  #pending = "";
  /** What was seen of a word that may go on. */
  #word = "";

  constructor(rules: string, canary: string) {
    this.#rules = ` ${rules.split(/\s+/u).map(normalise).filter(Boolean).join(" ")} `;
    this.#canary = canary;
  }

  /** @throws PromptLeak before the text that gives the rules away is shown */
  push(text: string): string {
    let shown = "";
    for (const character of text) {
      this.#pending += character;
      if (/\s/u.test(character)) this.#endWord();
      else this.#word += character;
      const waits = this.#row.length >= SUSPECT_WORDS - 1 || this.#mayBeCanary();
      if (waits) continue;
      shown += this.#pending;
      this.#pending = "";
    }
    return shown;
  }

  end(): string {
    this.#endWord();
    const rest = this.#pending;
    this.#pending = "";
    return rest;
  }

  #mayBeCanary(): boolean {
    const word = normalise(this.#word);
    return word.length > 3 && this.#canary.startsWith(word);
  }

  #endWord(): void {
    if (this.#word.toLowerCase().includes(this.#canary)) throw new PromptLeak();
    const word = normalise(this.#word);
    this.#word = "";
    if (!word) return;
    this.#row.push(word);
    while (this.#row.length > 0 && !this.#rules.includes(` ${this.#row.join(" ")} `))
      this.#row.shift();
    if (this.#row.length >= LEAK_WORDS) throw new PromptLeak();
  }
}

function normalise(word: string): string {
  return word.toLowerCase().replace(/[^\p{L}\p{N}_]/gu, "");
}
