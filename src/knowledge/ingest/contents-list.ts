import type { Heading, List, ListItem, RootContent } from "mdast";
import { CONTENTS_HEADINGS, MAYBE_CONTENTS_HEADINGS } from "../../language/article-headings.ts";
import { foldWord } from "../../text/fold.ts";
import { readableText } from "../formats/readable-text.ts";

const CONTENTS = new Set(CONTENTS_HEADINGS.map(foldWord));
const MAYBE_CONTENTS = new Set(MAYBE_CONTENTS_HEADINGS.map(foldWord));

const LEAST_ENTRIES = 2;

/**
 * The texts of a list of links to places of its own page; undefined for any other node. Where the headings there say the same, the list says nothing.
 */
export function contentsEntries(node: RootContent | undefined): string[] | undefined {
  const entries = node?.type === "list" ? entriesOf(node) : undefined;
  return entries && entries.length >= LEAST_ENTRIES ? entries : undefined;
}

/** Undefined if an item is more than a link into the page. */
function entriesOf({ children }: List): string[] | undefined {
  const entries = children.map(entriesOfItem);
  return entries.every((own) => own !== undefined) ? entries.flat() : undefined;
}

function entriesOfItem({ children: [label, nested, ...more] }: ListItem): string[] | undefined {
  if (label?.type !== "paragraph" || more.length > 0) return undefined;
  const [link, ...rest] = label.children;
  if (link?.type !== "link" || rest.length > 0 || !link.url.startsWith("#")) return undefined;
  const text = readableText(label).trim();
  if (nested === undefined) return [text];
  const below = nested.type === "list" ? entriesOf(nested) : undefined;
  return below && [text, ...below];
}

/**
 * Whether a heading is that of a table of contents. What follows one is often the text of the page, so it would be the heading of that.
 * @param next what stands below it
 */
export function isContentsHeading(heading: Heading, next: RootContent | undefined): boolean {
  const text = foldWord(readableText(heading).trim()).replace(/\s*[::]$/, "");
  return CONTENTS.has(text) || (MAYBE_CONTENTS.has(text) && contentsEntries(next) !== undefined);
}
