import { FRAGMENTS, SEEDS } from "./fragments.ts";
import type { Recipe } from "./recipe.ts";

/** What an input is to whoever reads it. */
export type Kind =
  | "message"
  | "query"
  | "answer"
  | "markdown"
  | "html"
  | "csv"
  | "text"
  | "json"
  | "rich-text"
  | "office"
  | "webhook"
  | "header";

/** How inputs of a kind are built, and how long one may be. */
export interface Grammar {
  name: string;
  kind: Kind;
  /** The longest accepted input, in characters. */
  largest: number;
  /** Pieces that mean something to the parsers of the kind. */
  fragments: string[];
  /** What opens and closes a level. */
  pairs: [open: string, close: string][];
  /** Stands between the parts of a recipe: `,` where each part is a JSON value. */
  join: string;
  /** Puts a recipe's text into the input that carries it. */
  wrap: (text: string) => string;
  /** Recipes to begin with. */
  seeds: Recipe[];
  /** Ordinary input of about `size` characters, which costs are compared with. */
  prose: (size: number) => string;
}

const DOCUMENT = 1024 * 1024;
/** What is stored of a webhook's delivery (src/webhooks/receive.ts). */
const DELIVERY = 900_000;
const PARAGRAPH =
  "You can return any item within 30 days of delivery. Please keep the packaging, print the label from your account and bring the parcel to the nearest post office. We refund the price once the parcel has arrived, which usually takes 5 working days. Shipping to Austria costs 7.90 euros.";

/** `before`, paragraphs of prose through `each`, and `after`, in about `size` characters. */
function paragraphs(
  size: number,
  each: (text: string, index: number) => string,
  [before, join, after]: [string, string, string] = ["", "\n\n", ""],
): string {
  const parts: string[] = [];
  let length = before.length + after.length;
  for (let index = 0; length < size || parts.length === 0; index++) {
    const part = each(PARAGRAPH, index);
    parts.push(part);
    length += part.length + join.length;
  }
  return before + parts.join(join) + after;
}

const plainProse = (size: number): string => paragraphs(size, (text) => text).slice(0, size);
/** As a PDF's converter gives it: a list's items now and then, and lines of about 80 characters. */
const linesOfProse = (size: number): string =>
  paragraphs(
    size,
    (text, at) => `${at % 4 === 0 ? "• " : ""}${text.replace(/(.{70,80}) /g, "$1\n")}`,
    ["", "\n", ""],
  );
const markdownProse = (size: number): string =>
  paragraphs(size, (text, at) => (at % 4 === 0 ? `## Returns ${at}\n\n${text}` : text));
const htmlProse = (size: number): string =>
  paragraphs(size, (text, at) => `${at % 4 === 0 ? `<h2>Returns ${at}</h2>` : ""}<p>${text}</p>`, [
    "<html><body><main>",
    "\n",
    "</main></body></html>",
  ]);
const csvProse = (size: number): string =>
  paragraphs(size, (text, at) => `How do I return item ${at}?,"${text}",Returns`, [
    "question,answer,category\n",
    "\n",
    "",
  ]);
const jsonProse = (size: number): string =>
  paragraphs(size, (text, at) => JSON.stringify({ question: `Item ${at}?`, answer: text }), [
    "[",
    ",",
    "]",
  ]);

function grammar(
  kind: Kind,
  largest: number,
  prose: Grammar["prose"],
  more: Partial<Grammar> = {},
): Grammar {
  const name = more.name ?? kind;
  const { fragments, pairs } = FRAGMENTS[name] ?? { fragments: ["a"], pairs: [] };
  const seeds = SEEDS[name] ?? [];
  return {
    kind,
    largest,
    fragments,
    pairs,
    prose,
    join: "",
    wrap: (text) => text,
    ...more,
    name,
    seeds,
  };
}

/** Rich text: each part of a recipe is a JSON node, and the nodes stand in the document's list. */
function richText(
  name: string,
  [before, after]: [string, string],
  node: (text: string) => unknown,
) {
  const wrap = (text: string): string => before + text + after;
  const prose = (size: number): string =>
    paragraphs(size, (text) => JSON.stringify(node(text)), [before, ",", after]);
  return grammar("rich-text", DELIVERY, prose, { name, join: ",", wrap });
}

export const grammars: Grammar[] = [
  grammar("message", 4000, plainProse),
  grammar("query", 8000, plainProse),
  grammar("answer", 16_000, (size) =>
    paragraphs(size, (text) => text.replaceAll(". ", " [1]. "), ["", "\n\n", ""]).slice(0, size),
  ),
  grammar("markdown", DOCUMENT, markdownProse),
  grammar("html", DOCUMENT, htmlProse),
  grammar("csv", DOCUMENT, csvProse),
  grammar("text", DOCUMENT, plainProse),
  grammar("json", DOCUMENT, jsonProse),
  richText("contentful", ['{"nodeType":"document","data":{},"content":[', "]}"], (value) => ({
    nodeType: "paragraph",
    data: {},
    content: [{ nodeType: "text", value, marks: [], data: {} }],
  })),
  richText("portable-text", ["[", "]"], (text) => ({
    _type: "block",
    style: "normal",
    markDefs: [],
    children: [{ _type: "span", text, marks: [] }],
  })),
  richText("storyblok", ['{"type":"doc","content":[', "]}"], (text) => ({
    type: "paragraph",
    content: [{ type: "text", text }],
  })),
  richText("slate", ['{"children":[', "]}"], (text) => ({
    type: "paragraph",
    children: [{ text }],
  })),
  grammar("rich-text", DELIVERY, (size) => JSON.stringify(htmlProse(size)), {
    name: "kontent",
    wrap: (text) => JSON.stringify(text),
  }),
  grammar("office", DOCUMENT, (size) => sheetProse(size), {
    name: "xlsx",
    wrap: (text) => `<worksheet><sheetData>${text}</sheetData></worksheet>`,
  }),
  grammar("office", DOCUMENT, (size) => wordProse(size), {
    name: "docx",
    wrap: (text) =>
      `<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>${text}</w:body></w:document>`,
  }),
  grammar("office", DOCUMENT, linesOfProse, { name: "pdf" }),
  grammar(
    "webhook",
    DELIVERY,
    (size) =>
      paragraphs(size, (text, at) => `"field_${at}":${JSON.stringify(text)}`, ["{", ",", "}"]),
    { join: ",", wrap: (text) => `{"data":[${text}]}` },
  ),
  grammar("header", 16_000, (size) => `t=1700000000000,v1=${"0a".repeat(size / 2)}`),
];

function sheetProse(size: number): string {
  return paragraphs(
    size,
    (text, at) => `<row><c t="str"><v>Item ${at}</v></c><c t="str"><v>${text}</v></c></row>`,
    ["<worksheet><sheetData>", "", "</sheetData></worksheet>"],
  );
}

function wordProse(size: number): string {
  return paragraphs(size, (text) => `<w:p><w:r><w:t>${text}</w:t></w:r></w:p>`, [
    '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>',
    "",
    "</w:body></w:document>",
  ]);
}

export function grammarNamed(name: string): Grammar | undefined {
  return grammars.find((one) => one.name === name);
}
