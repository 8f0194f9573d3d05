import type { Element, Nodes, Parents, Root } from "hast";

/** What a node holds, without what shows no text. */
export interface Measure {
  /** Where it stands in the document: its place among the nodes, and the words before it. */
  order: number;
  start: number;
  words: number;
  /** Words in links and buttons. */
  linked: number;
  /** Words in headings. */
  headings: number;
  /** Its place among the children of its parent. */
  index: number;
  /** Form fields. */
  fields: number;
  /** Buttons, and links that lead nowhere. */
  buttons: number;
  /** Of the letters and digits: two nodes with the same `hash` and `letters` say the same. */
  hash: number;
  letters: number;
}

/** Elements whose content is no text of the page. */
export const WITHOUT_TEXT = new Set(
  (
    "script style noscript template iframe object embed svg canvas video audio head math link meta select textarea datalist area title " +
    "param source track applet noembed noframes frame frameset"
  ).split(" "),
);
const HASH_BASE = 0x01000193;

export function isElement(node: Nodes | undefined): node is Element {
  return node?.type === "element";
}

export function hasNoText(node: Nodes): boolean {
  return node.type !== "text" && (!isElement(node) || WITHOUT_TEXT.has(node.tagName));
}

export function isHeading(node: Nodes): boolean {
  return isElement(node) && /^h[1-6]$/.test(node.tagName);
}

export function classesOf({ properties }: Element): string[] {
  return Array.isArray(properties.className) ? properties.className.map(String) : [];
}

/** Names by which the element points to others or is pointed to (`html-tree.ts`). */
export function namesOf({ properties }: Element): string[] {
  return Array.isArray(properties.names) ? properties.names.map(String) : [];
}

export function roleOf({ properties }: Element): string {
  return (properties.role ?? "").toLowerCase();
}

/** A link that only a script follows. Without an address, an element may be an anchor. */
export function leadsNowhere({ tagName, properties }: Element): boolean {
  if (tagName !== "a" || properties.names !== undefined) return false;
  return properties.href === undefined
    ? properties.className !== undefined && properties.id === undefined
    : /^(?:#[!0]?|javascript:.*)?$/i.test(properties.href.slice(0, 200));
}

export function isButton(node: Element): boolean {
  return node.tagName === "button" || roleOf(node) === "button";
}

/** What a visitor clicks to see something, as far as its own markup says. */
export function isControl(node: Element): boolean {
  const { properties, tagName } = node;
  return (
    isButton(node) ||
    leadsNowhere(node) ||
    /^(?:tab|radio|switch)$/.test(roleOf(node)) ||
    (tagName === "label" && properties.for !== undefined) ||
    properties.isOpener === true ||
    properties.isClickable === true ||
    properties.ariaExpanded !== undefined ||
    properties.ariaControls !== undefined
  );
}

/** The measures and parents of a tree. One pass: an element's text would be read again for each element around it. */
export class Survey {
  readonly measures = new Map<Nodes, Measure>();
  readonly parents = new Map<Nodes, Parents>();
  readonly elements: Element[] = [];
  private words = 0;
  private order = 0;

  constructor(root: Root) {
    this.read(root);
  }

  of(node: Nodes): Measure {
    return this.measures.get(node) ?? { ...NOTHING };
  }

  contains(outer: Nodes, inner: Nodes): boolean {
    for (let node: Nodes | undefined = inner; node; node = this.parents.get(node))
      if (node === outer) return true;
    return false;
  }

  /** Words that stand between two nodes; negative where one holds the other. */
  between(first: Nodes, second: Nodes): number {
    const { start, words } = this.of(first);
    return this.of(second).start - start - words;
  }

  private read(node: Nodes, index = 0): Measure {
    const measure: Measure = { ...NOTHING, index, order: this.order, start: this.words };
    this.measures.set(node, measure);
    this.order += 1;
    if (node.type === "text") this.readText(node.value, measure);
    if (!("children" in node)) return measure;
    for (const [index, child] of node.children.entries()) {
      this.parents.set(child, node);
      if (isElement(child)) this.elements.push(child);
      if (child.type !== "doctype" && !hasNoText(child)) add(measure, this.read(child, index));
      else if (isElement(child)) {
        this.measures.set(child, { ...NOTHING, index, order: this.order, start: this.words });
        if (child.tagName === "select" || child.tagName === "textarea") measure.fields += 1;
        this.listWithin(child);
      }
    }
    if (isElement(node)) classify(node, measure);
    return measure;
  }

  /** Options of a `<select>` may name panels. */
  private listWithin(element: Element): void {
    if (element.tagName !== "select") return;
    for (const child of element.children) {
      this.parents.set(child, element);
      if (!isElement(child)) continue;
      this.order += 1;
      this.measures.set(child, { ...NOTHING, order: this.order, start: this.words });
      if (child.tagName === "option") this.elements.push(child);
    }
  }

  private readText(value: string, measure: Measure): void {
    for (const word of value.split(/\s+/)) if (/[\p{L}\p{N}]/u.test(word)) measure.words += 1;
    this.words += measure.words;
    if (measure.words === 0) return;
    let hash = 0;
    const letters = value.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "");
    for (let at = 0; at < letters.length; at++)
      hash = (Math.imul(hash, HASH_BASE) + letters.charCodeAt(at)) | 0;
    measure.hash = hash;
    measure.letters = letters.length;
  }
}

