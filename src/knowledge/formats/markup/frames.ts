/** What is open around a line: a component, a directive or an indented callout. Columns count from the start of the source's line. */
export interface Frame {
  kind: "root" | "tag" | "colons" | "slashes" | "fence" | "indented";
  /** A tag's name, or the marks that end a directive. */
  mark: string;
  /** The column of the line that opened it. */
  column: number;
  /** The column at which its body begins; undefined until there is one. */
  body: number | undefined;
  /** In front of each line of its body, which keeps it within a list. */
  prefix: string;
  /** The column, within the body, of the text of the last item of a list that has not ended; 0 if there is none. */
  item: number;
  /** What it is called, in lower case. */
  name: string;
  /** Labels of the tabs in it that have none of their own. */
  labels: string[];
}

const MAX_FRAMES = 100;
const LIST_MARK = /^(?:[-+*]|\d{1,9}[.)])[ \t]+(?=\S)/;

/** The frames around a line, outermost first. */
export class Frames {
  readonly #open: Frame[] = [
    { kind: "root", mark: "", column: 0, body: 0, prefix: "", item: 0, name: "", labels: [] },
  ];
  #wasBlank = true;

  get top(): Frame {
    // The root is never closed.
    return this.#open.at(-1) as Frame;
  }

  get areMany(): boolean {
    return this.#open.length >= MAX_FRAMES;
  }

  get isRoot(): boolean {
    return this.#open.length === 1;
  }

  find(matches: (frame: Frame) => boolean): Frame | undefined {
    return this.#open.findLast((frame) => frame.kind !== "root" && matches(frame));
  }

  open(frame: Pick<Frame, "kind" | "mark" | "column" | "name"> & Partial<Frame>): void {
    if (this.areMany) return;
    const prefix = this.top.prefix + this.indentOf(frame.column);
    this.#open.push({ body: undefined, item: 0, labels: [], ...frame, prefix });
    this.#wasBlank = true;
  }

  /** Closes the innermost frame that matches, and all within it. @returns whether there was one */
  close(matches: (frame: Frame) => boolean): boolean {
    const index = this.#open.findLastIndex((frame) => frame.kind !== "root" && matches(frame));
    if (index < 0) return false;
    this.#open.length = index;
    this.#wasBlank = true;
    return true;
  }

  /** The spaces that keep a block at this column within the list that is open around it. */
  indentOf(column: number): string {
    const inBody = column - (this.top.body ?? column);
    return inBody >= 1 && this.top.item > 0 ? " ".repeat(Math.min(inBody, this.top.item)) : "";
  }

  /** Notes a line of text and ends the indented frames that it does not belong to. */
  enter(column: number): void {
    const ended = this.#open.findIndex(
      (frame) => frame.kind === "indented" && column < frame.column + 4,
    );
    if (ended > 0) this.#open.length = ended;
    this.top.body ??= column;
  }

  /** Follows whether a list is open. */
  read(column: number, text: string): void {
    const inBody = Math.max(0, column - (this.top.body ?? column));
    const mark = LIST_MARK.exec(text)?.[0];
    if (mark && (inBody < 4 || this.top.item > 0)) this.top.item = inBody + mark.length;
    else if (inBody === 0 && (this.#wasBlank || /^#{1,6} /.test(text))) this.top.item = 0;
    this.#wasBlank = false;
  }

  blank(): void {
    this.#wasBlank = true;
  }

  get wasBlank(): boolean {
    return this.#wasBlank;
  }
}
