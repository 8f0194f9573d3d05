/**
 * The document cannot be read, and another attempt would fail the same way. The message is shown to the document's owner, so it
 * says in plain words what is wrong and, if possible, what to do.
 */
export class UnreadableDocument extends Error {}

/**
 * Any error of a reader as an {@link UnreadableDocument}: a reader depends on the document alone, so another attempt would fail, too.
 * Readers refuse input that is too deep by themselves; this names what they miss.
 */
export function unreadable(error: unknown): UnreadableDocument {
  if (error instanceof UnreadableDocument) return error;
  console.warn("ingest: a reader broke", { error: String(error) });
  return new UnreadableDocument(
    error instanceof RangeError
      ? "The document is nested too deep to be read."
      : "The document's structure cannot be read.",
  );
}
