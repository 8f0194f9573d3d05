import type { Image, ImageReference, Nodes, Paragraph, PhrasingContent } from "mdast";
import { NO_DESCRIPTION } from "../../../language/english.ts";

/** Elements on each side of an image among which its line's other text is looked for. */
const REACH = 10;
/** In words. A longer text in place of an image within a sentence is a sentence of its own. */
const MAX_NAME = 3;
/** The name of a file, or of one without its ending: `IMG_2034`, `screenshot-2024-03-01`. */
const FILE_NAME =
  /^\S+\.(?:png|jpe?g|gif|svg|webp|avif|bmp|tiff?|heic|mp4|webm|mov)$|^(?:img|image|dsc|pxl|screen-?shot|bildschirmfoto|capture)[-_ ]?\d[\d_.-]*\S{0,20}$/i;

/** The text in place of an image; "" where it only names a file or says that there is an image. */
export function altOf({ alt }: Image | ImageReference): string {
  const text = alt?.trim() ?? "";
  return FILE_NAME.test(text) || NO_DESCRIPTION.test(text) ? "" : (alt ?? "");
}

/**
 * Replaces the images of a paragraph. One that is alone on its line keeps its text as that of an image without an address: it is searched,
 * and no sentence. Within a line the text stands in the image's place, and a link around an image alone is left out.
 */
export function replacePictures(paragraph: Paragraph): void {
  const children = paragraph.children.flatMap((child) =>
    child.type === "link" && child.children.every(isPicture) ? child.children : [child],
  );
  if (!children.some(isPicture)) return;
  paragraph.children = children.flatMap((child, index): PhrasingContent[] => {
    if (!isPicture(child)) return [child];
    const alt = altOf(child);
    if (alt === "") return [];
    const isAlone =
      isEdge(children.slice(Math.max(0, index - REACH), index).toReversed(), "before") &&
      isEdge(children.slice(index + 1, index + 1 + REACH), "after");
    return isAlone
      ? [{ type: "image", url: "", alt }]
      : [{ type: "text", value: textOfImage(alt, children, index) }];
  });
}

function isPicture(node: Nodes): node is Image | ImageReference {
  return node.type === "image" || node.type === "imageReference";
}

/** Whether nothing is shown between an image and the edge of its line. */
function isEdge(beside: readonly PhrasingContent[], side: "before" | "after"): boolean {
  for (const node of beside) {
    if (isPicture(node) || node.type === "html") continue;
    if (node.type === "break") return true;
    if (node.type !== "text") return false;
    const line = side === "before" ? node.value.split("\n").at(-1) : node.value.split("\n")[0];
    if (line?.trim()) return false;
    if (node.value.includes("\n")) return true;
  }
  return true;
}

/** Within a sentence, "Choose [Lightbulb that opens the Tell Me feature], enter …". A name of a few words reads well without the brackets. */
export function textOfImage(alt: string, siblings: readonly Nodes[], index: number): string {
  const [before, after] = [siblings[index - 1], siblings[index + 1]];
  const isWithin =
    (before?.type === "text" && /\S[ \t]*$/.test(before.value.slice(-20))) ||
    (after?.type === "text" && /^[ \t]*\S/.test(after.value.slice(0, 20)));
  if (!isWithin || alt.trim().split(/\s+/).length <= MAX_NAME) return alt;
  return `[${alt.trim().replace(/[.!?]$/, "")}]`;
}
