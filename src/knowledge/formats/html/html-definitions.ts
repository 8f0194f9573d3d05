import type { Element, ElementContent } from "hast";
import { BLOCKS } from "./html-inline.ts";
import { element, text } from "./html-nodes.ts";

interface Entry {
  terms: Element[];
  definitions: Element[];
}

/** A definition list as a list of `term: definition`. One whose terms are headings or hold more than a line becomes its content. */
export function listTerms(list: Element): void {
  const entries = entriesOf(list);
  if (!entries || entries.some(({ terms }) => terms.some(holdsBlocks))) {
    list.tagName = "div";
    for (const part of partsOf(list))
      if (part.type === "element" && /^d[td]$/.test(part.tagName)) part.tagName = "div";
    return;
  }
  list.tagName = "ul";
  list.children = entries.map(({ terms, definitions }) =>
    element("li", itemOf(terms, definitions)),
  );
}

/** Terms and definitions in groups; undefined if text or other elements stand between them. */
function entriesOf(list: Element): Entry[] | undefined {
  const entries: Entry[] = [];
  for (const part of partsOf(list)) {
    if (part.type === "text" && part.value.trim()) return undefined;
    if (part.type !== "element") continue;
    const last = entries.at(-1);
    if (part.tagName === "dt" && last && last.definitions.length === 0) last.terms.push(part);
    else if (part.tagName === "dt") entries.push({ terms: [part], definitions: [] });
    else if (part.tagName === "dd" && last) last.definitions.push(part);
    else if (part.tagName === "dd") entries.push({ terms: [], definitions: [part] });
    else return undefined;
  }
  return entries;
}

/** The children, with those of the `<div>` around each group. */
function partsOf(list: Element): ElementContent[] {
  return list.children.flatMap((child) =>
    child.type === "element" && child.tagName === "div" ? child.children : [child],
  );
}

function holdsBlocks({ children }: Element): boolean {
  return children.some(
    (child) =>
      child.type === "element" &&
      (BLOCKS.has(child.tagName) ? child.tagName !== "br" : holdsBlocks(child)),
  );
}

function itemOf(terms: Element[], definitions: Element[]): ElementContent[] {
  const names = joined(terms, " / ");
  if (definitions.length === 0) return names;
  const mark = terms.length === 0 ? "" : endsSentence(names) ? " " : ": ";
  const [first] = definitions;
  if (definitions.every((definition) => !holdsBlocks(definition)))
    return [...names, text(mark), ...joined(definitions, "; ")];
  // The first paragraph stands beside its term.
  const lead = first?.children.find((child) => child.type !== "text" || child.value.trim());
  const isParagraph = lead?.type === "element" && lead.tagName === "p";
  const beside = isParagraph ? lead.children : first && !holdsBlocks(first) ? first.children : [];
  const rest = definitions.map((definition): Element => {
    const children = definition.children.filter((child) => !isParagraph || child !== lead);
    return { ...definition, tagName: "div", children };
  });
  return [
    element("p", [...names, text(mark.trimEnd() + " "), ...beside]),
    ...(beside === first?.children ? rest.slice(1) : rest),
  ];
}

function joined(elements: Element[], separator: string): ElementContent[] {
  return elements.flatMap(({ children }, index) =>
    index === 0 ? trimmed(children) : [text(separator), ...trimmed(children)],
  );
}

/** Without white space at the end, so that the mark behind it follows at once. */
function trimmed(children: ElementContent[]): ElementContent[] {
  return children.map((child, index) => {
    if (child.type !== "text") return child;
    const start = index === 0 ? child.value.trimStart() : child.value;
    return text(index === children.length - 1 ? start.trimEnd() : start);
  });
}

function endsSentence(children: ElementContent[]): boolean {
  const last = children.at(-1);
  if (last?.type === "element") return endsSentence(last.children);
  return last?.type === "text" && /[.:?!]\s*$/.test(last.value);
}
