import type { Nodes } from "hast";
import { visit } from "unist-util-visit";
import type { Steps } from "../../../runtime/steps.ts";
import { hastInSteps } from "../html/html.ts";
import { parseInSteps } from "../html/html-tree.ts";
import { UnreadableDocument } from "../unreadable-document.ts";
import { isObject, string } from "./tree.ts";

/**
 * Kontent.ai's rich text element (`{ value: "<p>…" }`, or its HTML alone) → Markdown. For each embedded item, its HTML has an empty
 * `<object type="application/kenticocloud">`, which is replaced by the item's name if the response contains it.
 * https://kontent.ai/learn/docs/apis/openapi/delivery-api/#section/Rich-text-element
 * @param modularContent the response's `modular_content`, by codename
 */
export function* kontentToMarkdown(value: unknown, modularContent: unknown = {}): Steps<string> {
  const html = isObject(value) ? value["value"] : value;
  if (typeof html !== "string")
    throw new UnreadableDocument("The content is not valid Kontent.ai rich text.");
  const items = isObject(modularContent) ? modularContent : {};
  const tree = yield* parseInSteps(html);
  visit(tree as Nodes, "element", (node) => {
    if (node.tagName !== "object") return;
    const item = items[string(node.properties["dataCodename"])];
    const system = isObject(item) && isObject(item["system"]) ? item["system"] : {};
    node.tagName = "p";
    node.children = [{ type: "text", value: string(system["name"]) }];
  });
  return yield* hastInSteps(tree);
}
