import type { Element, ElementContent, Text } from "hast";

export function element(tagName: string, children: ElementContent[]): Element {
  return { type: "element", tagName, properties: {}, children };
}

export function text(value: string): Text {
  return { type: "text", value };
}

/** A label in bold, with a colon unless it ends in a mark of its own. */
export function boldLabel(label: string): Element {
  return element("strong", [text(/[.:?!…]$/.test(label) ? label : `${label}:`)]);
}
