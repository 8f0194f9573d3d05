import type { Element, Nodes, Root } from "hast";
import { visit } from "unist-util-visit";
import type { Steps } from "../../runtime/steps.ts";
import { hidingOf } from "./html-hidden.ts";
import {
  classesOf,
  hasNoText,
  isButton,
  isControl,
  isElement,
  isHeading,
  leadsNowhere,
  namesOf,
  roleOf,
  type Survey,
  wordsOf,
} from "./html-measure.ts";
import { PageStyles } from "./html-styles.ts";
import {
  isInSentence,
  labelOf,
  MAX_LABEL,
  MAX_LABEL_WORDS,
  pair,
  PANEL_CLASS,
  type PanelSearch,
} from "./panel-search.ts";
import { hiddenNeighbours } from "./html-neighbours.ts";
import { positionalTabs } from "./html-tabs.ts";
import { isGenericLabel } from "./reveal-words.ts";

/** Finds what is hidden, what reveals it, and what it is called. */
export function* findPanels(page: Root, survey: Survey): Steps<PanelSearch> {
  const search: PanelSearch = {
    survey,
    styles: new PageStyles(page),
    scripted: scriptedNames(page),
    hidden: new Map(),
    revealed: new Set(),
    labels: new Map(),
    moved: new Set(),
    headed: new Set(),
    ids: new Map(),
    triggers: new Map(),
    paired: new Set(),
  };
  yield;
  for (const element of survey.elements) {
    const { id } = element.properties;
    if (id !== undefined && !search.ids.has(id)) search.ids.set(id, element);
    const hiding = hidingOf(element, search.styles);
    if (hiding) search.hidden.set(element, hiding);
  }
  yield;
  referenced(search);
  yield;
  for (const element of survey.elements) {
    if (element.tagName === "details") nameDetails(search, element);
    if (roleOf(element) === "tablist" || element.tagName === "label")
      positionalTabs(search, element);
  }
  yield;
  hiddenNeighbours(search);
  yield;
  for (const [panel, triggers] of search.triggers) nameByTriggers(search, panel, triggers);
  return search;
}

/** Pairs controls and panels that name each other in an attribute, whichever framework reads it. */
function referenced(search: PanelSearch): void {
  const { survey, ids } = search;
  const byName = panelsByName(search);
  for (const control of survey.elements) {
    const labelledBy = ids.get(String(control.properties.ariaLabelledBy ?? "").split(" ")[0] ?? "");
    if (labelledBy && roleOf(control) === "tabpanel" && isPair(search, labelledBy, control))
      pair(search, labelledBy, control);
    const names = namesOf(control);
    if (names.length === 0 || survey.of(control).words > MAX_LABEL_WORDS) continue;
    const isStrong = isControl(control) || control.tagName === "option";
    for (const name of names) {
      const candidates = byName.get(name);
      const panel = ids.get(name) ?? (candidates && nextOf(search, candidates, control));
      if (!panel || !isPair(search, control, panel)) continue;
      const isSwitch = isStrong && !isPlainLink(control);
      if (isSwitch || isPanelLike(search, panel) || isTabList(search, control, panel))
        if (!search.triggers.get(panel)?.includes(control)) pair(search, control, panel);
    }
  }
}

interface Candidates {
  panels: Element[];
  at: number;
}

/** Elements with a name in another attribute than `id`, where they or their siblings are hidden. */
function panelsByName({ survey, hidden }: PanelSearch): Map<string, Candidates> {
  const switching = new Set<Nodes | undefined>();
  for (const element of hidden.keys())
    if (namesOf(element).length > 0) switching.add(survey.parents.get(element));
  const byName = new Map<string, Candidates>();
  for (const element of survey.elements) {
    if (!switching.has(survey.parents.get(element)) && element.properties.isConditional !== true)
      continue;
    if (isControl(element)) continue;
    for (const name of namesOf(element)) {
      const known = byName.get(name);
      if (known) known.panels.push(element);
      else byName.set(name, { panels: [element], at: 0 });
    }
  }
  return byName;
}

