import { element } from "./element.ts";

/** The target of a marker: the citation's title, and the action on a click. */
export type MarkerTarget = { title: string; follow: () => void };
export type FindTarget = (n: string) => MarkerTarget | null;

export type AnswerText = {
  append: (delta: string) => void;
  /** Shows the text that `append` has held back. Call it when the stream ends early. */
  flush: () => void;
  replace: (text: string) => void;
};

/**
 * Writes an answer into `host` as text nodes and turns `[n]` into links where a target exists. Text already shown is not
 * written again, so that a visitor can select it while the rest arrives. A marker may be divided between two deltas, so
 * text at the end that could begin a marker waits for the next delta.
 */
export function createAnswerText(host: HTMLElement, findTarget: FindTarget): AnswerText {
  let held = "";
  const flush = () => {
    host.append(...toNodes(held, findTarget));
    held = "";
  };
  return {
    append(delta) {
      const text = held + delta;
      const end = text.search(/\[\d{0,3}$/);
      held = end < 0 ? text : text.slice(0, end);
      flush();
      held = end < 0 ? "" : text.slice(end);
    },
    flush,
    replace(text) {
      held = "";
      host.replaceChildren(...toNodes(text, findTarget));
    },
  };
}

function toNodes(text: string, findTarget: FindTarget): (Node | string)[] {
  // Split with a capture group: the odd parts are the numbers of the markers.
  const parts = text.split(/\[(\d{1,3})\]/);
  return parts
    .map((part, index) => (index % 2 === 0 ? part : toMarker(part, findTarget(part))))
    .filter((part) => part !== "");
}

/** A marker without a target stays plain text, because a dead link would suggest a source. */
function toMarker(n: string, target: MarkerTarget | null): Node | string {
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
