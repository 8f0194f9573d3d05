import type { Nodes, Root } from "mdast";
import { UnreadableDocument } from "../unreadable-document.ts";

/** How deep lists and quotes may nest. Later stages walk the tree by recursion, so depth costs stack. */
const MAX_DEPTH = 100;

/** Each level of a list is indented by at least two columns, so an item indented this far nests too deep. */
const TOO_FAR_INDENTED = new RegExp(`^[ \\t]{${2 * MAX_DEPTH},}(?:[-+*]|\\d{1,9}[.)])[ \\t]`);

/** Nearly every line becomes an element of the tree, and the tree has to fit into a Worker's 128 MB. */
const MAX_LINES = 60_000;
/** The same for the cells of tables. */
const MAX_CELLS = 100_000;

/**
 * Refuses, before parsing, documents that take the parser too long: 400 nested lists took it 32 s.
 * @throws {UnreadableDocument} when the document nests too deep or has too many lines
 */
export function refuseCostlyMarkdown(content: string): void {
  let fence: string | undefined;
  let lines = 0;
  let cells = 0;
  for (const line of content.split(/\r\n|\r|\n/)) {
    const marker = /^ {0,3}(`{3,}|~{3,})/.exec(line)?.[1];
    if (marker && (fence === undefined || marker.startsWith(fence))) {
      fence = fence === undefined ? marker : undefined;
    } else if (fence !== undefined) continue;
    const containers = /^(?:[ \t]*(?:>|(?:[-+*]|\d{1,9}[.)])(?=[ \t])))+/.exec(line)?.[0] ?? "";
    if ((containers.match(/[>+*.)-]/g)?.length ?? 0) > MAX_DEPTH) throw tooDeep();
    if (TOO_FAR_INDENTED.test(line)) throw tooDeep();
    if (line.trim()) lines += 1;
    refuseManyLines(lines);
    cells += line.match(/\|/g)?.length ?? 0;
    if (cells > MAX_CELLS) throw tooManyCells();
  }
}

/**
 * @param what they are before they become lines
 * @throws {UnreadableDocument} when there are more lines with text than a document may have
 */
export function refuseManyLines(lines: number, what = "lines"): void {
  if (lines <= MAX_LINES) return;
  throw new UnreadableDocument(
    `The document has more than ${MAX_LINES} ${what}. Split it into several documents.`,
  );
}

/** The markers of quotes and lists that one line may begin with. The parser takes quadratic time in their number. */
const MAX_MARKERS = 10;
const MARKER = String.raw`(?:>|[-+*](?=[ \t])|\d{1,9}[.)](?=[ \t]))`;
const MANY_MARKERS = new RegExp(
  `^( {0,3}${MARKER}(?:[ \\t]*${MARKER}){${MAX_MARKERS - 1}})((?:[ \\t]*${MARKER})+)`,
);

/**
 * A line outside code, without its markers beyond {@link MAX_MARKERS}: text that is quoted deeper than the parser can read quickly is
 * lifted. Only markers of quotes and bullets are lost; numbers stay, as text.
 */
export function liftDeepMarkers(line: string): string {
  return line.replace(MANY_MARKERS, withoutMarkers);
}

function withoutMarkers(_: string, kept: string, lifted: string): string {
  const numbers = lifted.match(/\d+[.)]/g) ?? [];
  return [kept, ...numbers.map((number) => number.replace(/[.)]$/, "\\$&"))].join(" ");
}

/** @throws {UnreadableDocument} when the parsed tree nests too deep */
export function refuseDeepTree(tree: Root): void {
  let level: Nodes[] = [tree];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > MAX_DEPTH) throw tooDeep();
    level = level.flatMap((node) => ("children" in node ? node.children : []));
  }
}

function tooManyCells(): UnreadableDocument {
  return new UnreadableDocument(
    `The document's tables have more than ${MAX_CELLS} cells. Split it into several documents.`,
  );
}

function tooDeep(): UnreadableDocument {
  return new UnreadableDocument(`Lists and quotes are nested more than ${MAX_DEPTH} levels deep.`);
}
