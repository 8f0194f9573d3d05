import { documentToHtmlString, type NodeRenderer } from "@contentful/rich-text-html-renderer";
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
  type Json,
} from "./tree.ts";

const WHAT = "Contentful rich text";

/** https://www.contentful.com/developers/docs/concepts/rich-text/ */
const NODES = new Set(
  (
    "document paragraph heading-1 heading-2 heading-3 heading-4 heading-5 heading-6 unordered-list ordered-list list-item " +
    "blockquote hr table table-row table-cell table-header-cell hyperlink entry-hyperlink asset-hyperlink " +
    "resource-hyperlink embedded-entry-block embedded-entry-inline embedded-asset-block embedded-resource-block " +
    "embedded-resource-inline text"
  ).split(" "),
);
const MARKS = new Set(["bold", "italic", "code", "superscript", "subscript", "strikethrough"]);

/** The text of an embedded entry. An entry that the API did not resolve is only a link and has no text. */
const embedded: NodeRenderer = (node) => {
  const target: unknown = node.data["target"];
  if (!isObject(target)) return "";
  const fields = isObject(target["fields"]) ? target["fields"] : target;
  return describe(localised(fields), (value) =>
    isObject(value) && value["nodeType"] === "document" ? toHtml(value) : undefined,
  );
};
const inline: NodeRenderer = (node, next) => ` ${embedded(node, next).replace(/<\/?p>/g, " ")} `;
const children: NodeRenderer = (node, next) => next(node.content);

const renderNode: Record<string, NodeRenderer> = {
  "embedded-entry-block": embedded,
  "embedded-asset-block": embedded,
  "embedded-resource-block": embedded,
  "embedded-entry-inline": inline,
  "embedded-resource-inline": inline,
  "entry-hyperlink": children,
  "asset-hyperlink": children,
  "resource-hyperlink": children,
  hyperlink: (node, next) => element("a", next(node.content), { href: string(node.data["uri"]) }),
};

/** Contentful's rich text field (`{ nodeType: "document", … }`) → Markdown. */
export function* contentfulToMarkdown(value: unknown): Steps<string> {
  checkDepth(value, WHAT);
  if (!isObject(value) || value["nodeType"] !== "document") {
    throw new UnreadableDocument(`The content is not valid ${WHAT}.`);
  }
  return yield* htmlInSteps(toHtml(value));
}

function toHtml(document: Json): string {
  return rendered(WHAT, () =>
    documentToHtmlString(clean(document) as unknown as Parameters<typeof documentToHtmlString>[0], {
      renderNode,
    }),
  );
}

/** Keeps what the vendor's renderer knows. Any other node becomes a paragraph with its text. */
function clean(node: Json): Json {
  if (node["nodeType"] === "text" || (!Array.isArray(node["content"]) && string(node["value"]))) {
    const marks = objects(node["marks"]).filter((mark) => MARKS.has(string(mark["type"])));
    return { nodeType: "text", value: string(node["value"]), marks, data: {} };
  }
  const nodeType = string(node["nodeType"]);
  return {
    nodeType: NODES.has(nodeType) ? nodeType : "paragraph",
    data: isObject(node["data"]) ? node["data"] : {},
    content: objects(node["content"]).map(clean),
  };
}

/** Takes the first locale's value: webhooks send `{ "en-US": … }` where the delivery API sends the value itself. */
function localised(fields: Json): unknown {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => {
      const locales = isObject(value) ? Object.keys(value) : [];
      const isLocalised =
        locales.length > 0 &&
        locales.every((key) => /^(?:[a-z]{2}|[a-z]{2,3}(?:-[A-Za-z0-9]+)+)$/.test(key));
      return [
        name,
        isLocalised && isObject(value) && !("nodeType" in value) ? Object.values(value)[0] : value,
      ];
    }),
  );
}
