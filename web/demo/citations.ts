import type { MarkerTarget } from "./answer-text.ts";
import { element } from "./element.ts";
import { renderMarkdown } from "./markdown-nodes.ts";
import type { Citation } from "./stream.ts";

/** The list of cited articles, and the marker targets that lead to them. */
export function renderCitations(citations: Citation[]): {
  section: HTMLElement;
  targets: Map<string, MarkerTarget>;
} {
  const targets = new Map<string, MarkerTarget>();
  const list = element("ul");
  for (const citation of citations) {
    const quote = citation.quotes.length > 0 ? renderQuotes(citation) : null;
    const item = element(
      "li",
      { tabindex: "-1" },
      element("span", { class: "number", "aria-hidden": "true" }, citation.n),
      element("div", {}, renderTitle(citation), ...(quote ? [quote] : [])),
    );
    list.append(item);
    targets.set(citation.n, { title: citation.title, follow: () => reveal(item, quote) });
  }
  const heading = element("h2", {}, citations.length === 1 ? "Source" : "Sources");
  return { section: element("section", { class: "citations" }, heading, list), targets };
}

function renderTitle({ title, url, page }: Citation): HTMLElement {
  const words = page === undefined ? title : `${title}, page ${page}`;
  const text = element("span", { dir: "auto" }, words);
  if (!url) return text;
  const newTab = element("span", { class: "visually-hidden" }, " (opens in a new tab)");
  return element("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, text, newTab);
}

function renderQuotes({ quotes, title }: Citation): HTMLDetailsElement {
  const about = element("span", { class: "visually-hidden" }, ` from ${title}`);
  const passages = quotes.map((quote) =>
    element("blockquote", { class: "markdown" }, ...renderMarkdown(quote)),
  );
  // The server checks the hosts of links in answers, not those in quotes.
  for (const passage of passages)
    for (const link of passage.querySelectorAll("a")) link.replaceWith(...link.childNodes);
  const label = quotes.length === 1 ? "Quoted passage" : "Quoted passages";
  return element("details", {}, element("summary", {}, label, about), ...passages);
}

function reveal(item: HTMLElement, quote: HTMLDetailsElement | null): void {
  if (quote) quote.open = true;
  item.focus({ preventScroll: true });
  item.scrollIntoView({ block: "nearest" });
}
