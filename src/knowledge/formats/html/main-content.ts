import type { Element, ElementContent, Nodes, Parents, Root } from "hast";
import type { Steps } from "../../../runtime/steps.ts";
import { reasonInside, reasonOutside, type Reason } from "./boilerplate-reasons.ts";
import { ASKS_OPINION } from "./boilerplate-words.ts";
import { isElement, isHeading, type Measure, Survey, wordsOf } from "./html-measure.ts";
import { keepInlineControls } from "./inline-controls.ts";
import { landmarkOf, landmarkReason } from "./landmarks.ts";
import { leaveOut, type LeftOut } from "./left-out.ts";
import { findContainers, holdsFirstHeading } from "./main-containers.ts";

/**
 * Keeps of a page what is its article: the main content, and what outside of it is prose. Structure decides: landmarks, the share of
 * links, form fields, the place. A class name alone removes nothing. An element with more than half of the text stays: there, a rule has
 * mistaken the article for boilerplate (a whole page in one `<form>`).
 */
export function* keepMainContent(page: Root, leftOut: LeftOut[]): Steps<void> {
  const survey = new Survey(page);
  yield;
  const filter = new ContentFilter(page, survey, leftOut);
  yield;
  filter.keep(page, filter.isWholePage);
}

class ContentFilter {
  private readonly survey: Survey;
  private readonly leftOut: LeftOut[];
  private readonly half: number;
  /** The main content, and what is around it. */
  private readonly containers: Set<Nodes>;
  private readonly around = new Set<Nodes>();
  private readonly isMarked: boolean;
  /** Nothing says where the article is. Its landmarks are those of the site. */
  readonly isWholePage: boolean;
  private readonly hasOwnTitle: boolean;
  private hasHeading = false;

  constructor(page: Root, survey: Survey, leftOut: LeftOut[]) {
    this.survey = survey;
    this.leftOut = leftOut;
    const { nodes, isMarked } = findContainers(page, survey);
    this.containers = new Set(nodes);
    this.isMarked = isMarked;
    this.isWholePage = nodes.every(
      (node) => !isElement(node) || /^(?:body|html)$/.test(node.tagName),
    );
    const words = nodes.reduce((sum, node) => sum + survey.of(node).words, 0);
    const inMenus = isMarked
      ? survey.elements.filter((one) => this.isMenu(one) && this.isInArticle(one))
      : [];
    this.half = (words - inMenus.reduce((sum, one) => sum + survey.of(one).words, 0)) / 2;
    this.hasOwnTitle = nodes.some((node) => isMarked && holdsFirstHeading(node));
    for (const container of nodes)
      for (let node = survey.parents.get(container); node; node = survey.parents.get(node))
        this.around.add(node);
  }

  /** @returns whether anything of the node's text or images is kept */
  keep(node: Parents, isInside: boolean): boolean {
    const kept: Nodes[] = [];
    let isEmpty = true;
    for (const child of node.children) {
      if (!isElement(child)) {
        if (child.type === "text" && child.value.trim()) isEmpty = false;
        kept.push(child);
        continue;
      }
      const isWithin = isInside || this.containers.has(child);
      const isJudged = !this.containers.has(child) && !this.around.has(child);
      const reason = isJudged ? this.reasonToDrop(child, isInside) : undefined;
      if (reason) {
        leaveOut(this.leftOut, reason, child, this.survey.of(child));
        continue;
      }
      if (isHeading(child)) this.hasHeading = true;
      const isKept = this.keep(child, isWithin) || child.tagName === "img";
      if (isKept) isEmpty = false;
      // An item whose links were left out.
      if (isKept || child.tagName !== "li" || this.survey.of(child).words === 0) kept.push(child);
    }
    node.children = keepInlineControls(node, kept, this.survey) as ElementContent[];
    return !isEmpty;
  }

  private reasonToDrop(element: Element, isInside: boolean): Reason | undefined {
    const measure = this.survey.of(element);
    if (measure.words === 0) return undefined;
    if (asksOpinion(element, measure)) return "feedback";
    const mayBeArticle = (isInside || !this.isMarked) && !this.isMenu(element);
    if (mayBeArticle && measure.words > this.half) return undefined;
    const isOwn = isInside && !(this.isWholePage && this.isOfPage(element));
    const { survey, isMarked, hasOwnTitle } = this;
    const around = { survey, isInside: isOwn, isMarked, hasOwnTitle };
    const landmark = landmarkReason(element, measure, around);
    if (landmark !== undefined) return landmark === "keep" ? undefined : landmark;
    return isInside
      ? reasonInside(element, measure, !this.hasHeading)
      : reasonOutside(element, measure, isMarked);
  }

  /** Navigation whose words stand in links: no rule mistakes the article for it. */
  private isMenu(element: Element): boolean {
    const { words, linked } = this.survey.of(element);
    return landmarkOf(element) === "nav" && linked > words / 2;
  }

  /** Whether it stands in the main content, and in no other menu. */
  private isInArticle(menu: Element): boolean {
    for (let node = this.survey.parents.get(menu); node; node = this.survey.parents.get(node)) {
      if (this.containers.has(node)) return true;
      if (isElement(node) && this.isMenu(node)) return false;
    }
    return false;
  }

  /** Directly in the page, or in elements that do no more than wrap it. */
  private isOfPage(element: Element): boolean {
    const parent = this.survey.parents.get(element);
    if (!parent || !isElement(parent) || /^(?:body|html)$/.test(parent.tagName)) return true;
    return this.survey.of(parent).words > 1.8 * this.half;
  }
}

function asksOpinion(element: Element, { letters }: Measure): boolean {
  if (letters === 0 || letters >= 170 || !/^(?:div|section|p|span|h[1-6]|a)$/.test(element.tagName))
    return false;
  return ASKS_OPINION.test(wordsOf(element, 200));
}
