import { foldName, labelOf } from "./component.ts";
import type { MarkupDocument } from "./markup-document.ts";
import { readTag, stringsOf, type Tag } from "./tags.ts";

/** Components that stand in a line of text. */
const IN_TEXT =
  /^(?:kbd|badge|icon|tooltip|hover-card|link|a|key|term|glossary-tooltip|fa-icon|font-awesome|highlight|code|trans|translate|br|image|img|button)$/;
/** HTML that MDX reads as a container of Markdown. */
const WRAPPER =
  /^(?:div|section|article|main|center|figure|figcaption|header|footer|aside|details|p|hgroup|nav)$/;
/** How many tags a line may begin with that are blocks: each is looked at with the rest of its line. */
const MAX_TAGS = 40;
/** A tag may go on in so many lines below. */
const MAX_LINES = 60;
/** In characters. Closing tags are looked for at the end of a line. */
const MAX_REST = 500;

/** A line that begins with tags of components. */
export function readTags(document: MarkupDocument, text: string, column: number): boolean {
  let rest = text;
  let isBlock = false;
  for (let tags = 0; rest.startsWith("<") && tags < MAX_TAGS; tags++) {
    const whole = wholeTag(document, rest);
    if (!whole || !isBlockTag(document, whole.tag, whole.text, isBlock)) break;
    isBlock = true;
    document.lines.at += whole.lines;
    openOrClose(document, whole.tag, column);
    rest = whole.text.slice(whole.tag.end).trim();
  }
  if (!isBlock) return false;
  if (rest.startsWith("<")) document.readText(rest, column);
  else if (rest) readRest(document, rest, column);
  return true;
}

/** The tag at the start of a text, which may go on in the following lines. */
function wholeTag(
  { lines: source, dialect: { readAhead } }: MarkupDocument,
  text: string,
): { tag: Tag; text: string; lines: number } | undefined {
  if (!/^<\/?(?:[A-Z]|[a-z])/.test(text)) return undefined;
  const tag = readTag(text, 0, readAhead);
  if (tag) return { tag, text, lines: 0 };
  let joined = text;
  for (let lines = 1; lines <= MAX_LINES && readAhead.left > 0; lines++) {
    const next = source.ahead(lines - 1);
    if (next === undefined) return undefined;
    joined += `\n${next}`;
    if (!next.includes(">")) continue;
    const found = readTag(joined, 0, readAhead);
    if (found) return { tag: found, text: joined, lines };
  }
  return undefined;
}

function isBlockTag(
  { frames, dialect }: MarkupDocument,
  tag: Tag,
  text: string,
  isWithin: boolean,
): boolean {
  const name = foldName(tag.name);
  if (/^[A-Z]/.test(tag.name)) {
    if (IN_TEXT.test(name) && !isWithin)
      return /^\s*$/.test(text.slice(tag.end)) && !tag.opens && !tag.closes && name !== "br";
    return !isInSentence(tag, text);
  }
  if (tag.attributes.has("markdown")) return true;
  if (tag.closes)
    return frames.find(({ kind, mark }) => kind === "tag" && mark === tag.name) !== undefined;
  if (!dialect.isMdx) return false;
  if (name === "summary") return true;
  return WRAPPER.test(name) && (tag.opens || tag.closes);
}

/** `<Term>refund</Term> is paid` is a sentence, `<Card>text</Card>` is a block. */
function isInSentence(tag: Tag, text: string): boolean {
  if (!tag.opens) return !tag.closes && /^[ \t]*[\p{L}\p{N},.;(]/u.test(text.slice(tag.end));
  const closing = text.lastIndexOf(`</${tag.name}>`);
  return (
    closing > 0 &&
    /[\p{L}\p{N}]/u.test(text.slice(closing + tag.name.length + 3).replace(/<[^<>]*>/g, ""))
  );
}

function openOrClose(document: MarkupDocument, tag: Tag, column: number): void {
  const { closes, opens, name } = tag;
  if (closes) {
    document.close(({ kind, mark }) => kind === "tag" && mark === name);
    return;
  }
  const { frames } = document;
  const tabs = frames.find(({ labels }) => labels.length > 0);
  const label = labelOf(tag) || (/tab/i.test(name) ? (tabs?.labels.shift() ?? "") : "");
  // A summary's own text is the label.
  if (name === "summary") document.endParagraph();
  else document.writeBlock(label && !label.includes("**") ? `**${label}**` : label, column);
  if (!opens || !document.lines.closesLater(name)) return;
  const items = tag.expressions.get("items") ?? tag.expressions.get("values") ?? "";
  frames.open({ kind: "tag", mark: name, column, name: foldName(name), labels: stringsOf(items) });
}

/** Text behind a tag on the same line. */
function readRest(document: MarkupDocument, rest: string, column: number): void {
  const closing = /^([\s\S]*?)((?:\s*<\/[A-Za-z][\w.]*\s*>)+)\s*$/.exec(rest.slice(-MAX_REST));
  const tags = closing?.[2] ?? "";
  const text = rest.slice(0, rest.length - tags.length).trim();
  const isSummary = tags.includes("</summary>");
  const { top } = document.frames;
  const at = top.body ?? column;
  if (isSummary) document.writeBlock(`**${text.replace(/<[^<>]*>|\*\*/g, "").trim()}**`, column);
  else if (text) {
    top.body ??= column;
    if (!document.readers.readBlock(document, text, at)) document.readText(text, at);
  }
  if (tags && !document.code) {
    document.endParagraph();
    for (const [, name = ""] of tags.matchAll(/<\/([\w.]+)/g))
      document.frames.close(({ kind, mark }) => kind === "tag" && mark === name);
    document.write("");
  }
  if (top.body === column && text) top.body = undefined;
}
