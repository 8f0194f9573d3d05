import type { Nodes, Parents } from "hast";
import { INLINE, isButton, isElement, isHeading, type Survey } from "./html-measure.ts";

/** Elements in which a button's words are text wherever they stand: "Save: keeps your changes" in a list or table. */
const TEXT = /^(?:p|li|td|th|dt|dd|h[1-6]|caption|label|legend|figcaption|summary|blockquote)$/;

/** Keeps the words of buttons that stand in a sentence ("Click Save to …") and leaves out the buttons that a page shows to be clicked. */
export function keepInlineControls(node: Parents, children: Nodes[], survey: Survey): Nodes[] {
  if (!children.some((child) => isElement(child) && isPlainButton(child, survey))) return children;
  if (isWithinText(node, survey)) return children;
  const kept: Nodes[] = [];
  let line: Nodes[] = [];
  const endLine = (): void => {
    const isSentence = line.some((one) => !isPlainButton(one, survey) && survey.of(one).words > 0);
    for (const one of line) if (isSentence || !isPlainButton(one, survey)) kept.push(one);
    line = [];
  };
  for (const child of children) {
    if (!isElement(child) || INLINE.has(child.tagName) || isPlainButton(child, survey))
      line.push(child);
    else {
      endLine();
      kept.push(child);
    }
  }
  endLine();
  return kept;
}

function isWithinText(node: Nodes, survey: Survey): boolean {
  let around: Nodes | undefined = node;
  for (let level = 0; level < 3 && around && isElement(around); level++) {
    if (TEXT.test(around.tagName) || (level === 0 && INLINE.has(around.tagName))) return true;
    around = survey.parents.get(around);
  }
  return false;
}

/** A button; not one that unfolds an answer, or that holds a heading. */
function isPlainButton(node: Nodes, survey: Survey): boolean {
  return (
    isElement(node) &&
    isButton(node) &&
    !isHeading(node) &&
    survey.of(node).headings === 0 &&
    node.properties.ariaControls === undefined &&
    node.properties.ariaExpanded === undefined
  );
}
