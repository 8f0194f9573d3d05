import { join, partsOf, slice, styled, unmarked, type MarkedText } from "../../text/marked-text.ts";
import { splitSentences } from "../../text/sentences.ts";
import { sizeOf, splitToFit } from "./split-to-fit.ts";

/** In characters. Deeper nesting is not shown: pieces of a line have to fit behind it. */
const MAX_INDENT = 40;

/** A line of an item, or a sentence of one that is too long. */
interface Part {
  text: MarkedText;
  indent: MarkedText;
  /** What parts it from the text before it. */
  before: MarkedText;
}

/**
 * Cuts a list's item that alone exceeds the budget of tokens between its lines, and a line between its sentences. A line that introduces the next
 * one stays with it. Each piece repeats the item's first line, which says what the steps below it are about, where it has at most
 * `mostRepeated` tokens.
 */
export function cutItem(item: MarkedText, budget: number, mostRepeated: number): MarkedText[] {
  if (sizeOf(item.text) <= budget) return [item];
  const lines = linesOf(item);
  const [first] = lines;
  const isRepeated = first && lines.length > 1 && sizeOf(first.line.text) <= mostRepeated;
  if (isRepeated) lines.shift();
  const label = isRepeated ? first.line : unmarked("");
  const left = budget - sizeOf(isRepeated ? `${label.text}\n` : "");
  const pieces: MarkedText[] = [];
  let open: Part[] = [];
  let size = 0;
  const flush = (): void => {
    if (open.length === 0) return;
    const shown = pieces.length === 0 ? label : styled(label, { hidden: "repeated" });
    pieces.push(isRepeated ? join([shown, beforeLine(open), write(open)]) : write(open));
  };
  for (const part of lines.flatMap((line) => partsOfLine(line, left))) {
    const tokens = lengthOf(part);
    if (size + tokens > left && open.length > 0) {
      const introduction =
        open.length > 1 && open.at(-1)?.text.text.endsWith(":") ? open.pop() : undefined;
      flush();
      open = introduction && lengthOf(introduction) + tokens <= left ? [introduction] : [];
      size = open[0] ? lengthOf(open[0]) : 0;
    }
    open.push(part);
    size += tokens;
  }
  flush();
  return pieces;
}

interface Line {
  line: MarkedText;
  /** The line feed in front of it. */
  before: MarkedText;
}

function linesOf(item: MarkedText): Line[] {
  let start = 0;
  return item.text.split("\n").map(({ length }) => {
    const line = slice(item, start, start + length);
    const before = start === 0 ? unmarked("\n") : slice(item, start - 1, start);
    start += length + 1;
    return { line, before };
  });
}

function partsOfLine({ line, before }: Line, budget: number): Part[] {
  const trimmed = line.text.trimStart();
  const width = line.text.length - trimmed.length;
  const indent = slice(line, 0, Math.min(width, MAX_INDENT));
  const text = slice(line, width);
  if (!trimmed) return [];
  if (sizeOf(`${indent.text}${trimmed} `) <= budget) return [{ text, indent, before }];
  const left = budget - sizeOf(`${indent.text} `);
  const pieces = splitSentences(trimmed).flatMap((sentence) => splitToFit(sentence, left));
  return partsOf(text, pieces).map((piece, index) => ({
    text: piece,
    indent,
    before: index === 0 ? before : unmarked(" "),
  }));
}

function lengthOf({ indent, text }: Part): number {
  return sizeOf(`${indent.text}${text.text} `);
}

/** A piece that begins within a line begins one. */
function beforeLine([first]: Part[]): MarkedText {
  return first?.before.text === "\n" ? first.before : unmarked("\n");
}

function write(parts: Part[]): MarkedText {
  return join(
    parts.flatMap(({ text, indent, before }, index) => {
      if (index === 0) return [indent, text];
      return before.text === "\n" ? [before, indent, text] : [before, text];
    }),
  );
}
