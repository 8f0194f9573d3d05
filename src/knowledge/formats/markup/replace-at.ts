interface Replacement {
  /** Where the text goes on. */
  end: number;
  shown: string;
}

/**
 * Replaces what begins with a mark.
 * @param read reads what begins at a mark; undefined where it is text
 */
export function replaceAt(
  text: string,
  mark: string,
  read: (start: number) => Replacement | undefined,
): string {
  let written = "";
  let at = 0;
  let start = text.indexOf(mark);
  while (start >= 0) {
    const replacement = read(start);
    if (replacement) {
      written += text.slice(at, start) + replacement.shown;
      at = replacement.end;
    }
    start = text.indexOf(mark, replacement?.end ?? start + mark.length);
  }
  return written + text.slice(at);
}
