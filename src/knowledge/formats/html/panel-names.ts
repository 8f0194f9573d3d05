import type { Element } from "hast";
import { isButton, isElement, isHeading, leadsNowhere, roleOf, wordsOf } from "./html-measure.ts";
import {
  isInSentence,
  labelOf,
  MAX_LABEL,
  MAX_LABEL_WORDS,
  startsWithHeading,
  type PanelSearch,
} from "./panel-search.ts";
import { isGenericLabel } from "./reveal-words.ts";

/** `<details>` is named by its `<summary>`, unless this holds a heading or no name. */
export function nameDetails(search: PanelSearch, details: Element): void {
  const { survey } = search;
  search.revealed.add(details);
  const summary = details.children.find(
    (child): child is Element => isElement(child) && child.tagName === "summary",
  );
  if (summary && survey.of(summary).headings > 0) search.headed.add(details);
  if (!summary || search.headed.has(details)) return;
  const label = labelOf(search, summary);
  if (!label || isGenericLabel(label) || survey.of(summary).words > MAX_LABEL_WORDS) return;
  search.labels.set(details, label);
  search.moved.add(summary);
}

/** Gives a panel the name that its control has, and takes the control from its place. */
export function nameByTriggers(search: PanelSearch, panel: Element, triggers: Element[]): void {
  const { survey, hidden } = search;
  const [trigger] = triggers;
  if (!trigger || roleOf(panel) === "tooltip") return;
  const label = labelOf(search, trigger);
  const others = triggers.slice(1, 10).filter((one) => labelOf(search, one) !== label);
  // "Previous" and "next" show the same slides.
  if (others.length > 0 && !hidden.has(panel) && roleOf(panel) !== "tabpanel") return;
  const holder = holderOf(search, trigger, panel);
  const gap = survey.between(holder, panel);
  const isNear = gap >= 0 && gap <= 3;
  const isNamedThere =
    /^(?:h[1-6]|dt|th|td|tr)$/.test(holder.tagName) || survey.of(holder).headings > 0;
  if (isNear && isNamedThere) {
    if (isHeading(holder) || survey.of(holder).headings > 0) search.headed.add(panel);
    return;
  }
  if (/^(?:dd|tr|td|th|tbody)$/.test(panel.tagName)) return;
  const name = label || (holder === trigger ? "" : labelOf(search, holder));
  const inSentence = isInSentence(search, trigger);
  if (name && !isGenericLabel(name) && !(inSentence && startsWithHeading(panel))) {
    const isSaid = startsWithHeading(panel) && wordsOf(panel, MAX_LABEL).startsWith(name);
    if (!isSaid) search.labels.set(panel, name);
  }
  if (inSentence || (name && isGenericLabel(name) && !isStandalone(trigger))) return;
  for (const one of triggers)
    if (one === trigger || labelOf(search, one) === label) search.moved.add(one);
  if (isNear && name) search.moved.add(holder);
}

function isStandalone(trigger: Element): boolean {
  return isButton(trigger) || leadsNowhere(trigger) || trigger.properties.isOpener === true;
}

/** The outermost element that says no more than the control; for a control without words, the line that it stands in. */
function holderOf({ survey }: PanelSearch, trigger: Element, panel: Element): Element {
  let holder = trigger;
  const most = survey.of(trigger).words || 30;
  for (let level = 0; level < 6; level++) {
    const parent = survey.parents.get(holder);
    if (
      !parent ||
      !isElement(parent) ||
      survey.of(parent).words > most ||
      survey.contains(parent, panel)
    )
      break;
    holder = parent;
    if (isHeading(holder)) break;
  }
  return holder;
}
