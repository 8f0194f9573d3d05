import type { Root } from "hast";
import { visit } from "unist-util-visit";
import type { Steps } from "../../../runtime/steps.ts";
import { hidingOf } from "./html-hidden.ts";
import { roleOf, type Survey } from "./html-measure.ts";
import { hiddenNeighbours } from "./html-neighbours.ts";
import { PageStyles } from "./html-styles.ts";
import { positionalTabs } from "./html-tabs.ts";
import { nameByTriggers, nameDetails } from "./panel-names.ts";
import { referencedPanels } from "./panel-references.ts";
import type { PanelSearch } from "./panel-search.ts";

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
  referencedPanels(search);
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
