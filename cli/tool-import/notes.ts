import { printable } from "../command.ts";

const MAX_NAMES = 12;

/** What an import left out or could not know. Names with one reason share a sentence, so that a large document does not fill a screen. */
export class Notes {
  readonly #sentences: string[] = [];
  readonly #names = new Map<string, Set<string>>();

  add(sentence: string): void {
    if (!this.#sentences.includes(sentence)) this.#sentences.push(sentence);
  }

  addName(reason: string, name: string): void {
    this.#names.set(reason, (this.#names.get(reason) ?? new Set()).add(name));
  }

  /** A document's or a command's own words stand in some: control characters are taken out. */
  all(): string[] {
    const grouped = Array.from(
      this.#names,
      ([reason, names]) => `${reason}: ${listed([...names])}`,
    );
    return [...this.#sentences, ...grouped].map(printable);
  }
}

function listed(names: string[]): string {
  const rest = names.length - MAX_NAMES;
  return `${names.slice(0, MAX_NAMES).join(", ")}${rest > 0 ? ` and ${rest} more` : ""}.`;
}
