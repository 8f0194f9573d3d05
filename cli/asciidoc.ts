import { readFile, realpath } from "node:fs/promises";
import path from "node:path";
import {
  convert,
  Extensions,
  Html5Converter,
  IncludeProcessor,
  LoggerManager,
  NullLogger,
} from "@asciidoctor/core";
import { parseDocument } from "yaml";
import type { ParsedFile } from "./parse-file.ts";
import { parseHtmlFile } from "./parse-file.ts";

/** Where a file lies. */
export interface SourcePlace {
  /** The folder that is read; nothing outside it is included. */
  folder: string;
  /** The file's path within the folder. */
  file: string;
}

type Node = Parameters<Html5Converter["convert_admonition"]>[0];
type Reader = Parameters<IncludeProcessor["process"]>[1];

/** Includes of one document. */
const MAX_INCLUDES = 300;
/** Antora's families of files that a page includes, and their folders below a module. */
const FAMILIES: Record<string, string> = {
  partial: "partials",
  example: "examples",
  page: "pages",
  attachment: "attachments",
};

/** The library's HTML with callouts as paragraphs, not as tables for layout. */
class Converter extends Html5Converter {
  override async convert_admonition(node: Node): Promise<string> {
    const kind = String(node.getAttribute("textlabel") ?? node.getAttribute("name") ?? "");
    const title = node.hasTitle() ? ` ${node.title}` : "";
    const content = String(await node.content());
    const isParagraph = !content.includes("<div") && !title;
    if (isParagraph) return `<p><strong>${kind}:</strong> ${content}</p>`;
    return `<div><p><strong>${kind}:</strong>${title}</p>\n${content}</div>`;
  }

  /** The number of a note is no part of the command beside it. */
  override async convert_inline_callout(): Promise<string> {
    return "";
  }
}

/** AsciiDoc → an HTML page. */
export async function parseAsciiDoc(
  externalId: string,
  source: string,
  place: SourcePlace,
): Promise<ParsedFile> {
  // What it notes about the source would stand among the reasons why files were not read.
  LoggerManager.logger = new NullLogger();
  const registry = Extensions.create();
  registry.includeProcessor(new FolderIncludes(place));
  const html = await convert(source.replace(/^\uFEFF/, ""), {
    // No file is read and nothing is fetched but by the processor above.
    safe: "secure",
    standalone: false,
    extension_registry: registry,
    converter: Converter,
    attributes: {
      ...(await componentAttributes(place)),
      showtitle: "",
      experimental: "",
      "attribute-missing": "drop",
      "attribute-undefined": "drop",
      "figure-caption!": "",
      "table-caption!": "",
      "example-caption!": "",
    },
  });
  return parseHtmlFile(externalId, `<main>${html as string}</main>`);
}

/** Includes files of the folder that is read. Others are left out. */
class FolderIncludes extends IncludeProcessor {
  readonly #place: SourcePlace;
  #included = 0;

  constructor(place: SourcePlace) {
    super();
    this.#place = place;
  }

  override handles(): boolean {
    return true;
  }

  override async process(
    _: unknown,
    reader: Reader,
    target: string,
    attributes: Record<string, string>,
  ): Promise<void> {
    this.#included += 1;
    if (this.#included > MAX_INCLUDES || reader.includeDepth > 20) return;
    const file = await this.#find(target, String(reader.file ?? ""));
    const text = file && (await readFile(file, "utf8"));
    if (file && text)
      reader.pushInclude(taggedLines(text, attributes), file, target, 1, attributes);
  }

  /** The included file, if it lies in the folder and is not hidden: `.env` is no part of a text. */
  async #find(target: string, from: string): Promise<string | undefined> {
    const { folder, file } = this.#place;
    const here = path.dirname(from || path.join(folder, file));
    const [, family = "", rest = target] = /^(?:[\w@.:-]+:)?(\w+)\$(.*)$/.exec(target) ?? [];
    const inModule = FAMILIES[family];
    const module = moduleOf(here);
    const wanted =
      inModule && module ? path.join(module, inModule, rest) : path.resolve(here, rest);
    try {
      const [root, found] = await Promise.all([realpath(folder), realpath(wanted)]);
      const below = path.relative(root, found).split(path.sep);
      return below.some((name) => name.startsWith(".") || name === "node_modules")
        ? undefined
        : found;
    } catch {
      return undefined;
    }
  }
}

/** `…/modules/name` for a file within an Antora module. */
function moduleOf(folder: string): string | undefined {
  return /^(.*[\\/]modules[\\/][^\\/]+)(?:[\\/]|$)/.exec(folder)?.[1];
}

/** The lines of the tagged regions that the include names, or all but the marks of regions. */
function taggedLines(text: string, { tag, tags, lines }: Record<string, string>): string[] {
  const wanted = new Set((tags ?? tag ?? "").split(/[;,]/).filter((name) => /^\w/.test(name)));
  const open: string[] = [];
  const ranges = lines ? rangesOf(lines) : undefined;
  return text.split(/\r?\n/).filter((line, index) => {
    const [, mark, name = ""] = /\b(tag|end)::([\w.-]+)\[\]/.exec(line) ?? [];
    if (mark === "tag") open.push(name);
    if (mark === "end") open.splice(open.lastIndexOf(name), 1);
    if (mark) return false;
    if (ranges) return ranges.some(([from, to]) => index + 1 >= from && index + 1 <= to);
    return wanted.size === 0 || open.some((one) => wanted.has(one));
  });
}

function rangesOf(lines: string): [number, number][] {
  return lines
    .replace(/"/g, "")
    .split(/[;,]/)
    .map((range) => {
      const [from = "1", to = from] = range.split("..");
      return [Number(from), to === "" || to === "-1" ? Infinity : Number(to)];
    });
}

/** The attributes that Antora gives all pages of a component: those of the next `antora.yml` above the file. */
async function componentAttributes({ folder, file }: SourcePlace): Promise<Record<string, string>> {
  for (let below = path.dirname(file); ; below = path.dirname(below)) {
    try {
      const text = await readFile(path.join(folder, below, "antora.yml"), "utf8");
      const component = parseDocument(text).toJS() as {
        asciidoc?: { attributes?: Record<string, unknown> };
      } | null;
      const entries = Object.entries(component?.asciidoc?.attributes ?? {});
      return Object.fromEntries(
        entries
          .filter(([, value]) => value !== false && value !== null)
          .map(([name, value]) => [name, String(value).replace(/@$/, "")]),
      );
    } catch {
      if (below === "." || below === "/") return {};
    }
  }
}
