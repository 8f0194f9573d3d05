/**
 * Another attempt at the same content would fail the same way. The message is shown to the document's owner, who may be a
 * support lead: it says in plain words what is wrong and, where something can be done, what.
 */
export class UnreadableDocument extends Error {}
