/** A cell of a table whose spans are filled: each cell that a span covers holds its text. */
export interface Cell<Content> {
  /** On one line. */
  text: string;
  content: Content[];
  /** A `th`, or the like. */
  isHeader: boolean;
  isBold: boolean;
}

export interface Row<Content> {
  cells: Cell<Content>[];
  /** It stands in a `thead`. */
  isHead: boolean;
  /** One cell covers all columns. */
  isWide: boolean;
}

/** Makes the content of a cell that repeats or replaces the text of others. */
export type WriteText<Content> = (text: string) => Content;

export function blank<Content>(): Cell<Content> {
  return { text: "", content: [], isHeader: false, isBold: false };
}
