import type { Element, Nodes } from "hast";
import { hasNoText, isElement, roleOf, classesOf } from "./html-measure.ts";
import { labelsSwitch, pair, type PanelSearch } from "./panel-search.ts";

/** The panels stand behind the tabs, at most so many levels above. */
const MAX_LEVELS = 4;
const MAX_TABS = 100;

/** Tabs that name no panel: the first shows the first panel behind them, and so on. */
export function positionalTabs(search: PanelSearch, list: Element): void {
  const tabs = list.tagName === "label" ? radioLabels(search, list) : tabsOf(search, list);
  const open = tabs.filter((tab) => !search.paired.has(tab));
  const last = open.at(-1);
  if (open.length === 0 || open.length > MAX_TABS || !last) return;
  const panels = panelsBehind(search, list.tagName === "label" ? last : list, open.length);
  if (panels.length === open.length)
    for (const [index, tab] of open.entries()) {
      const panel = panels[index];
      if (panel && search.survey.of(panel).words > 0) pair(search, tab, panel);
    }
  // The other panels are fetched when their tab is chosen.
  const [only, ...more] = panels;
  const chosen = tabs.find((tab) => tab.properties.ariaSelected === "true");
  if (only && more.length === 0 && open.length > 1 && chosen) pair(search, chosen, only);
}

function tabsOf({ survey }: PanelSearch, list: Element): Element[] {
  const tabs: Element[] = [];
  const read = (node: Element, level: number): void => {
    for (const child of node.children) {
      if (!isElement(child) || hasNoText(child) || tabs.length > MAX_TABS) continue;
      if (roleOf(child) === "tab") tabs.push(child);
      else if (level < 3) read(child, level + 1);
    }
  };
  read(list, 0);
  return tabs.filter((tab) => survey.of(tab).words > 0);
}

/** Labels of radio buttons that stand side by side; the first of them stands for all. */
function radioLabels(search: PanelSearch, label: Element): Element[] {
  const { survey } = search;
  const parent = survey.parents.get(label);
  if (!parent || !labelsSwitch(search, label)) return [];
  const { index } = survey.of(label);
  const before = neighbour(parent.children, index, -1);
  if (before && isElement(before) && before.tagName === "label") return [];
  const labels = [label];
  for (let at = index; labels.length <= MAX_TABS;) {
    const next = neighbour(parent.children, at, 1);
    if (!next || !isElement(next)) break;
    at = survey.of(next).index;
    if (next.tagName === "input") continue;
    if (next.tagName !== "label" || !labelsSwitch(search, next)) break;
    labels.push(next);
  }
  return labels.length > 1 ? labels : [];
}

function neighbour(children: Nodes[], index: number, step: 1 | -1): Nodes | undefined {
  for (
    let at = index + step;
    at >= 0 && at < children.length && Math.abs(at - index) < 8;
    at += step
  ) {
    const child = children[at];
    if (child?.type === "element") return child;
  }
  return undefined;
}

function panelsBehind(
  { survey, hidden, revealed }: PanelSearch,
  list: Element,
  count: number,
): Element[] {
  let node: Nodes = list;
  for (let level = 0; level < MAX_LEVELS; level++) {
    const parent: Nodes | undefined = survey.parents.get(node);
    if (!parent || !("children" in parent)) return [];
    const { index } = survey.of(node);
    const siblings = parent.children
      .slice(index + 1, index + 1 + 2 * count + 20)
      .filter(
        (child): child is Element =>
          isElement(child) && !hasNoText(child) && child.tagName !== "input",
      );
    const [first] = siblings;
    const marked = first
      ? panelsIn([
          ...siblings.slice(0, count),
          ...childrenOf(first),
          ...childrenOf(childrenOf(first)[0]),
        ])
      : [];
    if (marked.length > 0) return marked.filter((panel) => !revealed.has(panel)).slice(0, count);
    if (first && childrenOf(first).length === count && count > 1 && isAlike(childrenOf(first)))
      return childrenOf(first);
    const row = siblings.slice(0, count);
    if (row.length === count && (row.some((one) => hidden.has(one)) || isAlike(row))) return row;
    if (siblings.some((one) => survey.of(one).words > 0)) return [];
    node = parent;
  }
  return [];
}

function childrenOf(element: Element | undefined): Element[] {
  return (element?.children.slice(0, 2 * MAX_TABS) ?? []).filter(
    (child): child is Element => isElement(child) && !hasNoText(child),
  );
}

function panelsIn(elements: Element[]): Element[] {
  return elements.filter((element) => roleOf(element) === "tabpanel");
}

/** Of one kind: the same tag, and a class in common. */
function isAlike(elements: Element[]): boolean {
  const [first, ...rest] = elements;
  if (!first || /^(?:p|li|h[1-6])$/.test(first.tagName)) return false;
  const shared = classesOf(first);
  return rest.every(
    (one) =>
      one.tagName === first.tagName &&
      (shared.length === 0 || classesOf(one).some((name) => shared.includes(name))),
  );
}