/** The first of the candidates after the control; controls come in the order of the document. */
function nextOf(
  { survey }: PanelSearch,
  candidates: Candidates,
  control: Element,
): Element | undefined {
  const { order } = survey.of(control);
  const { panels } = candidates;
  while (candidates.at < panels.length - 1) {
    const panel = panels[candidates.at];
    if (panel && survey.of(panel).order > order) break;
    candidates.at += 1;
  }
  return panels[candidates.at];
}

function isPair({ survey }: PanelSearch, trigger: Element, panel: Element): boolean {
  const { words, linked } = survey.of(panel);
  // A list of tabs points back at its panels.
  if (words === linked && survey.of(trigger).order > survey.of(panel).order) return false;
  if (trigger === panel || survey.of(panel).words === 0 || hasNoText(panel) || isHeading(panel))
    return false;
  if (/^(?:input|label|button|a|summary|body|html|main|article|nav|form|li)$/.test(panel.tagName))
    return false;
  if (
    /^(?:menu|menubar|listbox|tree|grid|combobox|search|navigation|status|alert|log|slider)$/.test(
      roleOf(panel),
    )
  )
    return false;
  return !survey.contains(panel, trigger) && !survey.contains(trigger, panel);
}

function isPlainLink(control: Element): boolean {
  return (
    control.tagName === "a" &&
    roleOf(control) !== "tab" &&
    control.properties.isOpener !== true &&
    control.properties.ariaExpanded === undefined &&
    control.properties.ariaControls === undefined
  );
}

function isPanelLike({ hidden, styles }: PanelSearch, panel: Element): boolean {
  return (
    hidden.has(panel) ||
    roleOf(panel) === "tabpanel" ||
    panel.properties.isConditional === true ||
    styles.shows(panel) ||
    classesOf(panel).some((name) => PANEL_CLASS.test(name))
  );
}

/** A list of links to the elements behind it, as jQuery UI has it. A table of contents leads to headings. */
function isTabList({ survey }: PanelSearch, link: Element, panel: Element): boolean {
  const item = survey.parents.get(link);
  const list = item && survey.parents.get(item);
  if (!item || !list || !isElement(item) || item.tagName !== "li") return false;
  if (
    survey.of(item).words !== survey.of(link).words ||
    survey.of(list).linked < survey.of(list).words
  )
    return false;
  const isBehind =
    survey.parents.get(list) === survey.parents.get(panel) && survey.between(list, panel) >= 0;
  return isBehind && /^(?:div|section)$/.test(panel.tagName) && !startsWithHeading(panel);
}

/** `<details>` is named by its `<summary>`, unless this holds a heading or no name. */
function nameDetails(search: PanelSearch, details: Element): void {
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
function nameByTriggers(search: PanelSearch, panel: Element, triggers: Element[]): void {
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

function startsWithHeading(panel: Element): boolean {
  let node = panel;
  for (let level = 0; level < 8; level++) {
    if (isHeading(node)) return true;
    const first = node.children.find((child) => isElement(child));
    if (!first) return false;
    node = first;
  }
  return false;
}

/** Scripts are not run. A name that one of them holds between quotes is one that it may show. */
function scriptedNames(page: Root): Set<string> {
  const names = new Set<string>();
  let left = 200_000;
  visit(page, "element", ({ tagName, properties, children }) => {
    if (tagName !== "script" || /json|template/i.test(properties.type ?? "")) return;
    for (const child of children) {
      if (child.type !== "text" || left <= 0) continue;
      for (const [, name = ""] of child.value
        .slice(0, left)
        .matchAll(/["'`]([.#]?[\w-]{1,60})["'`]/g))
        if (names.size < 5000) names.add(name.replace(/^[.#]/, ""));
      left -= child.value.length;
    }
  });
  return names;
}
