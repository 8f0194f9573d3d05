import type { Element, Nodes, Root } from "hast";
import { EXIT, visit } from "unist-util-visit";
import { isElement, roleOf, type Survey } from "./html-measure.ts";

/** The elements that hold the article: marked as such, or found by the page's title and where most of the prose is. */
export function findContainers(page: Root, survey: Survey): { nodes: Nodes[]; isMarked: boolean } {
  const isOutermost = (one: Element): boolean => {
    for (let node = survey.parents.get(one); node; node = survey.parents.get(node))
      if (isElement(node) && (isMain(node) || node.tagName === "article")) return false;
    return survey.of(one).words > 0;
  };
  const mains = survey.elements.filter((one) => isMain(one) && isOutermost(one));
  if (mains.length > 0) return { nodes: mains, isMarked: true };
  const articles = survey.elements.filter((one) => one.tagName === "article" && isOutermost(one));
  const all = proseOf(survey, page);
  const inArticles = articles.reduce((sum, one) => sum + proseOf(survey, one), 0);
  if (articles.length > 0 && inArticles >= all / 2) return { nodes: articles, isMarked: true };
  return { nodes: [aroundTitle(page, survey, all)], isMarked: false };
}

export function holdsFirstHeading(node: Nodes): boolean {
  let found = false;
  visit(node, "element", ({ tagName }) => {
    found ||= tagName === "h1";
    return found ? EXIT : undefined;
  });
  return found;
}

function isMain(element: Element): boolean {
  return element.tagName === "main" || roleOf(element) === "main";
}

function proseOf(survey: Survey, node: Nodes): number {
  const { words, linked } = survey.of(node);
  return words - linked;
}

/** The smallest element around the first title with most of the page's prose. */
function aroundTitle(page: Root, survey: Survey, all: number): Nodes {
  const title = survey.elements.find(
    (one) => one.tagName === "h1" && survey.of(one).words > survey.of(one).linked,
  );
  for (let node: Nodes | undefined = title; node; node = survey.parents.get(node))
    if (proseOf(survey, node) >= 0.7 * all && node !== title) return node;
  return page;
}
