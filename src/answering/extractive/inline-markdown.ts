import { toMarkdown } from "mdast-util-to-markdown";
import { codeIn } from "../../knowledge/formats/readable-text.ts";
import { codeSpan } from "../../knowledge/formats/markdown-code.ts";
import { type MarkedText, type Style } from "../../text/marked-text.ts";

/** The address that a link of the document leads to; undefined where an answer does not show it as a link. */
export type LinkTo = (target: string) => string | undefined;

/** Emphasis that is nested in this order, and its delimiter. */
const DELIMITERS = [
  ["strong", "**"],
  ["emphasis", "*"],
  ["deleted", "~~"],
] as const;

/** The white space in front of a text, its words, and the white space behind them. */
const PARTS = /^(\s*)([^]*?)(\s*)$/;

/** A text of one line with its emphasis, code and links. */
export function writeInline(
  line: MarkedText,
  linkTo: LinkTo,
  write: (text: string) => string,
): string {
  return writeLinks(segmentsOf(line), linkTo, write);
}

/** A text whose characters mean themselves in Markdown. */
export function escaped(text: string): string {
  const [, before = "", words = "", after = ""] = PARTS.exec(text) ?? [];
  if (!words) return text;
  const written = toMarkdown({ type: "paragraph", children: [{ type: "text", value: words }] });
  return before + written.trimEnd() + after;
}

interface Segment {
  text: string;
  style: Style;
}

function segmentsOf(line: MarkedText): Segment[] {
  const segments: Segment[] = [];
  let at = 0;
  const add = (end: number, style: Style): void => {
    if (end > at) segments.push({ text: line.text.slice(at, end), style });
    at = end;
  };
  for (const { start, end, style } of line.spans) {
    add(start, {});
    add(end, style);
  }
  add(line.text.length, {});
  return segments;
}

function writeLinks(segments: Segment[], linkTo: LinkTo, write: (text: string) => string): string {
  return groupsBy(segments, ({ link }) => link)
    .map((group) => {
      const target = group[0]?.style.link;
      const inner = writeEmphasis(group, write);
      const address = target === undefined ? undefined : linkTo(target);
      return address === undefined ? inner : writeLink(inner, textOf(group), address);
    })
    .join("");
}

/** A marker would be read in a link whose text is a number, and an address that is its own text is a link without more. */
function writeLink(inner: string, text: string, address: string): string {
  const isAddress = address
    .replace(/\/$/, "")
    .endsWith(text.trim().replace(/^https?:\/\/|\/$/gi, ""));
  if ((isAddress && /[./]/.test(text)) || !/\p{L}/u.test(text)) return inner;
  const [, before = "", words = "", after = ""] = PARTS.exec(inner) ?? [];
  return `${before}[${words}](${address})${after}`;
}

function textOf(segments: Segment[]): string {
  return segments.map(({ text }) => text).join("");
}

function writeEmphasis(
  segments: Segment[],
  write: (text: string) => string,
  delimiters: readonly (typeof DELIMITERS)[number][] = DELIMITERS,
): string {
  const [outer, ...inner] = delimiters;
  if (!outer) return segments.map((segment) => writeSegment(segment, write)).join("");
  const [name, delimiter] = outer;
  return groupsBy(segments, (style) => style[name])
    .map((group) => {
      const text = writeEmphasis(group, write, inner);
      const [, before = "", words = "", after = ""] = PARTS.exec(text) ?? [];
      return group[0]?.style[name] && words ? before + delimiter + words + delimiter + after : text;
    })
    .join("");
}

function writeSegment({ text, style }: Segment, write: (text: string) => string): string {
  return style.code ? codeSpan(codeIn(text)) : write(text);
}

function groupsBy(segments: Segment[], key: (style: Style) => unknown): Segment[][] {
  const groups: Segment[][] = [];
  let last: unknown;
  for (const segment of segments) {
    const own = key(segment.style);
    if (groups.length > 0 && own === last) groups.at(-1)?.push(segment);
    else groups.push([segment]);
    last = own;
  }
  return groups;
}
