/** Tells, line by line, which lines of Markdown are code between fences. */
export class OpenFence {
  /** The marker that opened the code; undefined outside code. */
  marker: string | undefined;
  readonly #fence: RegExp;

  /** @param fence what a line with a fence begins with; its first group is the marker */
  constructor(fence = /^ {0,3}(`{3,}|~{3,})/) {
    this.#fence = fence;
  }

  /** Reads the next line. @returns whether it is a fence; within code, also one that does not close it */
  read(line: string): boolean {
    const marker = this.#fence.exec(line)?.[1];
    if (marker === undefined) return false;
    if (this.marker === undefined) this.marker = marker;
    else if (marker.startsWith(this.marker)) this.marker = undefined;
    return true;
  }
}
