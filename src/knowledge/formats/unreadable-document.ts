/**
 * Another attempt at the same content would fail the same way. The message is shown to the document's owner, who may be a
 * support lead: it says in plain words what is wrong and, where something can be done, what.
 */
export class UnreadableDocument extends Error {}

/**
 * Runs what depends on the document alone: whatever it throws, it would throw again. The readers walk trees by recursion and
 * refuse what is too deep; this is for what they do not foresee.
 * @throws {UnreadableDocument}
 */
export function readable<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof UnreadableDocument) throw error;
    console.warn("ingest: a reader broke", { error: String(error) });
    throw new UnreadableDocument(
      error instanceof RangeError
        ? "The document nests its parts deeper than can be read."
        : "The document's structure cannot be read.",
    );
  }
}
