const LANDMARKS =
  "nav, [role=navigation], [role=banner], [role=contentinfo], [role=search], search, [role=menu], [role=dialog], dialog, [aria-modal=true]";
/** They are landmarks unless they belong to an article or a section. */
const OUTER = "header, footer, aside";
const SECTIONS = "main, [role=main], article, section, blockquote";
/** Links to headings of the same page, at least. */
const TABLE_OF_CONTENTS = 3;

/** The element that holds the content of a page. */
export function mainRegion(): Element {
  const mains = document.querySelectorAll("main, [role=main]");
  const outer = [...mains].filter((one) => !one.parentElement?.closest("main, [role=main]"));
  if (outer.length === 1 && outer[0]) return outer[0];
  const articles = document.querySelectorAll("article");
  return articles.length === 1 && articles[0] ? articles[0] : document.body;
}

export function isMachinery(element: Element): boolean {
  if (element.matches(LANDMARKS)) return true;
  if (element.matches(OUTER) && !element.parentElement?.closest(SECTIONS)) return true;
  return isTableOfContents(element);
}

/** A list whose only text is links to headings of the page it stands on. */
function isTableOfContents(element: Element): boolean {
  if (!/^(UL|OL|DIV|NAV)$/.test(element.tagName)) return false;
  const links = [...element.querySelectorAll<HTMLAnchorElement>("a[href]")];
  if (links.length < TABLE_OF_CONTENTS || !links.every(leadsToHeading)) return false;
  const linked = links.map((link) => link.textContent ?? "").join("");
  return letters(element.textContent ?? "") === letters(linked);
}

function leadsToHeading(link: HTMLAnchorElement): boolean {
  if (link.pathname !== location.pathname || link.hash.length < 2) return false;
  const target = document.getElementById(decodeURIComponent(link.hash.slice(1)));
  return (
    target !== null && letters(target.textContent ?? "").includes(letters(link.textContent ?? ""))
  );
}

function letters(text: string): string {
  return text.replace(/[^\p{L}\p{N}]/gu, "");
}
