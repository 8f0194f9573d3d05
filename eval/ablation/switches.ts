/** Parts of `src/` that a replacement in `replacements/` can remove. */
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

/** @returns a function that switches it on again */
export function switchOff(name: Switch): () => void {
  off.add(name);
  asked.delete(name);
  return () => void off.delete(name);
}

/** Whether any code has asked for the switch since it was switched off. If none has, the switch measures nothing. */
export function wasAsked(name: Switch): boolean {
  return asked.has(name);
}
