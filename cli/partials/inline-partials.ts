import { readFile, stat } from "node:fs/promises";
import path from "node:path";
import { decodeText } from "../decode.ts";
import { findPart } from "./find-part.ts";
import { IMPORT } from "../../src/knowledge/formats/markup/dialect.ts";
import { partsOf, referencesIn, withSnippetLines, type Reference } from "./references.ts";

/** Of one page: how deep parts include parts, how many there are, and how many characters they add. */
const MAX_DEPTH = 8;
const MAX_PARTS = 300;
const MAX_CHARACTERS = 1_000_000;
const MAX_BYTES = 1_000_000;
const FRONT_MATTER = /^\uFEFF?---[ \t]*\r?\n[\s\S]*?\n---[ \t]*(?:\r?\n|$)/;
/** The marks of regions: MkDocs, mdBook, VitePress. */
const MARK =
  /\[(start|end):\s?([\w.-]{1,100})\]|\bANCHOR(_END)?:\s?([\w.-]{1,100})|#(end)?region\b\s?([\w.-]{0,100})/;

export interface Inlined {
  text: string;
  /** What of the page's parts was not read. */
  notes: string[];
}

/**
 * A Markdown page with the text of the files that it includes in their place, as its generator shows it. Only files of the folder are read.
 * @param file the page's path below the folder
 * @param isWanted false for a file that is not the source's, such as one that git does not track
 */
export async function inlinePartials(
  source: string,
  place: { folder: string; file: string },
  isWanted: (file: string) => boolean = () => true,
): Promise<Inlined> {
  const page = new Page(place.folder, isWanted);
  const [frontMatter = ""] = FRONT_MATTER.exec(source) ?? [];
  const body = await page.inline(source.slice(frontMatter.length), [place.file]);
  return { text: frontMatter + body, notes: [...page.notes] };
}

class Page {
  readonly notes = new Set<string>();
  readonly #folder: string;
  readonly #isWanted: (file: string) => boolean;
  #parts = 0;
  #characters = 0;

  constructor(folder: string, isWanted: (file: string) => boolean) {
    this.#folder = folder;
    this.#isWanted = isWanted;
  }

  /** @param files the file of the text, and those that include it, from the page on */
  async inline(source: string, files: string[]): Promise<string> {
    const text = withSnippetLines(source);
    const out: string[] = [];
    let end = 0;
    for (const reference of referencesIn(text)) {
      const part = await this.#read(reference, files);
      if (part === undefined) continue;
      out.push(text.slice(end, reference.start), placed(part, text, reference));
      end = reference.end;
    }
    return end === 0 ? text : out.join("") + text.slice(end);
  }

  async #read(reference: Reference, files: string[]): Promise<string | undefined> {
    const { target, selector, isCode } = reference;
    const leftOut = (why: string): undefined => {
      // An example of such a reference names no file.
      if (!isCode) this.notes.add(`a part of the page ${why}: ${target}`);
    };
    this.#parts += 1;
    if (this.#parts > MAX_PARTS) return leftOut("was left out, because it has too many");
    const file = await findPart(this.#folder, files.at(-1) ?? "", target);
    if (file === undefined || !this.#isWanted(file)) return leftOut("was not found");
    if (files.includes(file)) return leftOut("includes itself");
    if (files.length > MAX_DEPTH) return leftOut("was left out, because it is included too deeply");
    const full = path.join(this.#folder, file);
    if ((await stat(full)).size > MAX_BYTES) return leftOut("was left out, because it is too long");
    const { text: source } = decodeText(new Uint8Array(await readFile(full)));
    const part = selected(source.replace(FRONT_MATTER, "").replaceAll("\r\n", "\n"), selector);
    this.#characters += part.length;
    if (this.#characters > MAX_CHARACTERS)
      return leftOut("was left out, because its parts are too long");
    const inlined = await this.inline(part, [...files, file]);
    return /\.mdx?$/i.test(file) ? withoutImports(inlined) : inlined;
  }
}

/** Modules are imported by the page; within its text an import would be read as words. */
function withoutImports(text: string): string {
  return partsOf(text)
    .map(({ text: part, isCode }) =>
      isCode
        ? part
        : part
            .split("\n")
            .filter((line) => !IMPORT.test(line.trimEnd()))
            .join("\n"),
    )
    .join("");
}

/** `2:5`, `2,5`: those lines, from 1; a name: the lines of that region; else all. Marks of regions are left out. */
function selected(text: string, selector = ""): string {
  const [, first = "", last] = /^(\d*)(?:[:,](\d*))?$/.exec(selector) ?? [];
  const isRange = selector !== "" && /\d/.test(first + (last ?? ""));
  const name = isRange ? "" : selector.replace(/^:+/, "");
  let isOpen = false;
  const lines = text.split("\n").filter((line, index) => {
    const mark = MARK.exec(line);
    if (mark) {
      const [, kind, snippet, isAnchorEnd, anchor, isRegionEnd, region] = mark;
      if ((snippet ?? anchor ?? region) === name || isRegionEnd)
        isOpen = !(kind === "end" || isAnchorEnd || isRegionEnd);
      return false;
    }
    if (isRange) {
      const end = last === undefined ? Number(first) : last === "" ? Infinity : Number(last);
      return index + 1 >= Number(first) && index + 1 <= end;
    }
    return name === "" || isOpen;
  });
  return lines.join("\n");
}

/** The part as it stands in the page: with the indentation of its place, or as words of a sentence. */
function placed(part: string, text: string, { start, end, isComponent }: Reference): string {
  const body = part.replace(/^\s*\n/, "").trimEnd();
  const lineStart = text.lastIndexOf("\n", start - 1) + 1;
  const before = text.slice(lineStart, start);
  const after = text.slice(end, text.indexOf("\n", end) < 0 ? undefined : text.indexOf("\n", end));
  const own = /^[ \t]*/.exec(text.slice(start, end))?.[0] ?? "";
  const isAlone = /^[\s>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)?$/.test(before) && after.trim() === "";
  if (!isAlone) return /\n\s*\n/.test(body) ? body : body.trim().replace(/\s*\n\s*/g, " ");
  const indent = before.includes(">") ? before : before.replace(/[^\s]/g, " ") + own;
  const lines = body
    .split("\n")
    .map((line, index) => (index === 0 ? own + line : line && indent + line));
  if (before.trim() !== "" || !isComponent) return lines.join("\n");
  return `\n${indent}${lines.join("\n")}\n`;
}
