const LABELS =
  "h1, th, caption, summary, legend, dt, label, [role=tab], figcaption, tr:nth-child(-n + 2) > td, tr > td:first-child, [colspan], [rowspan], [role=columnheader], [style*='table-row']:first-child > *";

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
  // The text of a note may stand beside its mark, too.
  const notes = [...document.querySelectorAll("p > sup:first-child")].map((mark) =>
    (mark.parentElement?.textContent ?? "").slice(mark.textContent.length),
  );
  // The first line of a cell may be the title of those below it.
  const lines = [...document.querySelectorAll("td:has(> br)")].map(
    (cell) => cell.firstChild?.textContent ?? "",
  );
  // What stands in place of an icon or of an empty cell.
  const marks = document.querySelector(":is(td, li) :is(svg, img, i), td:empty")
    ? ["✓", "✗", "–"]
    : [];
  return [...titles, ...texts, ...leads, ...described, ...notes, ...lines, ...marks].filter(
    (text) => text.trim() !== "",
  );
}
