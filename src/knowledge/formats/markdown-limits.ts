import type { Nodes, Root } from "mdast";
import { UnreadableDocument } from "./unreadable-document.ts";

/** Lists in quotes in lists. Everything after the parser walks the tree by recursion. */
const MAX_DEPTH = 100;

/** A list within a list begins at least two columns further in. */
const TOO_FAR_IN = new RegExp(`^[ \\t]{${2 * MAX_DEPTH},}(?:[-+*]|\\d{1,9}[.)])[ \\t]`);

/** Nearly all of them begin an element, and the elements of a document have to fit into a Worker's 128 MB. */
const MAX_LINES = 60_000;

/**
 * Sees before the parser does what would keep it busy: 400 lists in one another took 32 s.
 * @throws {UnreadableDocument} when it nests deeper than anybody reads, or has more lines than can be read
 */
export function refuseCostlyMarkdown(content: string): void {
  let fence: string | undefined;
  let lines = 0;
  for (const line of content.split(/\r\n|\r|\n/)) {
    const marker = /^ {0,3}(`{3,}|~{3,})/.exec(line)?.[1];
    if (marker && (fence === undefined || marker.startsWith(fence))) {
      fence = fence === undefined ? marker : undefined;
    } else if (fence !== undefined) continue;
    const containers = /^(?:[ \t]*(?:>|(?:[-+*]|\d{1,9}[.)])(?=[ \t])))+/.exec(line)?.[0] ?? "";
    if ((containers.match(/[>+*.)-]/g)?.length ?? 0) > MAX_DEPTH) throw tooDeep();
    if (TOO_FAR_IN.test(line)) throw tooDeep();
    if (line.trim()) lines += 1;
    if (lines > MAX_LINES) {
      throw new UnreadableDocument(
        `The document has more than ${MAX_LINES} lines. Split it into several documents.`,
      );
    }
  }
}

/** The same of what the parser made of it. */
export function refuseDeepTree(tree: Root): void {
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
