import { Parser } from "htmlparser2";
import { UNSEEN } from "../page.ts";

/** A part of a page: a paragraph, list or table, or an element that holds such parts. */
export interface Block {
  name: string;
  /** Where its source begins and ends. */
  start: number;
  end: number;
  /** All of the text of a part that has no parts; else the text beside the parts. */
  text: string;
  parts: Block[];
  /** Its words label something else, such as a tab's panel, however often they repeat. */
  isLabel: boolean;
}

/** Elements that are one part, whatever is in them: an item of a list says little without the others. */
const WHOLE = new Set([
  "p",
  "ul",
  "ol",
  "dl",
  "table",
  "pre",
  "figure",
  "h1",
  "h2",
  "h3",
  "h4",
  "h5",
  "h6",
]);
const BLOCKS = new Set([
  ...WHOLE,
  ..."address article aside blockquote body center details dialog div fieldset form footer header hgroup hr html main menu nav section summary td th tr li dt dd".split(
    " ",
  ),
]);
/** A title is no part of what a page says. It may stand outside of a head. */
const NO_PART = new Set([...UNSEEN, "head", "title"]);

/** The parts of a page, in their order. */
export function blocksOf(html: string): Block {
  const root: Block = { name: "", start: 0, end: html.length, text: "", parts: [], isLabel: false };
  const open = [root];
  let whole = 0;
  let unseen = 0;
  const parser = new Parser({
    onopentag(name, attributes) {
      if (NO_PART.has(name)) unseen += 1;
      const block = open.at(-1) ?? root;
      if (isLabel(name, attributes)) block.isLabel = true;
      // Words of two elements are two words, where a browser starts a new line between them.
      if (BLOCKS.has(name) || name === "br") block.text += " ";
      if (!BLOCKS.has(name) || whole > 0) {
        if (WHOLE.has(name)) whole += 1;
        return;
      }
      if (WHOLE.has(name)) whole += 1;
      const part: Block = {
        name,
        start: parser.startIndex,
        end: html.length,
        text: "",
        parts: [],
        isLabel: isLabel(name, attributes),
      };
      block.parts.push(part);
      open.push(part);
    },
    ontext(text) {
      const block = open.at(-1) ?? root;
      if (unseen === 0) block.text += text;
    },
    onclosetag(name, isImplied) {
      if (NO_PART.has(name) && unseen > 0) unseen -= 1;
      if (WHOLE.has(name)) whole -= 1;
      if (!BLOCKS.has(name) || whole > 0 || open.length === 1) return;
      const block = open.pop();
      if (!block) return;
      block.end = isImplied ? Math.max(block.start, parser.startIndex) : parser.endIndex + 1;
      block.text = block.text.replace(/\s+/g, " ").trim();
    },
  });
  parser.end(html);
  return root;
}

/** Tabs and summaries: by role, by what they open, or as links to a part of the same page. */
function isLabel(name: string, attributes: Record<string, string>): boolean {
  if (name === "summary" || attributes["role"]?.startsWith("tab")) return true;
  if (name === "a" && /^#./.test(attributes["href"] ?? "")) return true;
  return ["aria-controls", "data-toggle", "data-bs-toggle", "data-tab"].some(
    (each) => each in attributes,
  );
}

/** Every part that has a text of its own, below a part whose name is wanted. */
export function* textsOf(
  block: Block,
  isWanted: (part: Block) => boolean = () => true,
): Generator<Block> {
  if (!isWanted(block)) return;
  if (block.text) yield block;
  for (const part of block.parts) yield* textsOf(part, isWanted);
}

/** Navigation and footers are no part of what a page says. */
export function isOwnPart({ name }: Block): boolean {
  return name !== "nav" && name !== "footer";
}

export function wordsOf(text: string): number {
  return text.match(/[\p{L}\p{N}]+/gu)?.length ?? 0;
}

/** The words of a page that do not stand in another one. */
export function ownWords(page: Block, other: Block): number {
  const there = new Set([...textsOf(other)].map(({ text }) => text));
  let own = 0;
  for (const { text } of textsOf(page)) if (!there.has(text)) own += wordsOf(text);
  return own;
}
