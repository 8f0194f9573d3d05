import { splitSentences } from "../../text/sentences.ts";

/** `Code: E-07; Meaning: …`: ingestion writes each row of a table with its column names, on one line. */
const TABLE_ROW = /^[^;\n]{1,80}; [^:;\n]{1,40}: /;
const LIST_ITEM = /^\s*(?:\d{1,3}[.)]|[-*•])\s/;
const FIRST_ITEM = /^\s*1[.)]\s/;
export interface Line {
  text: string;
  start: number;
  end: number;
}

/** A paragraph, list or table. One that was cut between two passages is a block in each. */
export interface Block {
  passage: string;
  /** The passage's place in the section. */
  place: number;
  kind: "table" | "list" | "prose";
  lines: Line[];
}

/** The blocks of all passages. Where prose is cut, a passage repeats the last sentence of the one before, which is left out. */
export function blocksOfSection(section: string[]): Block[] {
  const blocks: Block[] = [];
  for (const [place, passage] of section.entries()) {
    const own = blocksOf(passage, place);
    const last = blocks.at(-1);
    if (last && own[0]) own[0] = withoutRepeated(last, own[0]);
    blocks.push(...own.filter(({ lines }) => lines.length > 0));
  }
  return blocks;
}

function withoutRepeated(before: Block, block: Block): Block {
  if (before.kind !== "prose" || block.kind !== "prose") return block;
  const [first, ...others] = block.lines;
  const repeated = splitSentences(textOf(before)).at(-1) ?? "";
  if (!first || !repeated || !first.text.startsWith(repeated)) return block;
  const text = first.text.slice(repeated.length).trimStart();
  const rest = { text, start: first.end - text.length, end: first.end };
  return { ...block, lines: text ? [rest, ...others] : others };
}

function blocksOf(passage: string, place: number): Block[] {
  const blocks: Block[] = [];
  let open: Line[] = [];
  const close = (): void => {
    const [first] = open;
    if (!first) return;
    const isTable = open.every(({ text }) => TABLE_ROW.test(text));
    const kind = isTable ? "table" : LIST_ITEM.test(first.text) ? "list" : "prose";
    blocks.push({ passage, place, kind, lines: open });
    open = [];
  };
  let start = 0;
  for (const text of passage.split("\n")) {
    const end = start + text.length;
    if (text.trim()) open.push({ text, start, end });
    else close();
    start = end + 1;
  }
  close();
  return blocks;
}

/** Whether two blocks of different passages are parts of one list or table. */
export function isContinuedBy(block: Block | undefined, next: Block | undefined): boolean {
  if (!block || !next || block.kind === "prose" || block.kind !== next.kind) return false;
  return block.place !== next.place && !FIRST_ITEM.test(next.lines[0]?.text ?? "");
}

/** `You need:` introduces the block after it. */
export function introduces(block: Block | undefined): boolean {
  return block?.lines.at(-1)?.text.trimEnd().endsWith(":") ?? false;
}

/** The numbers of the first and the last item of a numbered list. */
export function numbersOf({ lines }: Block): { first: number; last: number } | undefined {
  const numbers = lines.flatMap(({ text }) => /^(\d{1,3})[.)]\s/.exec(text)?.[1] ?? []).map(Number);
  const [first] = numbers;
  return first === undefined ? undefined : { first, last: numbers.at(-1) ?? first };
}

/** A block that begins with a question opens another entry of an FAQ, which has nothing to do with the entry before. */
export function opensTopic(block: Block | undefined): boolean {
  return block?.lines[0]?.text.trimEnd().endsWith("?") ?? false;
}

export function textOf({ lines }: Block): string {
  return lines.map(({ text }) => text).join("\n");
}

export function lengthOf(block: Block | undefined): number {
  return block ? textOf(block).length : 0;
}
