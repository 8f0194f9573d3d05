import type { Element, ElementContent, Nodes, Parents, Root } from "hast";
import { EXIT, SKIP, visit } from "unist-util-visit";

/** Elements that repeat on every page of a site, and form controls. */
const BOILERPLATE = new Set(
  "nav header footer aside form button input select textarea dialog".split(" "),
);
const BOILERPLATE_ROLES = new Set(
  "navigation banner contentinfo complementary search dialog alertdialog".split(" "),
);
/** Words in class names. Ids are not compared, because an id is often made from a heading's text. */
const BOILERPLATE_CLASSES = new Set(
  (
    "cookie cookies consent gdpr breadcrumb breadcrumbs share sharing social related recommended helpful vote votes voting " +
    "feedback newsletter subscribe pagination pager sidebar toc comments advertisement navbar navigation nav popup"
  ).split(" "),
);
/** An `<aside>` with one of these classes belongs to the article. */
const CALLOUT =
  /\b(?:note|tip|hint|info|important|warning|caution|danger|alert|callout|admonition)/i;
const NEVER_BOILERPLATE = /^(?:html|body|main|article|h[1-6]|p|li|td|th|tr|tbody|table|pre|code)$/;
/** "Was this article helpful?" and the like, which help centres put below an article without a class name that says so. */
const ASKS_OPINION =
  /^(?:was|did|is|do) (?:this|you) (?:article|page|answer|information|find this)[^.!?]{0,40}(?:helpful|useful|help|answer)[^.!?]{0,20}\?(?:\s*(?:yes|no))*$|^\d+ out of \d+ found this helpful$|^(?:skip to (?:main )?content|back to top|return to top)$/i;

/** The page's only `<main>`, or else its only `<article>`; the whole page if there is none or it has no text. */
export function mainContent(page: Root): Root | Element {
  const mains: Element[] = [];
  const articles: Element[] = [];
  visit(page, "element", (node) => {
    if (node.tagName === "main" || node.properties.role === "main") mains.push(node);
    if (node.tagName !== "article") return undefined;
    articles.push(node);
    return SKIP;
  });
  const marked = mains.length === 1 ? mains : articles.length === 1 ? articles : [];
  return marked.find((node) => textOf(node).trim() !== "") ?? page;
}

/**
 * Removes from the main content what is not the article. An element with more than half of the text stays: there, a rule has
 * mistaken the article for boilerplate (a whole page in one `<form>`, a theme with "sidebar" in every class).
 */
export function dropBoilerplate(main: Root | Element): void {
  const lengths = new Map<Nodes, number>();
  const half = measureText(main, lengths) / 2;
  const isArticle = main.type === "element";
  const foldable = idsThatButtonsShow(main);
  const isDropped = (node: Nodes): boolean =>
    node.type === "element" &&
    (lengths.get(node) ?? 0) <= half &&
    ((isHidden(node) && !foldable.has(String(node.properties.id))) ||
      isBoilerplate(node, isArticle) ||
      asksOpinion(node, lengths.get(node) ?? 0));
  dropChildren(main, isDropped);
}

function dropChildren(node: Parents, isDropped: (node: Nodes) => boolean): void {
  node.children = (node.children as ElementContent[]).filter((child) => !isDropped(child));
  for (const child of node.children) if (child.type === "element") dropChildren(child, isDropped);
}

/** Notes for a node and all in it how long its text is. One pass: an element's text would be read again for each element around it. */
function measureText(node: Nodes, lengths: Map<Nodes, number>): number {
  let length = node.type === "text" ? node.value.length : 0;
  if ("children" in node && !isWithoutText(node))
    for (const child of node.children) length += measureText(child, lengths);
  lengths.set(node, length);
  return length;
}

function isBoilerplate(node: Element, isArticle: boolean): boolean {
  const { tagName, properties } = node;
  const classes = Array.isArray(properties.className) ? properties.className.join(" ") : "";
  // An article's header holds its title and lead. An aside may be a warning. A button may be a question that unfolds its answer.
  if (tagName === "header" && isArticle) return false;
  if (tagName === "aside" && CALLOUT.test(`${classes} ${properties.role ?? ""}`)) return false;
  if (tagName === "button")
    return properties.ariaControls === undefined && properties.ariaExpanded === undefined;
  if (BOILERPLATE.has(tagName) || BOILERPLATE_ROLES.has(String(properties.role))) return true;
  if (NEVER_BOILERPLATE.test(tagName)) return false;
  return wordsOf(classes).some((word) => BOILERPLATE_CLASSES.has(word));
}

function wordsOf(classes: string): string[] {
  return classes
    .replace(/([a-z])([A-Z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^a-z]+/);
}

function isHidden({ properties }: Element): boolean {
  return (
    properties.hidden === true ||
    properties.ariaHidden === "true" ||
    /display\s*:\s*none/i.test(properties.style ?? "")
  );
}

/** The ids of hidden elements that belong to the article, such as the folded answers of an accordion. */
function idsThatButtonsShow(main: Root | Element): Set<string> {
  const ids = new Set<string>();
  visit(main as Nodes, "element", ({ properties }) => {
    for (const id of String(properties.ariaControls ?? "").split(/\s+/)) ids.add(id);
    if (properties.role === "tabpanel" || properties.role === "region")
      ids.add(String(properties.id));
  });
  ids.delete("");
  ids.delete("undefined");
  return ids;
}

/** A few words never need more nodes than this. */
const MAX_PHRASE_NODES = 500;

function asksOpinion(node: Element, length: number): boolean {
  if (length === 0 || length >= 200 || !/^(?:div|section|p|span|h[1-6]|a)$/.test(node.tagName))
    return false;
  return ASKS_OPINION.test(textOf(node, MAX_PHRASE_NODES).replace(/\s+/g, " ").trim());
}

function textOf(node: Nodes, nodes = Number.POSITIVE_INFINITY): string {
  const texts: string[] = [];
  let visited = 0;
  visit(node, (child) => {
    if (isWithoutText(child)) return SKIP;
    if (child.type === "text") texts.push(child.value);
    visited += 1;
    return visited >= nodes ? EXIT : undefined;
  });
  return texts.join("");
}

function isWithoutText(node: Nodes): boolean {
  return node.type === "element" && /^(?:script|style|svg|noscript|template)$/.test(node.tagName);
}
