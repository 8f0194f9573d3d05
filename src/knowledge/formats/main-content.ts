import type { Element, ElementContent, Nodes, Parents, Root } from "hast";
import { EXIT, visit } from "unist-util-visit";
import type { Steps } from "../../runtime/steps.ts";
import {
  isControl,
  isElement,
  isHeading,
  type Measure,
  roleOf,
  Survey,
  wordsOf,
} from "./html-measure.ts";
import { keepInlineControls } from "./inline-controls.ts";
import { leaveOut, type LeftOut } from "./left-out.ts";
import {
  ASKS_OPINION,
  isCallout,
  isSaidToBeBoilerplate,
  isSaidToBeRelated,
  isSaidToBeTrail,
  isUserComments,
} from "./boilerplate-words.ts";

/** A part of the page with so few words says nothing by itself. In words, as the rest. */
const LEAST_FACTS = 4;
const LEAST_PROSE = 12;
const MOST_BANNER = 60;

type Reason = LeftOut["reason"];

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
    const landmark = this.landmarkReason(element, measure, isOwn);
    if (landmark !== undefined) return landmark === "keep" ? undefined : landmark;
    return isInside ? this.reasonInside(element, measure) : this.reasonOutside(element, measure);
  }

  private landmarkReason(
    element: Element,
    measure: Measure,
    isInside: boolean,
  ): Reason | "keep" | undefined {
    const { words, linked, fields } = measure;
    const prose = words - linked;
    const isProse = (least: number, share: number): boolean =>
      prose >= least && linked <= share * words;
    const hasFacts =
      isProse(LEAST_FACTS, 0.5) || (isProse(1, 0.5) && /\d/.test(wordsOf(element, 300)));
    switch (landmarkOf(element)) {
      case "nav":
        return isInside && isProse(LEAST_PROSE, 0.5) ? "keep" : "navigation";
      case "search":
        return "form";
      case "dialog":
        return isInside && isProse(LEAST_PROSE, 0.5) ? "keep" : "outside";
      case "header":
        if (isInside) return "keep";
        return (!this.hasOwnTitle && this.holdsTitle(element)) ||
          (!this.isMarked && isProse(LEAST_PROSE, 0.3))
          ? "keep"
          : "header";
      case "footer":
        return isInside && hasFacts && !isCopyright(element, words) ? "keep" : "footer";
      case "aside":
        if (isInside && isCallout(element)) return "keep";
        return (isInside ? hasFacts : isProse(LEAST_PROSE, 0.5) && !this.isMarked)
          ? "keep"
          : "aside";
      case "form":
        if (fields === 0 && isInside) return "keep";
        return this.proseOfForm(element) >= LEAST_PROSE * (1 + fields) && isInside
          ? "keep"
          : "form";
      default:
        return undefined;
    }
  }

  private reasonInside(element: Element, measure: Measure): Reason | undefined {
    const { words, linked, headings, fields, buttons } = measure;
    if (!GROUP.test(element.tagName) || words === headings) return undefined;
    if (words < LEAST_PROSE && isCopyright(element, words)) return "footer";
    if (linked === words && isSaidToBeTrail(element)) return "navigation";
    if (!isSaidToBeBoilerplate(element)) return undefined;
    const said = words - headings;
    const share = isSaidToBeRelated(element) ? 0.3 : 0.5;
    if (linked > 0 && linked >= share * said) return "navigation";
    if (fields > 0 && said - linked < 3 * LEAST_PROSE) return "form";
    if (buttons > 1 && said - linked < LEAST_PROSE) return "outside";
    if (isUserComments(element)) return "comments";
    // A trail of the pages above the article.
    const isTrail =
      isSaidToBeTrail(element) &&
      headings === 0 &&
      words < LEAST_PROSE &&
      (linked > 0 || !this.hasHeading);
    return isTrail ? "navigation" : undefined;
  }

  private reasonOutside(
    element: Element,
    { words, linked, headings, fields, buttons }: Measure,
  ): Reason | undefined {
    const prose = words - linked;
    const isSaid = isSaidToBeBoilerplate(element);
    const isGroup = GROUP.test(element.tagName);
    if (this.isMarked && !isGroup && linked === words) return "navigation";
    if (!isGroup) return undefined;
    if (linked >= 0.5 * (words - headings) && linked > 0) return "navigation";
    if (isSaid && (words <= MOST_BANNER || linked >= 0.2 * words || fields + buttons > 0))
      return "outside";
    if (fields > 0 && prose < MOST_BANNER) return "form";
    if (buttons > 0 && words <= MOST_BANNER) return "outside";
    if (this.isMarked && prose < LEAST_PROSE && headings === 0) return "outside";
    return undefined;
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

  /** A heading of the first level that is no link to the start page. */
  private holdsTitle(element: Element): boolean {
    const { words, linked } = this.survey.of(element);
    if (words === 0) return false;
    for (const child of element.children.slice(0, 50)) {
      if (!isElement(child)) continue;
      const measure = this.survey.of(child);
      if (child.tagName === "h1" && measure.linked === 0 && words - linked >= measure.words)
        return measure.words > 0;
      if (measure.headings > 0 && this.holdsTitle(child)) return true;
    }
    return false;
  }

  private proseOfForm(form: Element): number {
    let labels = 0;
    const read = (node: Element): void => {
      for (const child of node.children) {
        if (!isElement(child)) continue;
        if (/^(?:label|legend)$/.test(child.tagName) && !isControl(child))
          labels += this.survey.of(child).words;
        else if (child.tagName === "label") labels += this.survey.of(child).words;
        else read(child);
      }
    };
    read(form);
    const { words, linked } = this.survey.of(form);
    return words - linked - labels;
  }
}

/** Elements that group others. What stands in a paragraph or list stays with it. */
const GROUP = /^(?:div|section|article|ul|ol|dl|table|fieldset|center|figure)$/;
const LANDMARK_ROLES: Record<string, string> = {
  navigation: "nav",
  banner: "header",
  contentinfo: "footer",
  complementary: "aside",
  search: "search",
  dialog: "dialog",
  alertdialog: "dialog",
};

function landmarkOf(element: Element): string {
  return LANDMARK_ROLES[roleOf(element)] ?? element.tagName;
}

function isCopyright(element: Element, words: number): boolean {
  return words < 25 && /^(?:©|\(c\)|copyright\b)|all rights reserved/i.test(wordsOf(element, 300));
}

function asksOpinion(element: Element, { letters }: Measure): boolean {
  if (letters === 0 || letters >= 170 || !/^(?:div|section|p|span|h[1-6]|a)$/.test(element.tagName))
    return false;
  return ASKS_OPINION.test(wordsOf(element, 200));
}

/** The elements that hold the article: marked as such, or found by the page's title and where most of the prose is. */
function findContainers(page: Root, survey: Survey): { nodes: Nodes[]; isMarked: boolean } {
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

function holdsFirstHeading(node: Nodes): boolean {
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
