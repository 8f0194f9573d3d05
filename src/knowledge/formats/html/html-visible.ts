import type { Element, ElementContent, Nodes, Parents, Root } from "hast";
import type { Steps } from "../../../runtime/steps.ts";
import { isForSomeScreens, isIcon } from "./html-hidden.ts";
import { isElement, leadsNowhere, roleOf, Survey, wordsOf } from "./html-measure.ts";
import { findPanels } from "./html-panels.ts";
import { isInSentence, type Panels, type PanelSearch } from "./panel-search.ts";
import { isGenericLabel } from "./reveal-words.ts";
import { type LeftOut, leaveOut } from "./left-out.ts";

/**
 * Removes from a tree what no visitor can see or reveal.
 * @param isPart the tree is a part of a document, such as HTML within Markdown
 * @returns what visitors can reveal, to be named by `writeLabels`
 */
export function* dropHidden(tree: Root, leftOut: LeftOut[], isPart = false): Steps<Panels> {
  const survey = new Survey(tree);
  yield;
  const search = yield* findPanels(tree, survey);
  yield;
  new HiddenParts(search, leftOut, isPart ? undefined : tree).drop(tree);
  return search;
}

const MAX_ICON_NODES = 20;
/** In characters. */
const MAX_NAME = 40;

interface Said {
  starts: Map<number, Element>;
}

class HiddenParts {
  private readonly search: PanelSearch;
  private readonly leftOut: LeftOut[];
  private readonly whole: Root | undefined;
  private readonly said = new Map<string, Said>();

  constructor(search: PanelSearch, leftOut: LeftOut[], whole: Root | undefined) {
    this.search = search;
    this.leftOut = leftOut;
    this.whole = whole;
    this.noteWhatIsSaid();
  }

  drop(node: Parents): void {
    const kept: Nodes[] = [];
    for (const child of node.children) {
      if (isElement(child) && this.isDropped(child)) continue;
      if (isElement(child)) {
        // Revealed text is read like any other.
        if (this.search.revealed.has(child)) delete child.properties.hidden;
        this.drop(child);
        showTip(child);
      }
      kept.push(child);
    }
    if (isElement(node) && /^(?:td|th|dd)$/.test(node.tagName)) this.addAlternative(node, kept);
    node.children = kept as ElementContent[];
  }

  /** A cell that shows only an icon has the icon's name: a table of features would otherwise say the same of all plans. */
  private addAlternative(cell: Element, kept: Nodes[]): void {
    const { survey, hidden } = this.search;
    if (kept.some((child) => /[\p{L}\p{N}]/u.test(wordsOf(child, 20)))) return;
    let name = "";
    let nodes = 0;
    const read = (node: Element): void => {
      nodes += 1;
      if (name || nodes > MAX_ICON_NODES) return;
      if (hidden.get(node) === "reader") name = wordsOf(node, MAX_NAME);
      name ||= (node.properties.ariaLabel ?? "").trim().slice(0, MAX_NAME);
      if (node.tagName === "title" || node.tagName === "svg") name ||= titleOf(node);
      for (const child of node.children) if (isElement(child)) read(child);
    };
    if (!cell.children.some((child) => isElement(child) && child.tagName === "img")) read(cell);
    if (name && survey.of(cell).words < 6) kept.push({ type: "text", value: name });
  }

  private isDropped(element: Element): boolean {
    const { survey, hidden, revealed } = this.search;
    const { words } = survey.of(element);
    const hiding = hidden.get(element);
    if (isOpener(this.search, element)) return true;
    if (isIcon(element, survey) || isAnchorMark(element, words)) return true;
    if (hiding === "reader") return true;
    if (words === 0) return false;
    if (this.isDouble(element)) return true;
    if (hiding === undefined || revealed.has(element) || this.isWholeText(element)) return false;
    leaveOut(this.leftOut, "hidden", element, survey.of(element));
    return true;
  }

  /** Around all headings, or all words: a script shows it as soon as the page is there. */
  private isWholeText(element: Element): boolean {
    const { survey } = this.search;
    if (!this.whole) return false;
    const all = survey.of(this.whole);
    const { words, headings } = survey.of(element);
    return (
      words === all.words || (words > all.words / 2 && headings > 0 && headings === all.headings)
    );
  }

  /** The same words stand elsewhere, for other screens, or as a copy that a slide show needs. */
  private isDouble(element: Element): boolean {
    const { hidden, triggers } = this.search;
    const isCopy = element.properties.ariaHidden === "true";
    const isSuspect = hidden.has(element) || isForSomeScreens(element) || isCopy;
    if (!isSuspect || triggers.has(element)) return false;
    const { start, words } = this.search.survey.of(element);
    const said = this.said.get(this.keyOf(element));
    if (!said || words < 2) return false;
    for (const [other, twin] of said.starts) {
      if (other === start) continue;
      if (hidden.has(element) || isCopy) return true;
      if (other < start && isForSomeScreens(twin)) return true;
    }
    return false;
  }

  private keyOf(element: Element): string {
    const { hash, letters } = this.search.survey.of(element);
    return `${hash}:${letters}`;
  }

  /** Up to four elements for each text, none of them within something hidden. */
  private noteWhatIsSaid(): void {
    const { survey, hidden, revealed } = this.search;
    const within = new Set<Nodes>();
    for (const element of survey.elements) {
      const parent = survey.parents.get(element);
      const isHidden =
        (hidden.has(element) && !revealed.has(element)) || element.properties.ariaHidden === "true";
      if (isHidden || (parent && within.has(parent))) {
        within.add(element);
        continue;
      }
      const { start, words } = survey.of(element);
      if (words < 2) continue;
      const key = this.keyOf(element);
      const said = this.said.get(key) ?? { starts: new Map<number, Element>() };
      const known = said.starts.get(start);
      if (said.starts.size < 4 && (!known || isForSomeScreens(element)))
        said.starts.set(start, element);
      this.said.set(key, said);
    }
  }
}

function titleOf(svg: Element): string {
  const title =
    svg.tagName === "title"
      ? svg
      : svg.children.find((child) => isElement(child) && child.tagName === "title");
  const text =
    title && isElement(title) ? title.children.find((child) => child.type === "text") : undefined;
  return text?.type === "text" ? text.value.trim().slice(0, MAX_NAME) : "";
}

/** A tooltip stands in brackets behind what it explains. */
function showTip(element: Element): void {
  const { tip } = element.properties;
  if (typeof tip === "string" && !wordsOf(element, 600).includes(tip))
    element.children.push({ type: "text", value: ` (${tip})` });
  if (roleOf(element) !== "tooltip") return;
  element.children.unshift({ type: "text", value: " (" });
  element.children.push({ type: "text", value: ")" });
}

/** "Read more", where no sentence needs it. */
function isOpener(search: PanelSearch, element: Element): boolean {
  if (!leadsNowhere(element) || search.survey.of(element).words > 5) return false;
  return isGenericLabel(wordsOf(element, 60)) && !isInSentence(search, element);
}

/** `#` or `¶` behind a heading. */
function isAnchorMark({ tagName, properties, children }: Element, words: number): boolean {
  return (
    tagName === "a" &&
    words === 0 &&
    /^#./.test(properties.href ?? "") &&
    children.every((child) => child.type === "text")
  );
}
