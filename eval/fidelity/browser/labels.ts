const LABELS =
  "h1, th, caption, summary, legend, dt, label, [role=tab], figcaption, tr:first-child > td, tr > td:first-child, [colspan], [rowspan]";

/** The texts that a reader may repeat in front of what they name. */
export function labelsOf(): string[] {
  const texts = [...document.querySelectorAll(LABELS)].map((one) => one.textContent ?? "");
  const leads = [...document.querySelectorAll("table")].map(
    (table) => table.previousElementSibling?.textContent ?? "",
  );
  const described = [...document.querySelectorAll("[aria-label], [title]")].flatMap((one) =>
    ["aria-label", "title"].map((name) => one.getAttribute(name) ?? ""),
  );
  const titles = [document.title, ...document.title.split(/\s[|·–—-]\s/)];
  // What stands in place of an icon or of an empty cell.
  const marks = document.querySelector("td svg, td img, td i, td:empty") ? ["✓", "✗", "–"] : [];
  return [...titles, ...texts, ...leads, ...described, ...marks].filter(
    (text) => text.trim() !== "",
  );
}
