/** Up to and with the last marker that nothing but white space follows, or that other text follows. */
const THROUGH_LAST_MARKER = /^[\s\S]*\[[1-9]\d?\](?!\()/;

/**
 * What of an answer is shown, as it streams. Without holding that is all of it, at once. With it, text waits for the next citation: the
 * verifier lets only markers through that support the text before them, so what has a marker behind it stands. Text behind the last
 * marker is never shown.
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
