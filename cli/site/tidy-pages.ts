import type { Document } from "../document.ts";
import { blocksOf, isOwnPart, textsOf, wordsOf, type Block } from "./blocks.ts";
import { tidyTitles } from "./titles.ts";

/** What stands on so many pages of a source, and on most of them, is no page's own. */
const MANY_PAGES = 5;
/** Fewer words that are no sentence may label what follows them, such as "Note" or "For administrators". */
const FEW_WORDS = 4;
const SENTENCE = /\s.*[.!?。！？]$/s;
const HEADING = /^h[1-6]$/;

/**
 * Takes what repeats out of the HTML pages of one source: blocks such as banners, boxes and notices, and the site's name in titles.
 * Headings stay with what they head, and labels of tabs stay.
 */
export function tidyPages(documents: Document[]): { documents: Document[]; notes: string[] } {
  const titled = tidyTitles(documents);
  const pages = new Map<Document, Block>();
  for (const document of titled)
    if (document.content_type === "text/html" && document.source !== undefined)
      pages.set(document, blocksOf(document.content));
  const repeated = repeatedTexts([...pages.values()]);
  if (repeated.size === 0) return { documents: titled, notes: [] };
  const removed = new Set<string>();
  const tidied = titled.map((document) => {
    const root = pages.get(document);
    return root ? withoutRepeated(document, root, repeated, removed) : document;
  });
  if (removed.size === 0) return { documents: titled, notes: [] };
  const words = [...removed].reduce((sum, text) => sum + wordsOf(text), 0);
  const [first = ""] = [...removed].toSorted((a, b) => b.length - a.length);
  const sample = first.length > 60 ? `${first.slice(0, 60)}…` : first;
  const note = `${words} words in ${removed.size} blocks stand on most of the ${pages.size} pages and were left out, such as "${sample}"`;
  return { documents: tidied, notes: [note] };
}

function repeatedTexts(pages: Block[]): Set<string> {
  const counts = new Map<string, number>();
  for (const page of pages) {
    const texts = new Set([...textsOf(page, isOwnPart)].map(({ text }) => text));
    for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  const least = Math.max(MANY_PAGES, Math.floor(pages.length / 2) + 1);
  return new Set([...counts].filter(([, count]) => count >= least).map(([text]) => text));
}

function withoutRepeated(
  document: Document,
  root: Block,
  repeated: Set<string>,
  removed: Set<string>,
): Document {
  const gone = new Set<Block>();
  findRepeated(root, repeated, gone);
  const texts = [...gone].flatMap((block) => [...textsOf(block)]);
  const isAll = [...textsOf(root, isOwnPart)].length === texts.length;
  if (gone.size === 0 || isAll) return document;
  for (const { text } of texts) removed.add(text);
  let content = "";
  let at = 0;
  for (const { start, end } of [...gone].toSorted((a, b) => a.start - b.start)) {
    if (start < at) continue;
    content += document.content.slice(at, start);
    at = end;
  }
  return { ...document, content: content + document.content.slice(at) };
}

/** The largest blocks of which all is repeated. */
function findRepeated(block: Block, repeated: Set<string>, gone: Set<Block>): void {
  if (!isOwnPart(block)) return;
  for (const part of block.parts) {
    if (isRepeated(part, repeated)) gone.add(part);
    else findRepeated(part, repeated, gone);
  }
  for (const [at, part] of block.parts.entries())
    if (endsRepeated(block.parts, at, repeated, gone)) gone.add(part);
  const kept = block.parts.filter((part) => !gone.has(part));
  if (kept.length === block.parts.length) return;
  // A heading of which nothing is left goes with it.
  for (const [at, part] of block.parts.entries())
    if (HEADING.test(part.name) && repeated.has(part.text) && headsNothing(block.parts, at, gone))
      gone.add(part);
}

function headsNothing(parts: Block[], at: number, gone: Set<Block>): boolean {
  const level = parts[at]?.name ?? "";
  const next = parts.findIndex(
    ({ name }, index) => index > at && HEADING.test(name) && name <= level,
  );
  const below = parts.slice(at + 1, next < 0 ? undefined : next);
  return below.length > 0 && below.every((part) => gone.has(part));
}

/** A few words behind a repeated block, such as its link, that label nothing: a heading or nothing follows them. */
function endsRepeated(
  parts: Block[],
  at: number,
  repeated: Set<string>,
  gone: Set<Block>,
): boolean {
  const [before, part, after] = [parts[at - 1], parts[at], parts[at + 1]];
  if (!part || !before || HEADING.test(part.name) || HEADING.test(before.name)) return false;
  if (gone.has(part) || !gone.has(before)) return false;
  if (after && !HEADING.test(after.name) && !gone.has(after)) return false;
  const texts = [...textsOf(part)];
  return texts.length > 0 && texts.every(({ text, isLabel }) => repeated.has(text) && !isLabel);
}

function isRepeated(block: Block, repeated: Set<string>): boolean {
  const texts = [...textsOf(block)];
  const isBoilerplate = ({ name, text }: Block): boolean =>
    !HEADING.test(name) && (wordsOf(text) >= FEW_WORDS || SENTENCE.test(text));
  return (
    texts.some(isBoilerplate) && texts.every(({ text, isLabel }) => repeated.has(text) && !isLabel)
  );
}
