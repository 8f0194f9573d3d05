import type { Steps } from "../../../runtime/steps.ts";
import { htmlInSteps } from "../html/html.ts";
import { UnreadableDocument } from "../unreadable-document.ts";
import {
  checkDepth,
  describe,
  element,
  isObject,
  objects,
  string,
  textHtml,
  type Json,
} from "./tree.ts";

// We do not use the vendor's renderer, because it depends on a whole editor (docs/decisions/0025).
// The names of nodes and marks, both ProseMirror's and Tiptap's, are from github.com/storyblok/monoblok, packages/richtext.

const WHAT = "Storyblok rich text";
const TAGS: Record<string, string> = {
  paragraph: "p",
  blockquote: "blockquote",
  bullet_list: "ul",
  bulletlist: "ul",
  list_item: "li",
  listitem: "li",
  table: "table",
  tablerow: "tr",
  table_row: "tr",
  tablecell: "td",
  table_cell: "td",
  tableheader: "th",
  table_header: "th",
};
const MARKS: Record<string, string> = {
  bold: "strong",
  strong: "strong",
  italic: "em",
  em: "em",
  strike: "del",
  code: "code",
};

/** Storyblok's rich text field (`{ type: "doc", content: […] }`) → Markdown. */
export function* storyblokToMarkdown(value: unknown): Steps<string> {
  checkDepth(value, WHAT);
  if (!isObject(value) || value["type"] !== "doc") {
    throw new UnreadableDocument(`The content is not valid ${WHAT}.`);
  }
  return yield* htmlInSteps(nodeHtml(value));
}

function nodeHtml(node: Json): string {
  const attributes = isObject(node["attrs"]) ? node["attrs"] : {};
  const children = (): string => objects(node["content"]).map(nodeHtml).join("");
  switch (string(node["type"]).toLowerCase()) {
    case "text":
      return marked(textHtml(string(node["text"])), node);
    case "hard_break":
    case "hardbreak":
      return "<br>";
    case "horizontal_rule":
    case "horizontalrule":
      return "<hr>";
    case "heading":
      return element(`h${headingLevel(attributes["level"])}`, children());
    case "ordered_list":
    case "orderedlist":
      return element("ol", children(), {
        start: string(attributes["order"] ?? attributes["start"]),
      });
    case "code_block":
    case "codeblock": {
      const language = /^language-[\w+#.-]+$/.exec(string(attributes["class"]))?.[0] ?? "";
      return element("pre", element("code", children(), { class: language }));
    }
    case "image":
      return element("p", textHtml(string(attributes["alt"]) || string(attributes["title"])));
    case "emoji":
      return textHtml(string(attributes["emoji"]));
    case "blok":
      return describe(attributes["body"], (value) =>
        isObject(value) && value["type"] === "doc" ? nodeHtml(value) : undefined,
      );
    default: {
      const tag = tagOf(TAGS, node["type"]);
      return tag ? element(tag, children()) : children();
    }
  }
}

function marked(html: string, node: Json): string {
  return objects(node["marks"]).reduce((inner, mark) => {
    const attributes = isObject(mark["attrs"]) ? mark["attrs"] : {};
    if (mark["type"] === "link") return element("a", inner, { href: string(attributes["href"]) });
    const tag = tagOf(MARKS, mark["type"]);
    return tag ? element(tag, inner) : inner;
  }, html);
}

function tagOf(tags: Record<string, string>, type: unknown): string | undefined {
  const name = string(type).toLowerCase();
  return Object.hasOwn(tags, name) ? tags[name] : undefined;
}

function headingLevel(value: unknown): number {
  return Math.min(6, Math.max(1, Math.floor(Number(value)) || 1));
}
