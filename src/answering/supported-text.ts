/** Up to and with the last marker that nothing but white space follows, or that other text follows. */
const THROUGH_LAST_MARKER = /^[\s\S]*\[[1-9]\d?\](?!\()/;

/**
 * Decides which text of a streaming answer is shown. Without holding, all of it is shown at once. With holding, text waits for the next
 * citation marker: the verifier passes a marker only if its source supports the text before it. Text after the last marker is never
 * shown.
 */
export class SupportedText {
  readonly #holds: boolean;
  #waiting = "";
  #text = "";

  constructor(holds: boolean) {
    this.#holds = holds;
  }

  /** Everything that was shown so far. */
  get text(): string {
    return this.#text;
  }

  /** @returns what may be shown now */
  push(delta: string): string {
    this.#waiting += delta;
    const shown = this.#holds
      ? (THROUGH_LAST_MARKER.exec(this.#waiting)?.[0] ?? "")
      : this.#waiting;
    this.#waiting = this.#waiting.slice(shown.length);
    this.#text += shown;
    return shown;
  }
}
