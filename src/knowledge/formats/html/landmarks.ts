import type { Element } from "hast";
import { isCallout } from "./boilerplate-words.ts";
import { isCopyright, LEAST_PROSE, type Reason } from "./boilerplate-reasons.ts";
import {
  isControl,
  isElement,
  type Measure,
  roleOf,
  type Survey,
  wordsOf,
} from "./html-measure.ts";

/** An aside or footer of the article with fewer words outside of links says nothing. */
const LEAST_FACTS = 4;
const LANDMARK_ROLES: Record<string, string> = {
  navigation: "nav",
  banner: "header",
  contentinfo: "footer",
  complementary: "aside",
  search: "search",
  dialog: "dialog",
  alertdialog: "dialog",
};

export function landmarkOf(element: Element): string {
  return LANDMARK_ROLES[roleOf(element)] ?? element.tagName;
}

/** What a landmark is judged by beside its own text. */
export interface Around {
  survey: Survey;
  /** The landmark is a part of the article. */
  isInside: boolean;
  /** The page marks its article. */
  isMarked: boolean;
  /** The article that it marks holds a heading of the first level. */
  hasOwnTitle: boolean;
}

/** Whether a landmark is kept, or why not; undefined for an element that is no landmark. */
export function landmarkReason(
  element: Element,
  measure: Measure,
  { survey, isInside, isMarked, hasOwnTitle }: Around,
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
      return (!hasOwnTitle && holdsTitle(survey, element)) ||
        (!isMarked && isProse(LEAST_PROSE, 0.3))
        ? "keep"
        : "header";
    case "footer":
      return isInside && hasFacts && !isCopyright(element, words) ? "keep" : "footer";
    case "aside":
      if (isInside && isCallout(element)) return "keep";
      return (isInside ? hasFacts : isProse(LEAST_PROSE, 0.5) && !isMarked) ? "keep" : "aside";
    case "form":
      if (fields === 0 && isInside) return "keep";
      return proseOfForm(survey, element) >= LEAST_PROSE * (1 + fields) && isInside
        ? "keep"
        : "form";
    default:
      return undefined;
  }
}

/** A heading of the first level that is no link to the start page. */
function holdsTitle(survey: Survey, element: Element): boolean {
  const { words, linked } = survey.of(element);
  if (words === 0) return false;
  for (const child of element.children.slice(0, 50)) {
    if (!isElement(child)) continue;
    const measure = survey.of(child);
    if (child.tagName === "h1" && measure.linked === 0 && words - linked >= measure.words)
      return measure.words > 0;
    if (measure.headings > 0 && holdsTitle(survey, child)) return true;
  }
  return false;
}

/** Words outside of links and of the names of fields. */
function proseOfForm(survey: Survey, form: Element): number {
  let labels = 0;
  const read = (node: Element): void => {
    for (const child of node.children) {
      if (!isElement(child)) continue;
      const isName = child.tagName === "label" || (child.tagName === "legend" && !isControl(child));
      if (isName) labels += survey.of(child).words;
      else read(child);
    }
  };
  read(form);
  const { words, linked } = survey.of(form);
  return words - linked - labels;
}
