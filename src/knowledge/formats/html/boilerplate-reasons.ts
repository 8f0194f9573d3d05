import type { Element } from "hast";
import {
  isSaidToBeBoilerplate,
  isSaidToBeRelated,
  isSaidToBeTrail,
  isUserComments,
} from "./boilerplate-words.ts";
import { type Measure, wordsOf } from "./html-measure.ts";
import type { LeftOut } from "./left-out.ts";

/** A part with fewer words outside of links says nothing by itself. */
export const LEAST_PROSE = 12;
/** In words. A banner for cookies or a newsletter has no more. */
const MOST_BANNER = 60;

export type Reason = LeftOut["reason"];

/** Elements that group others. What stands in a paragraph or list stays with it. */
const GROUP = /^(?:div|section|article|ul|ol|dl|table|fieldset|center|figure)$/;

/**
 * Why a part of the article, which is no landmark, is no content. Only what a class name says to be boilerplate is looked at.
 * @param isAboveHeading no heading stands above it
 */
export function reasonInside(
  element: Element,
  measure: Measure,
  isAboveHeading: boolean,
): Reason | undefined {
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
    (linked > 0 || isAboveHeading);
  return isTrail ? "navigation" : undefined;
}

/**
 * Why a part outside of the article, which is no landmark, is no content.
 * @param isMarked the page marks its article
 */
export function reasonOutside(
  element: Element,
  { words, linked, headings, fields, buttons }: Measure,
  isMarked: boolean,
): Reason | undefined {
  const prose = words - linked;
  const isSaid = isSaidToBeBoilerplate(element);
  const isGroup = GROUP.test(element.tagName);
  if (isMarked && !isGroup && linked === words) return "navigation";
  if (!isGroup) return undefined;
  if (linked >= 0.5 * (words - headings) && linked > 0) return "navigation";
  if (isSaid && (words <= MOST_BANNER || linked >= 0.2 * words || fields + buttons > 0))
    return "outside";
  if (fields > 0 && prose < MOST_BANNER) return "form";
  if (buttons > 0 && words <= MOST_BANNER) return "outside";
  if (isMarked && prose < LEAST_PROSE && headings === 0) return "outside";
  return undefined;
}

export function isCopyright(element: Element, words: number): boolean {
  return words < 25 && /^(?:©|\(c\)|copyright\b)|all rights reserved/i.test(wordsOf(element, 300));
}
