import type { Block, Marks, RenderedPage } from "../block.ts";
import { labelsOf } from "./labels.ts";
import { isMachinery, mainRegion } from "./regions.ts";
import { revealAll } from "./reveal.ts";
import { isClosed, isSilent, isUnseen } from "./visibility.ts";

/** Opens what can be opened, and takes the text of the page in the order in which it stands. */
export function collect(marks: Marks): RenderedPage {
  const opened = revealAll();
  const walk = new Walk(marks);
  walk.visit(document.body, "machinery");
  return { blocks: walk.blocks(), labels: [...labelsOf(), ...opened] };
}

/** Inline elements whose words do not belong to those beside them. */
const APART =
  "[role=tab], [role=cell], [role=columnheader], [role=rowheader], [role=gridcell], button + button, label + label";

class Walk {
  /** Selects the elements that hold the content; without marks it is the main region. */
  readonly #content: string;
  readonly #machinery: string;
  readonly #main: Element | undefined;
  readonly #isMarked: boolean;
  readonly #blocks: Block[] = [];
  #text = "";
  #state: Block["state"] = "content";

  constructor(marks: Marks) {
    this.#content = (marks.content ?? []).join(", ");
    this.#machinery = (marks.machinery ?? []).join(", ");
    this.#isMarked = this.#content !== "";
    this.#main = this.#isMarked ? undefined : mainRegion();
  }

  blocks(): Block[] {
    this.#end();
    return this.#blocks;
  }

  visit(element: Element, inherited: Block["state"], isForced = false): void {
    if (isSilent(element)) return;
    const isMarked = this.#isMarked && element.matches(this.#content);
    const isContent = isMarked || element === this.#main;
    const state = this.#stateOf(element, isContent ? "content" : inherited, isForced || isMarked);
    const { display } = getComputedStyle(element);
    const isInline =
      /^(inline|contents|ruby)/.test(display) || (display === "none" && isPhrase(element));
    const isApart = !isInline || element.tagName === "BR" || element.matches(APART);
    if (isApart) this.#end();
    else if (display !== "inline") this.#append(" ", state);
    if (state === "content") this.#optional(element);
    for (const node of childrenOf(element)) {
      if (node instanceof Text) this.#append(node.data, state);
      else if (node instanceof Element) this.visit(node, state, isForced || isMarked);
    }
    if (isApart) this.#end();
    else if (display !== "inline") this.#append(" ", state);
  }

  #stateOf(element: Element, state: Block["state"], isForced: boolean): Block["state"] {
    if (this.#machinery && element.matches(this.#machinery)) return "machinery";
    if (isForced) return "content";
    if (state === "hidden" || isClosed(element) || isUnseen(element)) return "hidden";
    if (state === "machinery" || this.#isMarked) return state;
    return isMachinery(element) ? "machinery" : "content";
  }

  /** What stands for an image, and the number of a list item. */
  #optional(element: Element): void {
    const list = element.tagName === "LI" ? element.parentElement : null;
    const isNumbered = list instanceof HTMLOListElement;
    const place = isNumbered ? list.start + [...list.children].indexOf(element) : "";
    const text = element instanceof HTMLImageElement ? element.alt : String(place);
    if (text === "") return;
    this.#append(text, "optional");
    this.#end();
  }

  #append(text: string, state: Block["state"]): void {
    if (state !== this.#state) this.#end();
    this.#state = state;
    this.#text += text;
  }

  #end(): void {
    const text = this.#text.replace(/\s+/g, " ").trim();
    this.#text = "";
    if (text) this.#blocks.push({ text, state: this.#state });
  }
}

/** What is shown in place of an element: its shadow tree, or what is put into a slot. */
function childrenOf(element: Element): Iterable<Node> {
  if (element.shadowRoot) return element.shadowRoot.childNodes;
  const assigned = element instanceof HTMLSlotElement ? element.assignedNodes() : [];
  return assigned.length > 0 ? assigned : element.childNodes;
}

function isPhrase(element: Element): boolean {
  return /^(SPAN|A|B|I|EM|STRONG|SMALL|SUP|SUB|BUTTON|CODE|KBD|LABEL)$/.test(element.tagName);
}
