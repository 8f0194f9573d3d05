import type { MarkedToken, Token, Tokens } from "marked";
import { element } from "./element.ts";
import { lexAnswer, linkTarget } from "./markdown.ts";

/** Makes the node of a marker `[n]`. */
export type ToMarker = (n: string) => Node | string;

const ONLY_MARKERS = /^(?:\s*\[\d{1,3}\])+\s*$/;

/** A text without markers of its own. */
export function renderMarkdown(text: string): HTMLElement[] {
  return renderBlocks(lexAnswer(text), (n) => `[${n}]`);
}

/** A block as one element. Every text becomes a text node, whatever it contains. */
export function renderBlock(
  given: Token,
  previous: Token | undefined,
  toMarker: ToMarker,
): HTMLElement {
  // marked's `Token` also admits the tokens of extensions; there are none.
  const token = given as MarkedToken;
  const inline = (tokens: Token[] | undefined) => renderInline(tokens ?? [], toMarker);
  switch (token.type) {
    case "heading":
      return element(`h${toLevel(token.depth)}`, { dir: "auto" }, ...inline(token.tokens));
    case "list":
      return renderList(token, toMarker);
    case "blockquote":
      return element("blockquote", { dir: "auto" }, ...renderBlocks(token.tokens, toMarker));
    case "code":
      return renderCode(token);
    case "table":
      return renderTable(token, toMarker);
    case "hr":
      return element("hr");
    case "paragraph":
    case "text": {
      const belongsAbove =
        ["table", "code", "list"].includes(previous?.type ?? "") && ONLY_MARKERS.test(token.text);
      const attributes = belongsAbove ? { class: "belongs-above" } : { dir: "auto" };
      const children = token.tokens ? inline(token.tokens) : withMarkers(token.text, toMarker);
      return element("p", attributes, ...children);
    }
    default:
      return element("p", { dir: "auto" }, ...withMarkers(token.raw, toMarker));
  }
}

function renderBlocks(tokens: Token[], toMarker: ToMarker): HTMLElement[] {
  const blocks = tokens.filter(({ type }) => type !== "space");
  return blocks.map((token, index) => renderBlock(token, blocks[index - 1], toMarker));
}

/** The page's title is level 1. */
function toLevel(depth: number): 2 | 3 | 4 | 5 {
  return depth <= 1 ? 2 : depth === 2 ? 3 : depth === 3 ? 4 : 5;
}

function renderList({ ordered, start, items }: Tokens.List, toMarker: ToMarker): HTMLElement {
  const attributes: Record<string, string> = { dir: "auto" };
  if (ordered && start !== 1) attributes.start = String(start);
  const children = items.map((item) => element("li", {}, ...renderItem(item, toMarker)));
  return element(ordered ? "ol" : "ul", attributes, ...children);
}

/** An item is shown alike whether empty lines stand between the items or not, because they arrive later than the items. */
function renderItem({ tokens }: Tokens.ListItem, toMarker: ToMarker): (Node | string)[] {
  const first = tokens.findIndex(({ type }) => type !== "space" && type !== "checkbox");
  const head = tokens[first];
  if (head?.type !== "text" && head?.type !== "paragraph") return renderBlocks(tokens, toMarker);
  const boxes = tokens.slice(0, first).map(({ raw }) => raw);
  return [
    ...boxes,
    ...renderInline(head.tokens ?? [head], toMarker),
    ...renderBlocks(tokens.slice(first + 1), toMarker),
  ];
}

/** A table scrolls sideways in a box of its own; the keyboard can scroll it when it has the focus. */
function renderTable({ header, rows }: Tokens.Table, toMarker: ToMarker): HTMLElement {
  const cell = (tag: "th" | "td", { tokens, align }: Tokens.TableCell) =>
    element(
      tag,
      {
        ...(tag === "th" && { scope: "col" }),
        ...(align && { "data-align": align }),
      },
      ...renderInline(tokens, toMarker),
    );
  const row = (tag: "th" | "td", cells: Tokens.TableCell[]) =>
    element("tr", {}, ...cells.map((content) => cell(tag, content)));
  const table = element(
    "table",
    { dir: "auto" },
    element("thead", {}, row("th", header)),
    element("tbody", {}, ...rows.map((cells) => row("td", cells))),
  );
  const box = { class: "table", role: "group", tabindex: "0", "aria-label": "Table" };
  return element("div", box, table);
}

function renderCode({ text }: Tokens.Code): HTMLElement {
  const box = { tabindex: "0", role: "group", "aria-label": "Code", dir: "ltr" };
  const block = element("div", { class: "code" }, element("pre", box, element("code", {}, text)));
  // Browsers offer the clipboard to secure pages only.
  if (window.isSecureContext) block.append(renderCopy(text));
  return block;
}

function renderCopy(text: string): HTMLElement {
  const button = element("button", { type: "button", class: "copy" }, "Copy");
  button.addEventListener("click", () => {
    void navigator.clipboard.writeText(text).then(
      () => (button.textContent = "Copied"),
      () => (button.textContent = "Not copied"),
    );
  });
  return button;
}

function renderInline(tokens: Token[], toMarker: ToMarker): (Node | string)[] {
  return tokens.flatMap((token) => renderSpan(token as MarkedToken, toMarker));
}

function renderSpan(token: MarkedToken, toMarker: ToMarker): (Node | string)[] {
  switch (token.type) {
    case "strong":
    case "em":
    case "del":
      return [element(token.type, {}, ...renderInline(token.tokens, toMarker))];
    case "codespan":
      return [element("code", {}, token.text)];
    case "br":
      return [element("br")];
    case "link":
      return renderLink(token, toMarker);
    case "image":
      // An image would tell its host who reads the answer.
      return [token.text];
    case "escape":
      return [token.text];
    case "text":
      return token.tokens
        ? renderInline(token.tokens, toMarker)
        : withMarkers(token.text, toMarker);
    default:
      return withMarkers(token.raw, toMarker);
  }
}

/** A link that leads nowhere from here is shown as it is written. */
function renderLink(token: Tokens.Link, toMarker: ToMarker): (Node | string)[] {
  const href = linkTarget(token);
  if (!href) return withMarkers(token.raw, toMarker);
  // A marker within a link would be a link within a link.
  const words = renderInline(token.tokens, (n) => `[${n}]`);
  return [element("a", { href, target: "_blank", rel: "noopener nofollow" }, ...words)];
}

/** A marker stays on the line of the word before it. Split with a capture group: the odd parts are the markers' numbers. */
function withMarkers(text: string, toMarker: ToMarker): (Node | string)[] {
  return text
    .replace(/ (?=\[\d{1,3}\])/g, "\u00a0")
    .split(/\[(\d{1,3})\]/)
    .map((part, index) => (index % 2 === 0 ? part : toMarker(part)))
    .filter((part) => part !== "");
}
