import type { Steps } from "../../../runtime/steps.ts";
import { htmlInSteps } from "../html/html.ts";
import { UnreadableDocument } from "../unreadable-document.ts";
import { checkDepth, element, isObject, objects, string, textHtml, type Json } from "./tree.ts";

// Strapi's blocks and Hygraph's rich text are Slate trees: nodes have `children`, and formatting is a flag on the text. Neither
// vendor has a renderer for servers.
// https://docs.strapi.io/cms/features/content-type-builder (blocks), https://hygraph.com/docs/api-reference/schema/field-types#rich-text

const TAGS: Record<string, string> = {
  paragraph: "p",
  quote: "blockquote",
  "block-quote": "blockquote",
  "bulleted-list": "ul",
  "numbered-list": "ol",
  "list-item": "li",
  "heading-one": "h1",
  "heading-two": "h2",
  "heading-three": "h3",
  "heading-four": "h4",
  "heading-five": "h5",
  "heading-six": "h6",
  table: "table",
  table_head: "thead",
  table_body: "tbody",
  table_row: "tr",
  table_cell: "td",
  table_header_cell: "th",
};
const FLAGS = { code: "code", bold: "strong", italic: "em", strikethrough: "del" };

/** A Slate tree (its nodes, or an object that holds them as `children`) → Markdown. */
export function* slateToMarkdown(value: unknown, what: string): Steps<string> {
  checkDepth(value, what);
  const nodes = isObject(value) ? value["children"] : value;
  if (!Array.isArray(nodes) || !nodes.every(isObject)) {
    throw new UnreadableDocument(`The content is not valid ${what}.`);
  }
  return yield* htmlInSteps(nodes.map(nodeHtml).join(""));
}

function nodeHtml(node: Json): string {
  if (typeof node["text"] === "string") return flagged(textHtml(node["text"]), node);
  const type = string(node["type"]);
  const children = (): string => objects(node["children"]).map(nodeHtml).join("");
  switch (type) {
    case "heading":
      return element(
        `h${Math.min(6, Math.max(1, Math.floor(Number(node["level"])) || 1))}`,
        children(),
      );
    case "list":
      return element(node["format"] === "ordered" ? "ol" : "ul", children());
    case "link":
      return element("a", children(), { href: string(node["url"]) || string(node["href"]) });
    case "code":
    case "code-block":
      return element("pre", element("code", children()));
    case "image": {
      const image = isObject(node["image"]) ? node["image"] : node;
      const words = ["alternativeText", "altText", "caption", "title"].map((name) =>
        string(image[name]),
      );
      return element("p", textHtml(words.find(Boolean) ?? "")) + children();
    }
    default:
      return Object.hasOwn(TAGS, type) ? element(TAGS[type] ?? "p", children()) : children();
  }
}

function flagged(html: string, node: Json): string {
  return Object.entries(FLAGS).reduce(
    (inner, [flag, tag]) => (node[flag] === true ? element(tag, inner) : inner),
    html,
  );
}
