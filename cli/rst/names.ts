/** What names in a document stand for. */
export interface Names {
  /** `|name|` → its text. */
  substitutions: Map<string, string>;
  /** `` `name`_ `` → its address. */
  targets: Map<string, string>;
}

/** The substitutions and targets that a document defines. */
export function namesIn(source: string): Names {
  const substitutions = new Map<string, string>();
  const targets = new Map<string, string>();
  for (const [, name = "", text = ""] of source.matchAll(
    /^\s*\.\. \|([^|\n]+)\| +replace:: *(.*(?:\n[ \t]+\S.*)*)/gm,
  ))
    substitutions.set(name, text.replace(/\s+/g, " ").trim());
  for (const [, name = "", options = ""] of source.matchAll(
    /^\s*\.\. \|([^|\n]+)\| +image::.*((?:\n[ \t]+\S.*)*)/gm,
  ))
    substitutions.set(name, /:alt: *(.*)/.exec(options)?.[1] ?? "");
  for (const [, name = "", address = ""] of source.matchAll(
    /^\s*\.\. _`?([^:`\n]+)`?:[ \t]*(.*)$/gm,
  ))
    targets.set(fold(name), address.trim());
  return { substitutions, targets };
}

/** Names are compared without case and line breaks. */
export function fold(name: string): string {
  return name.replace(/\s+/g, " ").trim().toLowerCase();
}
