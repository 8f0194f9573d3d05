const LABELS =
  "h1, th, caption, summary, legend, dt, label, [role=tab], figcaption, tr:first-child > td, tr > td:first-child, [colspan], [rowspan]";

/** The texts that a reader may repeat in front of what they name. */
export function labelsOf(): string[] {
  const texts = [...document.querySelectorAll(LABELS)].map((one) => one.textContent ?? "");
  const images = [...document.querySelectorAll("[alt], [aria-label], [title]")].flatMap((one) =>
    ["alt", "aria-label", "title"].map((name) => one.getAttribute(name) ?? ""),
  );
  const numbers = [...document.querySelectorAll("ol")].flatMap((list) =>
    [...list.children].map((_, place) => String(list.start + place)),
  );
  const titles = [document.title, ...document.title.split(/\s[|·–—-]\s/)];
  return [...titles, ...texts, ...images, ...numbers].filter((text) => text.trim() !== "");
}
