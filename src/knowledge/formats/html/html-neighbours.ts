import type { Element, Nodes } from "hast";
import { ASKS_OPINION } from "./boilerplate-words.ts";
import {
  classesOf,
  isControl,
  isElement,
  isHeading,
  leadsNowhere,
  roleOf,
  type Measure,
  wordsOf,
} from "./html-measure.ts";
import {
  labelsSwitch,
  MAX_LABEL,
  MAX_LABEL_WORDS,
  pair,
  PANEL_CLASS,
  type PanelSearch,
} from "./panel-search.ts";

/** In words. Less is a message or a piece of an interface. */
const LEAST_TEXT = 5;
const LEAST_WITHOUT_SIGN = 8;

/**
 * Hidden elements that nothing names: a control, a heading or a question beside them says what they are. In a row of such pairs every
 * hidden element is an answer; one that stands alone needs a control.
 */
export function hiddenNeighbours(search: PanelSearch): void {
  const { survey, hidden, revealed } = search;
  const kinds = new Map<string, number>();
  const found: Element[] = [];
  for (const element of survey.elements) {
    const isFolded = element.properties.isConditional === true || isSwitched(search, element);
    if (revealed.has(element) || !(isFolded || hidden.has(element))) continue;
    if (hidden.get(element) === "reader" || survey.of(element).words === 0) continue;
    found.push(element);
    const kind = kindOf(search, element);
    if (before(search, element)) kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  }
  for (const element of found)
    reveal(search, element, (kinds.get(kindOf(search, element)) ?? 0) > 1);
}

/** Behind a control, and called a panel, or behind `<input type="checkbox"><label for=…>`: the style sheet may be another file's. */
function isSwitched(search: PanelSearch, element: Element): boolean {
  if (!/^(?:div|section|article|p)$/.test(element.tagName)) return false;
  const label = before(search, element);
  // Without `aria-controls`, the panel is what follows.
  const isExpander =
    label?.properties.ariaExpanded !== undefined && label.properties.ariaControls === undefined;
  if (isExpander) return true;
  const isPanel = classesOf(element).some((name) => PANEL_CLASS.test(name));
  if (label && isPanel && isControl(label) && opens(search, label)) return true;
  return label?.tagName === "label" && labelsSwitch(search, label);
}

function kindOf({ survey }: PanelSearch, element: Element): string {
  const parent = survey.parents.get(element);
  const around = parent && isElement(parent) ? signature(parent) : "";
  return `${around}>${signature(element)}`;
}

function signature(element: Element): string {
  return `${element.tagName}.${classesOf(element).slice(0, 5).join(".")}`;
}

function reveal(search: PanelSearch, element: Element, isRepeated: boolean): void {
  const { survey, hidden, revealed, styles } = search;
  const label = before(search, element);
  const { words } = survey.of(element);
  const isShort = label !== undefined && survey.of(label).words <= MAX_LABEL_WORDS;
  const isOpened = label !== undefined && isShort && opens(search, label);
  const parent = survey.parents.get(element);
  const isInControl =
    parent !== undefined && isElement(parent) && parent.properties.isClickable === true;
  const after = next(search, element);
  if (label && ASKS_OPINION.test(wordsOf(label, 200))) return;
  const isNamed = isSaidToOpen(search, element);
  if (roleOf(element) === "tabpanel" || roleOf(element) === "tooltip") {
    revealed.add(element);
    const name = (element.properties.ariaLabel ?? "").trim().slice(0, MAX_LABEL);
    if (name) search.labels.set(element, name);
  }
  if (isShort && (isOpened || isInControl || isRepeated || (isNamed && isQuestion(label)))) {
    if (!search.paired.has(label)) pair(search, label, element);
    else revealed.add(element);
  } else if (
    hidden.get(element) === "state"
      ? words >= LEAST_WITHOUT_SIGN
      : (after !== undefined && opens(search, after)) ||
        (words >= LEAST_TEXT && (isNamed || styles.shows(element))) ||
        isOneOfSeveral(search, element)
  )
    revealed.add(element);
}

function isQuestion(label: Element): boolean {
  return isHeading(label) || /^(?:dt|summary|strong|b)$/.test(label.tagName);
}

function isSaidToOpen({ scripted }: PanelSearch, element: Element): boolean {
  const names = classesOf(element);
  const { id } = element.properties;
  return (
    (id !== undefined && scripted.has(id)) ||
    names.some((name) => scripted.has(name) || PANEL_CLASS.test(name))
  );
}

function opens({ survey }: PanelSearch, element: Element): boolean {
  const { buttons, words }: Measure = survey.of(element);
  return (buttons > 0 || isControl(element) || leadsNowhere(element)) && words <= MAX_LABEL_WORDS;
}

/** A slide or step among others that are seen, with a control beside them. */
function isOneOfSeveral({ survey, hidden }: PanelSearch, element: Element): boolean {
  const parent = survey.parents.get(element);
  if (!parent || !isElement(parent) || classesOf(element).length === 0) return false;
  const around = survey.parents.get(parent);
  if (survey.of(parent).buttons === 0 && (!around || survey.of(around).buttons === 0)) return false;
  const { index } = survey.of(element);
  return parent.children
    .slice(Math.max(0, index - 20), index + 20)
    .some(
      (one) =>
        isElement(one) &&
        one !== element &&
        one.tagName === element.tagName &&
        !hidden.has(one) &&
        classesOf(one).some((name) => classesOf(element).includes(name)) &&
        !/^(?:p|span|li|a)$/.test(one.tagName),
    );
}

/** The element in front, if nothing else that is seen stands between. */
function before(search: PanelSearch, element: Element): Element | undefined {
  return beside(search, element, -1);
}

function next(search: PanelSearch, element: Element): Element | undefined {
  const own = beside(search, element, 1);
  const parent = search.survey.parents.get(element);
  if (own || !parent || !isElement(parent)) return own;
  return beside(search, parent, 1);
}

function beside(
  { survey, hidden }: PanelSearch,
  element: Element,
  step: 1 | -1,
): Element | undefined {
  const parent = survey.parents.get(element);
  if (!parent) return undefined;
  const { index } = survey.of(element);
  const siblings: Nodes[] = parent.children;
  for (let at = index + step; Math.abs(at - index) < 8; at += step) {
    const one = siblings[at];
    if (!one) return undefined;
    if (!isElement(one)) {
      if (survey.of(one).words > 0) return undefined;
    } else if (survey.of(one).words > 0 || isControl(one))
      return hidden.get(one) === "style" ? undefined : one;
  }
  return undefined;
}
