const DEFINITION = /^:[ \t]{1,3}(?=\S)/;
const NO_TERM = /^\s*(?:[-+*>|#]|\d+[.)]\s)/;
const CALLOUT_CLASS = /^\{:\s*\.(note|warning|important|tip|highlight|caution|danger|info)\s*\}$/;

/** Lines that belong together, with lists of definitions as a bold term and its text. */
export function paragraphOf(text: string): string {
  const trimmed = text.replace(/^(?:[ \t]*\n)+/, "");
  if (!trimmed.includes("\n:")) return trimmed;
  const lines = trimmed.split("\n");
  const first = lines.findIndex((line) => DEFINITION.test(line));
  if (first < 1 || lines.slice(0, first).some((line) => NO_TERM.test(line))) return trimmed;
  // Several terms may share a definition.
  const terms = lines.splice(0, first);
  const written: string[] = [];
  lines.unshift(terms.map((term) => term.trim()).join(", "));
  for (const [index, line] of lines.entries()) {
    const definition = line.replace(DEFINITION, "");
    if (definition !== line && DEFINITION.test(lines[index - 1] ?? ""))
      written.push(`${written.pop() ?? ""} ${definition}`);
    else if (definition !== line) {
      const term = isTermAt(lines, index - 1) ? written.pop() : undefined;
      written.push("", term === undefined ? definition : `**${term.trim()}:** ${definition}`);
    } else written.push(isTermAt(lines, index) && index > 0 ? `\n${line}` : line);
  }
  return written.join("\n");
}

/** Whether a line stands directly above a definition. */
function isTermAt(lines: string[], index: number): boolean {
  const line = lines[index];
  return line !== undefined && !DEFINITION.test(line) && DEFINITION.test(lines[index + 1] ?? "");
}

/** The kind of a callout that kramdown's attributes above a paragraph give it: `{: .note }`. */
export function calloutClassOf(line: string): string | undefined {
  return CALLOUT_CLASS.exec(line.trim())?.[1];
}
