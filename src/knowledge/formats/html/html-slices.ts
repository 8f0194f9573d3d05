import type { Element, ElementContent } from "hast";
import { element } from "./html-nodes.ts";

/**
 * The converter works on a slice without a pause, some tens of milliseconds. A character weighs 1; a node weighs NODE_WEIGHT more. Heavier
 * elements are divided as the slices of Markdown are: text that goes on begins a new paragraph, a list goes on as a list, a table
 * repeats its header.
 */
const SLICE_WEIGHT = 50_000;
const NODE_WEIGHT = 50;
/** A header that is heavier is not repeated. */
const MAX_HEADER = 2000;

/** Elements that are no more than their content. */
const FLOW =
  /^(?:address|article|aside|body|center|div|fieldset|figcaption|figure|form|footer|header|hgroup|html|legend|main|nav|section)$/;
const INLINE = /^(?:a|b|strong|i|em|mark|u|del|s|strike|code|kbd|samp|tt|var|img|br)$/;
const WHOLE = /^(?:pre|listing|plaintext|xmp|tr|td|th|code|kbd|samp|tt|var)$/;

/** Divides the children of a root into the children of several roots that are converted one by one. */
export function* sliceBlocks(children: ElementContent[]): Generator<ElementContent[]> {
  yield* slicesOf(children, new Map());
}

function* slicesOf(
  children: ElementContent[],
  weights: Map<ElementContent, number>,
): Generator<ElementContent[]> {
  let slice: ElementContent[] = [];
  let weight = 0;
  for (const child of children) {
    const own = weightOf(child, weights);
    const isDivided = own > SLICE_WEIGHT && child.type === "element" && !WHOLE.test(child.tagName);
    const mayCut = isBlock(child) || isBlock(slice.at(-1)) || weight > SLICE_WEIGHT;
    if (slice.length > 0 && (isDivided || (weight + own > SLICE_WEIGHT && mayCut))) {
      yield slice;
      [slice, weight] = [[], 0];
    }
    if (isDivided) yield* divided(child, weights);
    else slice.push(child);
    weight += own;
  }
  if (slice.length > 0) yield slice;
}

function* divided(
  element: Element,
  weights: Map<ElementContent, number>,
): Generator<ElementContent[]> {
  if (FLOW.test(element.tagName)) yield* slicesOf(element.children, weights);
  else if (element.tagName === "table") yield* dividedTable(element, weights);
  else {
    const start = Number.parseInt(String(element.properties.start), 10);
    let items = Number.isNaN(start) ? 1 : start;
    for (const children of slicesOf(element.children, weights)) {
      const properties = { ...element.properties };
      if (element.tagName === "ol") properties.start = String(items);
      yield [{ ...element, properties, children }];
      items += children.filter((child) => isElement(child, /^li$/)).length;
    }
  }
}

function* dividedTable(
  table: Element,
  weights: Map<ElementContent, number>,
): Generator<ElementContent[]> {
  const rows = table.children.flatMap((part) =>
    isElement(part, /^(?:thead|tbody|tfoot)$/) ? part.children : [part],
  );
  const first = rows.find((row): row is Element => isElement(row, /^tr$/));
  const hasHeader =
    table.children.some((part) => isElement(part, /^thead$/)) ||
    first?.children.some((cell) => isElement(cell, /^th$/)) === true;
  const header = first && hasHeader && weightOf(first, weights) <= MAX_HEADER ? first : undefined;
  const thead = header ? [element("thead", [header])] : [];
  const body = rows.filter((row) => row !== header);
  for (const some of slicesOf(body, weights)) yield [{ ...table, children: [...thead, ...some] }];
}

function isBlock(node: ElementContent | undefined): boolean {
  return node?.type === "element" && !INLINE.test(node.tagName);
}

function isElement(node: ElementContent, names: RegExp): node is Element {
  return node.type === "element" && names.test(node.tagName);
}

function weightOf(node: ElementContent, weights: Map<ElementContent, number>): number {
  const known = weights.get(node);
  if (known !== undefined) return known;
  let weight = NODE_WEIGHT;
  if (node.type === "text") weight += node.value.length;
  if (node.type === "element") {
    const span = Number(node.properties.colSpan ?? 1) * Number(node.properties.rowSpan ?? 1);
    weight *= span;
    for (const child of node.children) weight += weightOf(child, weights);
  }
  weights.set(node, weight);
  return weight;
}
