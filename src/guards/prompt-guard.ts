/** Letters and digits in a row that an answer cannot have by chance: five or six words of the rules, half of the canary. */
const RULES_LEAK = 24;
const CANARY_LEAK = 16;
/** From so many on, text waits until it is clear that the row ends. */
const RULES_SUSPECT = 8;
const CANARY_SUSPECT = 4;

/** The model repeats its instructions. */
export class PromptLeak extends Error {
  constructor() {
    super("The answer repeats the prompt");
  }
}

/** What no answer may repeat, in all spellings. */
interface Forbidden {
  texts: string[];
  leak: number;
  suspect: number;
  /** Every row of `suspect` letters that they hold. */
  rows: Set<string>;
}

function forbid(text: string, suspect: number, leak: number): Forbidden {
  const texts = spellings(text);
  const rows = texts.flatMap((spelt) =>
    Array.from({ length: Math.max(0, spelt.length - suspect + 1) }, (_, at) =>
      spelt.slice(at, at + suspect),
    ),
  );
  return { texts, leak, suspect, rows: new Set(rows) };
}

/** The rules are the same in every turn. */
let latest: { rules: string; forbidden: Forbidden } | undefined;

function forbidRules(rules: string): Forbidden {
  if (latest?.rules !== rules)
    latest = { rules, forbidden: forbid(rules, RULES_SUSPECT, RULES_LEAK) };
  return latest.forbidden;
}

/**
 * Follows an answer as it streams and ends it when it begins to repeat the prompt's rules or the turn's canary, which
 * stands in the prompt and nowhere else. Only letters and digits count, so that no sign between them hides a word, and a
 * text that is turned around or encoded in a usual way counts, too. Text is passed on at once, except while it reads like one
 * of these.
 */
export class PromptGuard {
  readonly #forbidden: Forbidden[];
  /** The latest letters and digits. */
  #recent = "";
  /** Text that waits. */
  #pending = "";

  constructor(rules: string, canary: string) {
    this.#forbidden = [forbidRules(rules), forbid(canary, CANARY_SUSPECT, CANARY_LEAK)];
  }

  /** @throws PromptLeak before the text that gives the rules away is shown */
  push(text: string): string {
    let shown = "";
    for (const character of text) {
      this.#pending += character;
      const letters = squeeze(character);
      if (letters) this.#recent = (this.#recent + letters).slice(-RULES_LEAK);
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
    const suspected = this.#forbidden.filter(({ rows, suspect }) =>
      rows.has(this.#recent.slice(-suspect)),
    );
    for (const { texts, leak } of suspected) {
      const row = this.#recent.slice(-leak);
      if (row.length === leak && texts.some((text) => text.includes(row))) throw new PromptLeak();
    }
    return suspected.length > 0;
  }
}

function squeeze(text: string): string {
  return text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");
}

/** As it is, turned around, in rot13, in hex, and in base64 from each of the three places where its groups can begin. */
function spellings(text: string): string[] {
  const ascii = text.replace(/[^\0-\x7F]/g, "?");
  const plain = squeeze(text);
  return [
    plain,
    Array.from(plain).toReversed().join(""),
    plain.replace(/[a-z]/g, (letter) => ROT13.charAt(ROT13.indexOf(letter) + 13)),
    Array.from(ascii, (sign) => sign.charCodeAt(0).toString(16).padStart(2, "0")).join(""),
    // Of what stands before, a first group of four signs tells.
    ...["", " ", "  "].map((before) => squeeze(btoa(before + ascii).slice(4))),
  ];
}

const ROT13 = "abcdefghijklmnopqrstuvwxyz".repeat(2);
