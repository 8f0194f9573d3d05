/** A citation marker. Before `(` the brackets begin a Markdown link instead. */
const MARKER = /\[[1-9]\d?\](?!\()/g;
/** Of the text before a delta, as many characters as can belong to a marker that ends in the delta. */
const BEFORE_DELTA = "[10".length;

/**
 * Decides which text of a streaming answer is shown. Without holding, all of it is shown at once. With holding, text waits for the next
 * citation marker: the verifier passes a marker only if its source supports the text before it. Text after the last marker is never
 * shown.
 */
export class SupportedText {
  readonly #holds: boolean;
  /** In pieces: joining them for each delta would take quadratic time. */
  #waiting: string[] = [];
  /** The last characters of what waits. */
  #last = "";
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
    const shown = this.#holds ? this.#throughLastMarker(delta) : delta;
    this.#text += shown;
    return shown;
  }

  #throughLastMarker(delta: string): string {
    const text = this.#last + delta;
    const marker = [...text.matchAll(MARKER)].at(-1);
    const end = marker ? marker.index + marker[0].length - this.#last.length : 0;
    const shown = marker ? this.#waiting.join("") + delta.slice(0, end) : "";
    if (marker) this.#waiting = [];
    this.#waiting.push(delta.slice(end));
    this.#last = (marker ? delta.slice(end) : text).slice(-BEFORE_DELTA);
    return shown;
  }
}
