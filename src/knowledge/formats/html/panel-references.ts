import type { Element, Nodes } from "hast";
import {
  classesOf,
  hasNoText,
  isControl,
  isElement,
  isHeading,
  namesOf,
  roleOf,
} from "./html-measure.ts";
import {
  MAX_LABEL_WORDS,
  pair,
  PANEL_CLASS,
  startsWithHeading,
  type PanelSearch,
} from "./panel-search.ts";

/** Pairs controls and panels that name each other in an attribute, whichever framework reads it. */
export function referencedPanels(search: PanelSearch): void {
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
