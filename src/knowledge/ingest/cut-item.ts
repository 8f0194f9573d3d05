import { splitSentences } from "../../text/sentences.ts";
import { sizeOf, splitToFit } from "./split-to-fit.ts";

/** In characters. Deeper nesting is not shown: pieces of a line have to fit behind it. */
const MAX_INDENT = 40;

/** A line of an item, or a sentence of one that is too long. */
interface Part {
  text: string;
  indent: string;
  beginsLine: boolean;
}

/**
 * Cuts a list's item that alone exceeds the budget of tokens between its lines, and a line between its sentences. A line that introduces the next
 * one stays with it. Each piece repeats the item's first line, which says what the steps below it are about, where it has at most
 * `mostRepeated` tokens.
 */
export function cutItem(item: string, budget: number, mostRepeated: number): string[] {
  if (sizeOf(item) <= budget) return [item];
  const lines = item.split("\n");
  const isRepeated = lines.length > 1 && sizeOf(lines[0] ?? "") <= mostRepeated;
  const label = isRepeated ? `${lines.shift()}\n` : "";
  const left = budget - sizeOf(label);
  const pieces: string[] = [];
  let open: Part[] = [];
  let size = 0;
  const flush = (): void => {
    if (open.length > 0) pieces.push(label + write(open));
  };
  for (const part of lines.flatMap((line) => partsOf(line, left))) {
    const tokens = lengthOf(part);
    if (size + tokens > left && open.length > 0) {
      const introduction =
        open.length > 1 && open.at(-1)?.text.endsWith(":") ? open.pop() : undefined;
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

function partsOf(line: string, budget: number): Part[] {
  const text = line.trimStart();
  const indent = line.slice(0, Math.min(line.length - text.length, MAX_INDENT));
  if (!text) return [];
  if (sizeOf(`${indent}${text} `) <= budget) return [{ text, indent, beginsLine: true }];
  return splitSentences(text)
    .flatMap((sentence) => splitToFit(sentence, budget - sizeOf(`${indent} `)))
    .map((part, index) => ({ text: part, indent, beginsLine: index === 0 }));
}

function lengthOf({ indent, text }: Part): number {
  return sizeOf(`${indent}${text} `);
}

function write(parts: Part[]): string {
  return parts
    .map(({ text, indent, beginsLine }, index) =>
      index === 0 ? indent + text : beginsLine ? `\n${indent}${text}` : ` ${text}`,
    )
    .join("");
}
