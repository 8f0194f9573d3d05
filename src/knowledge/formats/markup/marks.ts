import type { Dialect } from "./dialect.ts";
import { withEmoji } from "./emoji.ts";

const INCLUDES = [
  /\[!include[ \t]*(?:\[[^[\]\n]*\])?(?:\([^()\n]*\))?\]/gi,
  /\[!(?:code|video|notebook)[\w-]*[ \t]*(?:\[[^[\]\n]*\])?(?:\([^()\n]*\))?[^[\]\n]*\]/gi,
  /\[\[_?toc_?\]\]/gi,
  /^[ \t]*\[toc\][ \t]*$/gim,
  /!\[\[[^[\]\n|]*(?:\|\d+(?:x\d+)?)?\]\]/g,
];
/** `[label]` behind `:name`. */
const TEXT_DIRECTIVE = /(?<![\w:/]):([a-z][a-z0-9-]*)\[([^\][\n]*)\](?:\{[^{}\n]*\})?/g;
const WIKI_LINK = /!?\[\[(?!\s)([^[\]\n|]+)(?:\|([^[\]\n]+))?\]\]/g;

/** Includes, wiki links, footnotes and the marks for highlighted, inserted and raised text. */
export function withoutMarks(text: string, { footnotes, room }: Dialect): string {
  let read = text;
  const isTable = text.includes("|");
  if (read.includes("[")) {
    for (const include of INCLUDES) read = read.replace(include, "");
    read = read
      .replace(
        WIKI_LINK,
        (_, page: string, shown?: string) => shown ?? page.replace(/^#+|(?<=.)#.*$/g, "").trim(),
      )
      .replace(TEXT_DIRECTIVE, "$2")
      .replace(/(?<=\S)[ \t]+\[#[\w-]+\][ \t]*$/gm, "")
      .replace(/(?<=\S)\[\^([\w-]{1,100})\](?!:)/g, (reference, name: string) => {
        const note = footnotes.get(name);
        if (note === undefined) return reference;
        // A row of a table is read and cited alone, without the notes below it.
        room.left -= isTable ? note.length : 0;
        return isTable && note && room.left > 0 ? ` (${note})` : "";
      })
      .replace(/(?<!\w)\^\[([^[\]\n]+)\]/g, " ($1)")
      .replace(/^[ \t]*\*\[([^\]\n]+)\]:[ \t]*(?=\S)/gm, "\n$1: ");
  }
  if (read.includes("=="))
    read = read.replace(/(?<![\w=])==(?=[^\s=])([^=\n]*[^\s=])==(?![\w=])/g, "$1");
  if (read.includes("++"))
    read = read.replace(
      /(?<![\w+])\+\+(?=[^\s+])((?:[^+\n]|\+(?!\+))*)(?<!\s)\+\+(?![\w+])/g,
      "$1",
    );
  if (read.includes("^^"))
    read = read.replace(/(?<![\w^])\^\^(?=[^\s^])([^^\n]*[^\s^])\^\^(?![\w^])/g, "$1");
  return read.includes(":") ? withEmoji(read) : read;
}
