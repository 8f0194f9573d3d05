import type { Element, Root } from "hast";
import { SKIP, visit } from "unist-util-visit";
import { classesOf } from "./html-measure.ts";

/** The page's own styles. A style sheet of another address is not read. */
const MAX_STYLES = 300_000;
const MAX_RULES = 5000;
/** In characters. A selector or rule that is longer hides no single element. */
const MAX_RULE = 1000;
/** The last part of a selector, where it names a tag, an id and classes only. */
const SIMPLE = /^([a-z][a-z0-9]*)?((?:[.#][\w-]+)*)$/i;

/** The `media` of a style element that holds on a screen of any size. */
const OF_SCREENS = /^\s*(?:all|screen|)\s*$/i;
/** Scripts take this class away. */
const WITHOUT_SCRIPTS = /\.no-?js(?![\w-])/i;
const SHOWN = /(?:^|[;\s])display\s*:\s*(?!none)[a-z]/i;

interface Rule {
  tagName?: string;
  id?: string;
  classes: string[];
}

/** Which elements the rules of a page's `<style>` elements hide, and which of them a rule shows at times. */
export class PageStyles {
  private readonly hiding = new Map<string, Rule[]>();
  private readonly showing = new Set<string>();

  constructor(page: Root) {
    let left = MAX_STYLES;
    let rules = 0;
    visit(page, "element", ({ tagName, properties, children }) => {
      // Its styles are for visitors whose browser runs no scripts, or for nobody yet.
      if (tagName === "noscript" || tagName === "template") return SKIP;
      if (tagName !== "style" || !OF_SCREENS.test(properties.media ?? "")) return undefined;
      for (const child of children) {
        if (child.type !== "text" || left <= 0) continue;
        for (const [selectors, declarations] of rulesOf(child.value.slice(0, left))) {
          rules += 1;
          if (rules <= MAX_RULES) this.note(selectors, declarations);
        }
        left -= child.value.length;
      }
      return undefined;
    });
  }

  hides(element: Element): boolean {
    const { id, style } = element.properties;
    // The first tab is often shown by the page itself.
    if (style !== undefined && SHOWN.test(style.slice(0, MAX_RULE))) return false;
    const keys = classesOf(element)
      .slice(0, 20)
      .map((name) => `.${name}`);
    if (id !== undefined) keys.push(`#${id}`);
    return keys.some((key) => this.hiding.get(key)?.some((rule) => matches(element, rule)));
  }

  /** A rule with a condition, such as `.open .answer` or `#more:target`, shows the element. */
  shows(element: Element): boolean {
    const { id } = element.properties;
    return (
      classesOf(element).some((name) => this.showing.has(`.${name}`)) ||
      (id !== undefined && this.showing.has(`#${id}`))
    );
  }

  private note(selectors: string, declarations: string): void {
    const isHiding = isHiddenStyle(declarations);
    if (!isHiding && !/(?:display|visibility|height|opacity)\s*:/i.test(declarations)) return;
    for (const selector of selectors.split(",")) {
      if (isHiding && WITHOUT_SCRIPTS.test(selector)) continue;
      const parts = selector.trim().split(/[\s>+~]+/);
      const last = parts.at(-1) ?? "";
      const match = SIMPLE.exec(last);
      const names = last.match(/[.#][\w-]+/g) ?? [];
      if (!isHiding) for (const name of names) this.showing.add(name);
      if (!isHiding || !match || names.length === 0) continue;
      const rule: Rule = {
        ...(match[1] ? { tagName: match[1].toLowerCase() } : {}),
        classes: names.filter((name) => name.startsWith(".")).map((name) => name.slice(1)),
      };
      const id = names.find((name) => name.startsWith("#"))?.slice(1);
      if (id !== undefined) rule.id = id;
      const key = names.find((name) => name.startsWith("#")) ?? names[0] ?? "";
      const known = this.hiding.get(key) ?? [];
      if (known.length < 10) this.hiding.set(key, [...known, rule]);
    }
  }
}

function matches(element: Element, { tagName, id, classes }: Rule): boolean {
  if (tagName !== undefined && tagName !== element.tagName) return false;
  if (id !== undefined && id !== element.properties.id) return false;
  const own = classesOf(element);
  return classes.every((name) => own.includes(name));
}

/** Selectors and declarations of the rules that hold on a screen of any size. */
function* rulesOf(css: string): Generator<[string, string]> {
  const source = withoutComments(css);
  /** Whether the at-rules around hold: `@media print` and those for some sizes of screen do not. */
  const around: boolean[] = [];
  let from = 0;
  while (from < source.length) {
    const opens = source.indexOf("{", from);
    const closes = source.indexOf("}", from);
    if (closes >= 0 && (opens < 0 || closes < opens)) {
      around.pop();
      from = closes + 1;
      continue;
    }
    if (opens < 0) return;
    const prelude = source.slice(from, opens).trim();
    if (prelude.startsWith("@")) {
      around.push(
        /^@(?:layer|supports|media\s+(?:all|screen))\b[^()]*$/i.test(prelude.slice(0, MAX_RULE)),
      );
      from = opens + 1;
      continue;
    }
    const end = closes < 0 ? source.length : closes;
    if (prelude.length + end - opens < MAX_RULE && around.every(Boolean))
      yield [prelude, source.slice(opens + 1, end)];
    from = end + 1;
  }
}

function withoutComments(css: string): string {
  const parts: string[] = [];
  let from = 0;
  for (let at = css.indexOf("/*"); at >= 0; at = css.indexOf("/*", from)) {
    parts.push(css.slice(from, at));
    const end = css.indexOf("*/", at + 2);
    from = end < 0 ? css.length : end + 2;
  }
  return parts.join("") + css.slice(from);
}

const NOT_SHOWN =
  /(?:^|[;\s])(?:display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|content-visibility\s*:\s*hidden|max-height\s*:\s*0(?:px)?\s*(?:!|;|$)|font-size\s*:\s*(?:[01]|0?\.\d+)(?:px|em|rem|pt|%)?\s*(?:!|;|$)|color\s*:\s*transparent|transform\s*:\s*scale\(\s*0\s*\)|clip\s*:\s*rect\(\s*[01](?:px)?\b|clip-path\s*:\s*inset\(\s*(?:50|100)%|text-indent\s*:\s*-\d{3}|(?:left|top|right)\s*:\s*-\d{3,})/i;
const NO_SIZE = /(?:^|[;\s])(?:height|width)\s*:\s*[01](?:px)?\s*(?:!|;|$)/i;
/** A column without a width of its own grows to what is left. */
const GROWS = /(?:^|[;\s])(?:flex(?:-grow|-basis)?|min-width)\s*:\s*(?!0)/i;
const CLIPPED = /overflow(?:-[xy])?\s*:\s*(?:hidden|clip)/i;
const TRANSPARENT = /(?:^|[;\s])opacity\s*:\s*0(?:\.0+)?\s*(?:!|;|$)/i;
/** An element that is faded in on its first appearance begins transparent. */
const MOVES = /trans(?:form|ition)|animation|will-change|filter/i;

/** Whether declarations hide an element from eyes: by CSS's own means or by the known tricks. */
export function isHiddenStyle(declarations: string): boolean {
  const style = declarations.slice(0, MAX_RULE);
  return (
    NOT_SHOWN.test(style) ||
    (NO_SIZE.test(style) && CLIPPED.test(style) && !GROWS.test(style)) ||
    (TRANSPARENT.test(style) && !MOVES.test(style)) ||
    isOneColour(style)
  );
}

/** Each of the two is then that of something else. */
const KEYWORD = /^\s*(?:inherit|initial|unset|revert)\s*$/i;

/** Letters in the colour of their ground. */
function isOneColour(style: string): boolean {
  const letters = /(?:^|[;\s])color\s*:\s*([^;!]+)/i.exec(style)?.[1];
  const ground = /(?:^|[;\s])background(?:-color)?\s*:\s*([^;!]+)/i.exec(style)?.[1];
  if (letters !== undefined && KEYWORD.test(letters)) return false;
  return letters !== undefined && letters.trim().toLowerCase() === ground?.trim().toLowerCase();
}
