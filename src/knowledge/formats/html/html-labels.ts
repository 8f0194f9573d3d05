import type { Element, ElementContent, Nodes, Parents } from "hast";
import { hasNoText, INLINE, isElement, isHeading, wordsOf } from "./html-measure.ts";
import { boldLabel, element as elementOf, text } from "./html-nodes.ts";
import type { Panels } from "./panel-search.ts";

/** In characters. The heading that a text returns to after a panel is repeated, cut to this. */
const MAX_HEADING = 200;
/** Repeated headings of a page. Beyond, labels are bold. */
const MAX_RETURNS = 300;
const CONTAINER = /^(?:li|td|th|dd|dt|blockquote|caption|figure|pre|p)$/;

interface Heading {
  depth: number;
  text: string;
}

/** Labelled panels whose end has not been followed by anything yet. */
interface Ended {
  depth: number;
  headings: Element[];
}

/**
 * Puts each panel's label in front of it: as a heading, so that every chunk of the panel has it; within lists, tables and quotes, in bold. What
 * follows the panels belongs to the heading above them, which is therefore repeated.
 * @param isPart the tree is a part of a document, whose headings are not known
 */
export function writeLabels(tree: Parents, panels: Panels, isPart = false): void {
  new LabelWriter(panels).write(tree, { isFlow: !isPart, least: 1 });
}

class LabelWriter {
  private readonly panels: Panels;
  private open: Heading[] = [];
  private ended: Ended | undefined;
  private returns = 0;
  /** Elements out of which words have moved. */
  private readonly emptied = new Set<Nodes>();

  constructor(panels: Panels) {
    this.panels = panels;
  }

  /** @param place `least`: the depth of a panel's first heading */
  write(node: Parents, place: { isFlow: boolean; least: number }): void {
    const kept: Nodes[] = [];
    let { least } = place;
    let shift = 0;
    for (const child of node.children) {
      if (isElement(child) && this.panels.moved.has(child)) {
        this.emptied.add(node);
        continue;
      }
      if (this.ended && place.isFlow) this.follow(child, kept);
      if (isElement(child) && isHeading(child)) {
        const depth = Number(child.tagName.slice(1));
        if (depth + shift < least) shift = least - depth;
        child.tagName = `h${Math.min(6, depth + shift)}`;
        this.openHeading(child);
        kept.push(child);
      } else if (isElement(child)) this.writeElement(child, { ...place, least: least }, kept);
      else kept.push(child);
    }
    node.children = kept.filter((child) => !this.isEmptied(child, node)) as ElementContent[];
  }

  private writeElement(
    element: Element,
    place: { isFlow: boolean; least: number },
    kept: Nodes[],
  ): void {
    const label = this.panels.labels.get(element);
    if (place.isFlow && /^(?:ul|ol)$/.test(element.tagName) && this.isListOfPanels(element))
      dissolve(element);
    const isFlow = place.isFlow && !CONTAINER.test(element.tagName) && !INLINE.has(element.tagName);
    const isDetails = element.tagName === "details";
    if (/^(?:details|summary|dialog)$/.test(element.tagName)) element.tagName = "div";
    if (isFlow && this.panels.headed.has(element)) {
      this.writeHeaded(element, isDetails, kept);
      return;
    }
    const depth = (this.open.at(-1)?.depth ?? 1) + 1;
    if (label === undefined || !isFlow || depth > 6 || this.returns >= MAX_RETURNS) {
      if (label !== undefined) pushBold(label, element, kept);
      kept.push(element);
      this.write(element, { ...place, isFlow });
      return;
    }
    const heading = elementOf(`h${depth}`, [text(label)]);
    const above = [...this.open];
    const before = this.ended?.headings ?? [];
    kept.push(heading, element);
    this.open.push({ depth, text: label });
    this.ended = undefined;
    this.write(element, { isFlow, least: depth + 1 });
    this.open = above;
    this.ended = { depth, headings: [...before, heading] };
  }

  /** The heading that names the panel stands in front of it, or within as its summary. It ends with the panel. */
  private writeHeaded(element: Element, isWithin: boolean, kept: Nodes[]): void {
    const above = isWithin ? [...this.open] : this.open.slice(0, -1);
    const least = isWithin ? 1 : (this.open.at(-1)?.depth ?? 0) + 1;
    kept.push(element);
    this.write(element, { isFlow: true, least });
    const own = this.open.find((heading) => !above.includes(heading));
    this.open = above;
    this.ended = { depth: own?.depth ?? 6, headings: [] };
  }

  /** A list of folded answers is a list only for its layout. */
  private isListOfPanels(list: Element): boolean {
    const holds = (node: Element, level: number): boolean =>
      node.children.every((child) =>
        isElement(child)
          ? this.panels.moved.has(child) ||
            this.panels.labels.has(child) ||
            (level > 0 && holds(child, level - 1))
          : child.type !== "text" || child.value.trim() === "",
      );
    return (
      holds(list, 3) && list.children.some((child) => isElement(child) && child.children.length > 0)
    );
  }

  private openHeading(heading: Element): void {
    const depth = Number(heading.tagName.slice(1));
    this.open = this.open.filter((one) => one.depth < depth);
    this.open.push({ depth, text: wordsOf(heading, MAX_HEADING) });
  }

  /** What comes after panels: another panel or a heading ends the last one; a text returns to the heading above. */
  private follow(child: Nodes, kept: Nodes[]): void {
    const first = this.firstThing(child);
    const { ended } = this;
    if (first === undefined || ended === undefined) return;
    if (first === "panel") return;
    this.ended = undefined;
    if (typeof first === "number" && first <= ended.depth) return;
    const above = this.open.at(-1);
    if (above?.text) {
      kept.push(elementOf(`h${above.depth}`, [text(above.text)]));
      this.returns += 1;
    } else for (const heading of ended.headings) embolden(heading);
  }

  private firstThing(node: Nodes): "panel" | "text" | number | undefined {
    if (node.type === "text") return /[\p{L}\p{N}]/u.test(node.value) ? "text" : undefined;
    if (!isElement(node) || hasNoText(node) || this.panels.moved.has(node)) return undefined;
    if (this.panels.labels.has(node)) return "panel";
    if (isHeading(node)) return Number(node.tagName.slice(1));
    if (/^(?:ul|ol)$/.test(node.tagName) && this.isListOfPanels(node)) return "panel";
    const isText = CONTAINER.test(node.tagName);
    for (const child of node.children) {
      const first = this.firstThing(child);
      if (first !== undefined) return isText ? "text" : first;
    }
    return undefined;
  }

  /** A list of tabs whose words have moved is no list. */
  private isEmptied(node: Nodes, parent: Nodes): boolean {
    if (!isElement(node) || !this.emptied.has(node)) return false;
    const isEmpty = node.children.every(
      (child) => child.type === "text" && child.value.trim() === "",
    );
    if (isEmpty) this.emptied.add(parent);
    return isEmpty;
  }
}

function dissolve(list: Element): void {
  list.tagName = "div";
  for (const child of list.children)
    if (isElement(child) && child.tagName === "li") child.tagName = "div";
}

function pushBold(label: string, element: Element, kept: Nodes[]): void {
  if (INLINE.has(element.tagName)) kept.push(boldLabel(label), text(" "));
  else kept.push(elementOf("p", [boldLabel(label)]));
}

function embolden(heading: Element): void {
  const label = wordsOf(heading, MAX_HEADING);
  heading.tagName = "p";
  heading.children = [boldLabel(label)];
}
