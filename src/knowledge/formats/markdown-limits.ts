import type { Nodes, Root } from "mdast";
import { UnreadableDocument } from "./unreadable-document.ts";

// The parser's time grows with the square of the brackets in one paragraph (32,000 took 11 s of CPU) and with the cube of
// the underlined headings that no blank line parts (4,096 took 2 s, 8,192 over a minute); a Worker has 30 s unless told.

/** Brackets of a paragraph, squared, summed over the document: about five seconds of CPU. */
const MAX_BRACKET_WORK = 1e8;
const MAX_UNDERLINES = 500;
/** Lists in quotes in lists. Everything after the parser walks the tree by recursion. */
const MAX_DEPTH = 100;

/** A list within a list begins at least two columns further in. */
const TOO_FAR_IN = new RegExp(`^[ \\t]{${2 * MAX_DEPTH},}(?:[-+*]|\\d{1,9}[.)])[ \\t]`);

/** @throws {UnreadableDocument} for Markdown that was made to keep a parser busy, which takes one pass to see */
export function refuseCostlyMarkdown(content: string): void {
  let brackets = 0;
  let underlines = 0;
  let work = 0;
  let fence: string | undefined;
  for (const line of content.split(/\r\n|\r|\n/)) {
    const marker = /^ {0,3}(`{3,}|~{3,})/.exec(line)?.[1];
    if (marker && (fence === undefined || marker.startsWith(fence))) {
      fence = fence === undefined ? marker : undefined;
    } else if (fence !== undefined) continue;
    if (line.trim() === "") {
      work += brackets ** 2;
      brackets = underlines = 0;
      continue;
    }
    const containers = /^(?:[ \t]*(?:>|(?:[-+*]|\d{1,9}[.)])(?=[ \t])))+/.exec(line)?.[0] ?? "";
    if ((containers.match(/[>+*.)-]/g)?.length ?? 0) > MAX_DEPTH) throw tooDeep();
    if (TOO_FAR_IN.test(line)) throw tooDeep();
    brackets += line.match(/[[\]]/g)?.length ?? 0;
    if (/^ {0,3}(?:=+|-+)[ \t]*$/.test(line)) underlines += 1;
    if (underlines > MAX_UNDERLINES) {
      throw new UnreadableDocument(
        `More than ${MAX_UNDERLINES} underlined headings follow each other without a blank line.`,
      );
    }
  }
  if (work + brackets ** 2 > MAX_BRACKET_WORK) {
    throw new UnreadableDocument(
      "A paragraph holds many thousands of square brackets. Data belongs in a code block, between lines of ```.",
    );
  }
}

/** @throws {UnreadableDocument} when lists and quotes stand in one another deeper than anybody reads */
export function refuseDeepMarkdown(tree: Root): void {
  let level: Nodes[] = [tree];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > MAX_DEPTH) throw tooDeep();
    level = level.flatMap((node) => ("children" in node ? node.children : []));
  }
}

function tooDeep(): UnreadableDocument {
  return new UnreadableDocument(
    `Lists and quotes stand in one another more than ${MAX_DEPTH} deep.`,
  );
}
