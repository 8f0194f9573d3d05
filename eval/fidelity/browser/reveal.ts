import { isClosed, isSilent } from "./visibility.ts";

const CONTROLS =
  "[aria-controls], [data-bs-target], [data-target], [href^='#'], [for], [data-tab], [popovertarget]";
/** What is opened for another purpose than reading. */
const OTHER =
  "dialog, [role=dialog], [aria-modal=true], [role=menu], [role=listbox], [role=tooltip], nav, form";
const QUESTION =
  "button, summary, dt, h1, h2, h3, h4, h5, h6, [role=button], [role=tab], [role=heading], [aria-expanded], [onclick]";
const QUESTION_NAME = /question|toggle|trigger|accordion|collaps|header|title|label|more/i;
/** Of a text of at most 200 characters. */
const ENDS_AS_QUESTION = /^.{1,200}[?？؟]\s*$/s;

/** Opens everything on the page that a visitor could open to read it. Returns the labels of what was opened. */
export function revealAll(): string[] {
  const labels: string[] = [];
  for (const details of document.querySelectorAll("details")) details.open = true;
  const named = controlled();
  for (const element of document.body.querySelectorAll("*")) {
    if (isSilent(element) || !isOutermostClosed(element)) continue;
    const id = element.id || element.getAttribute("data-tab-content") || "";
    const control = named.get(id) ?? questionOf(element) ?? tabOf(element);
    if (element.getAttribute("hidden") !== "until-found" && !control && !isPanel(element)) continue;
    if (element.closest(OTHER)) continue;
    open(element);
    if (control) labels.push(control.textContent ?? "");
  }
  return labels;
}

function isOutermostClosed(element: Element): boolean {
  return isClosed(element) && !(element.parentElement && isClosed(element.parentElement));
}

/** The elements that are named by a control, by their id. */
function controlled(): Map<string, Element> {
  const found = new Map<string, Element>();
  for (const control of document.querySelectorAll(CONTROLS)) {
    for (const name of [
      "aria-controls",
      "data-bs-target",
      "data-target",
      "href",
      "for",
      "data-tab",
    ])
      for (const id of (control.getAttribute(name) ?? "").split(/\s+/))
        if (/^#?[\w:.-]+$/.test(id)) found.set(id.replace(/^#/, ""), control);
  }
  return found;
}

function isPanel(element: Element): boolean {
  return element.matches("[role=tabpanel], [role=region][aria-labelledby]");
}

/** The visible heading or button in front of a closed element: an answer follows its question. */
function questionOf(element: Element): Element | undefined {
  const before = element.previousElementSibling;
  if (!before || isSilent(before) || isClosed(before)) return;
  if (before.matches(QUESTION) || QUESTION_NAME.test(before.getAttribute("class") ?? ""))
    return before;
  if (ENDS_AS_QUESTION.test(before.textContent ?? "")) return before;
  return before.querySelector(QUESTION) ?? undefined;
}

/** The tab of a panel that has neither an id nor a role: as many labels stand in front of the panels as there are panels. */
function tabOf(element: Element): Element | undefined {
  const panels = [...(element.parentElement?.children ?? [])].filter(
    (one) => one.tagName === element.tagName && one.classList[0] === element.classList[0],
  );
  const labelled =
    element.parentElement?.previousElementSibling ?? panels[0]?.previousElementSibling;
  const beside = panels[0]?.previousElementSibling;
  for (const group of [beside, labelled]) {
    const labels = [...(group?.querySelectorAll("button, a, li, label, [role=tab]") ?? [])];
    const own = labels.filter(
      (label) => !labels.some((other) => other !== label && other.contains(label)),
    );
    if (panels.length > 1 && own.length === panels.length) return own[panels.indexOf(element)];
  }
  const inputs = element.parentElement?.querySelectorAll(
    ":scope > input[type=radio], :scope > input[type=checkbox]",
  );
  return inputs?.length ? (element.parentElement?.querySelector("label") ?? undefined) : undefined;
}

export function open(element: Element): void {
  element.removeAttribute("hidden");
  if (!(element instanceof HTMLElement)) return;
  if (isClosed(element)) element.style.setProperty("display", displayOf(element), "important");
  for (const [name, value] of [
    ["visibility", "visible"],
    ["opacity", "1"],
    ["content-visibility", "visible"],
  ] as const)
    element.style.setProperty(name, value, "important");
}

function displayOf(element: HTMLElement): string {
  const known: Record<string, string> = {
    TR: "table-row",
    TD: "table-cell",
    TH: "table-cell",
    TBODY: "table-row-group",
    LI: "list-item",
  };
  return known[element.tagName] ?? "block";
}
