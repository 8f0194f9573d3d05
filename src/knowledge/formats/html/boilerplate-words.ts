import type { Element } from "hast";
import { EXIT, visit } from "unist-util-visit";
import { classesOf, roleOf } from "./html-measure.ts";

/** Words in class names; a sign beside others. Ids are not compared, because an id is often made from a heading's text. */
const BOILERPLATE_CLASSES = new Set(
  (
    "cookie cookies consent gdpr breadcrumb breadcrumbs share sharing social related recommended helpful vote votes voting " +
    "feedback newsletter subscribe pagination pager sidebar toc comments advertisement navbar navigation nav popup"
  ).split(" "),
);
const REPLY_CLASSES = new Set("reply author avatar commenter respond".split(" "));
const MAX_COMMENT_NODES = 200;
const RELATED_CLASSES = new Set("related recommended sidebar".split(" "));
/** An `<aside>` with one of these classes belongs to the article. */
const CALLOUT =
  /\b(?:note|tip|hint|info|important|warning|caution|danger|alert|callout|admonition)/i;
/** "Was this article helpful?" and the like, which help centres put below an article without a class name that says so. */
export const ASKS_OPINION =
  /^(?:was|did|is|do) (?:this|you) (?:article|page|answer|information|find this)[^.!?]{0,40}(?:helpful|useful|help|answer|solve)[^.!?]{0,20}\?(?:\s*(?:yes|no))*$|^(?:did|does) (?:this|you) (?:answer|solve|help|find)[^.!?]{0,40}\?(?:\s*(?:yes|no))*$|^\d+ out of \d+ found this helpful$|^(?:skip to (?:main )?content|back to top|return to top|edit (?:this page|on github))$/i;

export function isSaidToBeBoilerplate(element: Element): boolean {
  return classWords(element).some((word) => BOILERPLATE_CLASSES.has(word));
}

export function isSaidToBeRelated(element: Element): boolean {
  return classWords(element).some((word) => RELATED_CLASSES.has(word));
}

export function isSaidToBeTrail(element: Element): boolean {
  return classWords(element).some((word) =>
    /^(?:breadcrumbs?|nav|navigation|pager|footer)$/.test(word),
  );
}

/** What readers wrote below a page: it says so, and each comment can be replied to. */
export function isUserComments(element: Element): boolean {
  if (!classWords(element).some((word) => /^comments?$/.test(word))) return false;
  let nodes = 0;
  let found = false;
  visit(element, "element", (node) => {
    nodes += 1;
    found ||= node !== element && classWords(node).some((word) => REPLY_CLASSES.has(word));
    return found || nodes > MAX_COMMENT_NODES ? EXIT : undefined;
  });
  return found;
}

export function isCallout(element: Element): boolean {
  return CALLOUT.test(`${classesOf(element).join(" ")} ${roleOf(element)}`);
}

function classWords(element: Element): string[] {
  return classesOf(element)
    .join(" ")
    .replace(/([a-z])([A-Z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^a-z]+/);
}