const NOTHING: Measure = {
  order: 0,
  start: 0,
  words: 0,
  linked: 0,
  headings: 0,
  index: 0,
  fields: 0,
  buttons: 0,
  hash: 0,
  letters: 0,
};

function add(sum: Measure, more: Measure): void {
  sum.words += more.words;
  sum.linked += more.linked;
  sum.headings += more.headings;
  sum.fields += more.fields;
  sum.buttons += more.buttons;
  sum.hash = (Math.imul(sum.hash, power(more.letters)) + more.hash) | 0;
  sum.letters += more.letters;
}

function classify(node: Element, measure: Measure): void {
  if (isControl(node)) measure.buttons += 1;
  // A telephone number is a fact, whether it can be tapped or not.
  const isLink =
    node.tagName === "a" && !/^(?:tel|mailto|sms|geo):/i.test(node.properties.href ?? "");
  if (isLink || isButton(node)) measure.linked = measure.words;
  if (isHeading(node)) measure.headings = measure.words;
  if (
    node.tagName === "input" &&
    !/^(?:hidden|checkbox|radio)$/i.test(String(node.properties.type))
  )
    measure.fields += 1;
}

/** HASH_BASE to the power of the exponent, modulo 2³². */
function power(exponent: number): number {
  let result = 1;
  let base = HASH_BASE;
  for (let rest = exponent; rest > 0; rest >>>= 1) {
    if (rest & 1) result = Math.imul(result, base);
    base = Math.imul(base, base);
  }
  return result;
}

/** A few words never need more nodes than this. */
const MAX_PHRASE_NODES = 500;

/** At most so many characters of a node's text, white space as one space. */
export function wordsOf(node: Nodes, most: number, isLeftOut?: (node: Nodes) => boolean): string {
  const texts: string[] = [];
  let length = 0;
  let nodes = 0;
  const read = (one: Nodes): void => {
    nodes += 1;
    if (length >= most || nodes > MAX_PHRASE_NODES || (one !== node && isLeftOut?.(one))) return;
    if (one.type === "text") {
      texts.push(one.value);
      length += one.value.length;
    } else if ("children" in one && !hasNoText(one)) {
      const isBlock = isElement(one) && !INLINE.has(one.tagName);
      if (isBlock) texts.push(" ");
      for (const child of one.children) read(child);
      if (isBlock) texts.push(" ");
    }
  };
  read(node);
  return texts.join("").replace(/\s+/g, " ").trim().slice(0, most);
}

export const INLINE = new Set(
  (
    "a abbr b bdi bdo big button cite code data del dfn em font i img ins kbd label mark output q ruby rt s samp small span strike " +
    "strong sub sup time tt u var wbr input"
  ).split(" "),
);
