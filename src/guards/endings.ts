import tlds from "tlds" with { type: "json" };

/** Endings that linkify-it adds to those of the domain name system. */
const OTHERS = ["web", "an", "tp", "yu", "um", "bu"];

let endings: Set<string> | undefined;

/** Whether a host may end with this label, in lower case. Linkers make a link of `name.ending` for these and for no others. */
export function isHostEnding(label: string): boolean {
  endings ??= new Set([...tlds, ...OTHERS]);
  return endings.has(label) || label.startsWith("xn--");
}
