/** Parts of `src/` that a replacement in `replacements/` can take out. */
export type Switch =
  | "keyword leg"
  | "vector leg"
  | "title and headings embedded"
  | "spelling"
  | "together or apart"
  | "identifiers as phrases"
  | "repeated words"
  | "sub-queries"
  | "follow-ups";

const off = new Set<Switch>();
const asked = new Set<Switch>();

export function isOff(name: Switch): boolean {
  asked.add(name);
  return off.has(name);
}

/** @returns what switches it on again */
export function switchOff(name: Switch): () => void {
  off.add(name);
  asked.delete(name);
  return () => void off.delete(name);
}

/** Whether anything came by since it was switched off: a switch that nothing asks for would measure nothing. */
export function wasAsked(name: Switch): boolean {
  return asked.has(name);
}
