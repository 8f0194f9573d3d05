import type { Element, Nodes } from "hast";
import { type Hiding, isIcon } from "./html-hidden.ts";
import {
  INLINE,
  isButton,
  isControl,
  isElement,
  isHeading,
  roleOf,
  type Survey,
  wordsOf,
} from "./html-measure.ts";
import type { PageStyles } from "./html-styles.ts";

export const MAX_LABEL = 200;
/** In words. A control or heading says no more. */
export const MAX_LABEL_WORDS = 40;
/** A sign that an element is one of several that a visitor switches between. It can keep text, never remove it. */
export const PANEL_CLASS =
  /(?:^|[-_])(?:tabs?|tabpanel|tab-?content|panels?|pane|collapse|collapsible|accordion|toggle|faq|answer|spoiler|expand\w*|slide|step|more|details?|modal)(?:$|[-_])/i;

/** What a visitor can reveal, and by which name. */
export interface Panels {
  /** Hidden elements, by what hides them. */
  hidden: Map<Element, Hiding>;
  /** Elements that a visitor can reveal. */
  revealed: Set<Element>;
  /** The name that goes in front of an element. */
  labels: Map<Element, string>;
  /** Panels that a heading in front of them names. */
  headed: Set<Element>;
  /** Controls whose words became a label. */
  moved: Set<Element>;
}

/** What the search for panels reads. */
export interface PanelSearch extends Panels {
  survey: Survey;
  styles: PageStyles;
  /** Words between quotes in the page's scripts. */
  scripted: Set<string>;
  ids: Map<string, Element>;
  triggers: Map<Element, Element[]>;
  /** Controls that show one of the panels. */
  paired: Set<Element>;
}

/** Notes that a control shows a panel. */
export function pair(search: PanelSearch, trigger: Element, panel: Element): void {
  const known = search.triggers.get(panel);
  if (known) known.push(trigger);
  else search.triggers.set(panel, [trigger]);
  search.revealed.add(panel);
  search.paired.add(trigger);
}

export function labelOf({ survey, hidden }: PanelSearch, control: Element): string {
  const isLeftOut = (node: Nodes): boolean =>
    isElement(node) && (hidden.has(node) || isIcon(node, survey));
  const words = wordsOf(control, MAX_LABEL, isLeftOut).replace(/[\s+\-–−▾▼▸▶►›»×✕✖⌄:]+$/u, "");
  if (/[\p{L}\p{N}]/u.test(words)) return words;
  return isButton(control) || roleOf(control) === "tab"
    ? (control.properties.ariaLabel ?? "").slice(0, MAX_LABEL).trim()
    : "";
}

/** Whether a label belongs to a radio button or check box, by which style sheets show a panel without a script. */
export function labelsSwitch({ ids }: PanelSearch, label: Element): boolean {
  const field = ids.get(String(label.properties.for ?? ""));
  return field?.tagName === "input" && /^(?:radio|checkbox)$/i.test(String(field.properties.type));
}

const sentences = new WeakMap<Nodes, boolean>();

/** Text or a phrase stands beside the control. */
export function isInSentence({ survey }: PanelSearch, control: Element): boolean {
  const parent = survey.parents.get(control);
  if (!parent) return false;
  const known = sentences.get(parent);
  if (known !== undefined) return known;
  const inSentence = parent.children.some((child) =>
    isElement(child)
      ? INLINE.has(child.tagName) &&
        child.tagName !== "label" &&
        child.tagName !== "a" &&
        !isControl(child) &&
        survey.of(child).words > 0
      : survey.of(child).words > 0,
  );
  sentences.set(parent, inSentence);
  return inSentence;
}

export function startsWithHeading(panel: Element): boolean {
  let node = panel;
  for (let level = 0; level < 8; level++) {
    if (isHeading(node)) return true;
    const first = node.children.find((child) => isElement(child));
    if (!first) return false;
    node = first;
  }
  return false;
}
