import { toHTML, type PortableTextComponents } from "@portabletext/to-html";
import { escapeText } from "entities";
import type { Steps } from "../../../runtime/steps.ts";
import { htmlInSteps } from "../html/html.ts";
import { UnreadableDocument } from "../unreadable-document.ts";
import {
  checkDepth,
  describe,
  element,
  isObject,
  objects,
  rendered,
  string,
  textHtml,
  type Json,
} from "./tree.ts";

const WHAT = "Portable Text";
/** Deeper lists are dissolved when the HTML is read. */
const MAX_LIST_LEVEL = 20;
/** The renderer compares the marks of each span with those of all after it. A block with more spans becomes several blocks. */
const MAX_SPANS = 200;
/** More marks on one span show nothing. */
const MAX_MARKS = 10;
const STYLES = new Set(["normal", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote"]);
const DECORATORS = new Set(["strong", "em", "code", "underline", "strike-through"]);

const components: PortableTextComponents = {
  block: {
    h1: heading(1),
    h2: heading(2),
    h3: heading(3),
    h4: heading(4),
    h5: heading(5),
    h6: heading(6),
  },
  hardBreak: () => "<br>",
  // The vendor's function turns runs of spaces into no-break spaces, which a search does not match.
  escapeHTML: escapeText,
  unknownMark: ({ children }) => children,
  unknownType: ({ value }) => custom(value as Json),
};

function heading(level: number) {
  return ({ children = "" }: { children?: string }): string => element(`h${level}`, children);
}

/** Sanity's Portable Text (an array of blocks, or one block) → Markdown. */
export function* portableTextToMarkdown(value: unknown): Steps<string> {
  checkDepth(value, WHAT);
  const blocks = Array.isArray(value) ? value : [value];
  if (!blocks.every((block) => isObject(block) && typeof block["_type"] === "string")) {
    throw new UnreadableDocument(`The content is not valid ${WHAT}.`);
  }
  return yield* htmlInSteps(toHtml(blocks));
}

function toHtml(blocks: unknown[]): string {
  return rendered(WHAT, () =>
    toHTML(objects(blocks).flatMap(parts).map(clean) as unknown as Parameters<typeof toHTML>[0], {
      components,
      onMissingComponent: false,
    }),
  );
}

/** A block in parts of at most {@link MAX_SPANS} spans. */
function parts(block: Json): Json[] {
  const children = objects(block["children"]);
  if (children.length <= MAX_SPANS) return [block];
  const starts = Array.from({ length: Math.ceil(children.length / MAX_SPANS) }, (_, at) => at);
  return starts.map((at) => {
    return { ...block, children: children.slice(at * MAX_SPANS, (at + 1) * MAX_SPANS) };
  });
}

/** A block as the vendor's renderer expects it. A block of any other type becomes `custom`. */
function clean(block: Json): Json {
  const children = block["children"];
  if (block["_type"] !== "block" && !Array.isArray(children))
    return { _type: "custom", value: block };
  const used = new Set(
    objects(children).flatMap(({ marks }) => (Array.isArray(marks) ? marks : [])),
  );
  const markDefs = objects(block["markDefs"]).filter(
    (mark) => mark["_type"] === "link" && used.has(mark["_key"]),
  );
  const keys = new Set(markDefs.map((mark) => mark["_key"]));
  const style = string(block["style"]);
  const level = Math.min(MAX_LIST_LEVEL, Math.max(1, Number(block["level"]) || 1));
  return {
    _type: "block",
    style: STYLES.has(style) ? style : "normal",
    markDefs: markDefs.map((mark) => ({ ...mark, href: string(mark["href"]) })),
    children: objects(children).map((child) => {
      if (typeof child["text"] !== "string") return { _type: "custom", value: child };
      const marks = Array.isArray(child["marks"]) ? child["marks"] : [];
      const kept = new Set(marks.filter((mark) => keys.has(mark) || DECORATORS.has(string(mark))));
      return { _type: "span", text: child["text"], marks: [...kept].slice(0, MAX_MARKS) };
    }),
    ...(block["listItem"]
      ? { listItem: block["listItem"] === "number" ? "number" : "bullet", level }
      : {}),
  };
}

/** Reads tables and code as Sanity's own plugins store them. Other types are defined by the customer. */
function custom({ value: block }: Json): string {
  if (!isObject(block)) return "";
  const rows = objects(block["rows"]);
  if (rows.length > 0 && rows.every((row) => Array.isArray(row["cells"]))) return table(rows);
  if (typeof block["code"] === "string") return codeBlock(block["code"], string(block["language"]));
  return describe(block, (value) => {
    if (value === block) return undefined;
    const isBlocks =
      Array.isArray(value) && value.some((item) => isObject(item) && item["_type"] === "block");
    return isBlocks ? toHtml(value) : undefined;
  });
}

function table(rows: Json[]): string {
  const html = rows.map((row, index) => {
    const cells = Array.isArray(row["cells"]) ? row["cells"] : [];
    const tag = index === 0 ? "th" : "td";
    return element("tr", cells.map((cell) => element(tag, textHtml(string(cell)))).join(""));
  });
  return element("table", html.join(""));
}

function codeBlock(code: string, language: string): string {
  const className = /^[\w+#.-]+$/.test(language) ? `language-${language}` : "";
  return element("pre", element("code", escapeText(code), { class: className }));
}
