import type { Token } from "marked";
import { element } from "./element.ts";
import { createGrowingLexer, unfinishedFrom } from "./markdown.ts";
import { renderBlock, type ToMarker } from "./markdown-nodes.ts";

/** The target of a marker: the citation's title, and the action on a click. */
export type MarkerTarget = { title: string; follow: () => void };
export type FindTarget = (n: string) => MarkerTarget | null;

export type AnswerText = {
  append: (delta: string) => void;
  /** Shows the text that `append` has held back. Call it when the stream ends early. */
  flush: () => void;
  /** Shows the final text, in which `[n]` is a link where a target exists. */
  replace: (text: string) => void;
};

type Shown = { raw: string; node: HTMLElement };

const MARKER = /\[\d{1,3}\]/;
/** Rendering takes a fifth of the time at most, however slow a text is to render. */
const REST_PER_RENDERING = 4;

/**
 * Writes an answer's Markdown into `host`, at most once a frame. A block that has not changed keeps its node, so that nothing
 * flickers and a visitor can select text while the rest arrives.
 */
export function createAnswerText(host: HTMLElement, findTarget: FindTarget): AnswerText {
  let text = "";
  const shown: Shown[] = [];
  let lex = createGrowingLexer();
  let frame = 0;
  let restUntil = 0;

  const show = (tokens: Token[], isSame: (old: Shown, token: Token) => boolean, marker: ToMarker) => {
    const blocks = tokens.filter(({ type }) => type !== "space");
    blocks.forEach((token, index) => {
      const old = shown[index];
      if (old && isSame(old, token)) return;
      const node = renderBlock(token, blocks[index - 1], marker);
      if (old) old.node.replaceWith(node);
      else host.append(node);
      shown[index] = { raw: token.raw, node };
    });
    for (const { node } of shown.splice(blocks.length)) node.remove();
  };
  const toLink: ToMarker = (n) => renderMarker(n, findTarget(n));
  const showUntil = (end: number) => {
    const began = performance.now();
    show(lex(text.slice(0, end)), (old, token) => old.raw === token.raw, toPendingMarker);
    const now = performance.now();
    restUntil = now + REST_PER_RENDERING * (now - began);
  };
  const onFrame = (now: number) => {
    frame = 0;
    if (now < restUntil) schedule();
    else showUntil(unfinishedFrom(text));
  };
  const schedule = () => {
    frame ||= requestAnimationFrame(onFrame);
  };
  const settle = () => {
    cancelAnimationFrame(frame);
    frame = 0;
  };

  return {
    append(delta) {
      text += delta.replaceAll("\r", "");
      schedule();
    },
    flush() {
      settle();
      if (text) showUntil(text.length);
    },
    replace(final) {
      settle();
      const clean = final.replaceAll("\r", "");
      text = "";
      lex = createGrowingLexer();
      // Only now it is known where a marker leads.
      show(lex(clean), (old, token) => old.raw === token.raw && !MARKER.test(old.raw), toLink);
    },
  };
}

/** Looks like the link that it becomes, so that the text does not move. */
const toPendingMarker: ToMarker = (n) => element("span", { class: "marker" }, `[${n}]`);

/** A marker without a target stays plain text, because a dead link would suggest a source. */
function renderMarker(n: string, target: MarkerTarget | null): Node | string {
  if (!target) return `[${n}]`;
  const marker = element(
    "a",
    { class: "marker", href: "#", "aria-label": `Source ${n}: ${target.title}` },
    `[${n}]`,
  );
  marker.addEventListener("click", (event) => {
    event.preventDefault();
    target.follow();
  });
  return marker;
}
