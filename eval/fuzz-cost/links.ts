import { LinkifyIt } from "linkify-it";
import { fromMarkdown } from "mdast-util-from-markdown";
import { gfmFromMarkdown } from "mdast-util-gfm";
import { gfm } from "micromark-extension-gfm";
import { visit } from "unist-util-visit";

/** The addresses that renderers make links or images of: GitHub's Markdown, and linkify-it as chat clients use it. */
export function linksIn(text: string): string[] {
  const found = new LinkifyIt().match(text)?.map(({ url }) => url) ?? [];
  const tree = fromMarkdown(text, { extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()] });
  visit(tree, (node) => {
    if (node.type === "link" || node.type === "image" || node.type === "definition")
      found.push(node.url);
  });
  return found.map((url) => url.toLowerCase());
}
