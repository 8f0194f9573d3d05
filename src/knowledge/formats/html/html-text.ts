import type { Element, ElementContent } from "hast";
import { WITHOUT_TEXT } from "./html-measure.ts";

/** Elements that are not written: those without text, and form fields and closed dialogs. */
export const NO_TEXT = new Set([...WITHOUT_TEXT, "input", "dialog"]);

const SUPERSCRIPT_DIGITS = "⁰¹²³⁴⁵⁶⁷⁸⁹";
/** A superscript is no longer. */
const MAX_RAISED = 10;

/** The text of a superscript number, also within a link: `$19<sup>99</sup>` must not become $1999. */
export function raised(sup: Element): string | undefined {
  const text = shortText(sup.children).trim();
  if (!/^[[(]?\d+[\])]?$/.test(text) || text.length > MAX_RAISED) return undefined;
  return text
    .replace(/\d/g, (digit) => SUPERSCRIPT_DIGITS[Number(digit)] ?? digit)
    .replace(/[[\]()]/g, "");
}

function shortText(children: ElementContent[]): string {
  return children
    .slice(0, 3)
    .map((child) => {
      if (child.type === "text") return child.value.slice(0, MAX_RAISED + 1);
      return child.type === "element" ? shortText(child.children) : "";
    })
    .join("");
}
