import type { Element, ElementContent, Parents } from "hast";
import { markOf } from "./html-marks.ts";

/**
 * How the paths of check marks and crosses begin in Material Design, Font Awesome, Octicons, Bootstrap, Feather, Lucide and Heroicons. Those of
 * crosses begin with both ends of a stroke, or at a corner of the cross.
 */
const OUTLINES: [RegExp, string][] = [
  [
    /^(?:M21 ?7[ L]+9 19|M9 16\.17|M9 16\.2|M20 6 ?L? ?9 17|20 6 9 17|M5 ?13l4 4L19 7|M4\.5 12\.75l6 6|M16\.7\d* 5\.29|M16\.704 4\.153|M13\.78 4\.22|M13\.854 3\.646|M10\.97 4\.97|M9 20\.42|m9 20\.42|M438\.6 105\.4|M173\.898 439\.404)/,
    "✓",
  ],
  [
    /^(?:M19 6\.41|M6 ?18 ?L ?18 ?6|M18 6 ?L? ?6 ?18|M4\.293 4\.293|M6\.28 5\.22|M3\.72 3\.72|M4\.646 4\.646|M342\.6 150\.6|M242\.72 256)/,
    "✗",
  ],
];

/** Of a cell. An icon has some wrappers around it, and some parts. */
const MAX_NODES = 12;
const WRAPPERS = /^(?:span|div|p|i|em|b|strong|small|center|figure|picture)$/;

const CELLS = /^(?:td|th|li|dd)$/;

interface IconCell {
  cell: Element;
  column: number;
  /** What tells the icon from others, or "" for an empty cell. */
  icon: string;
}

/** Icons in cells and list items become text, also those that are hidden from screen readers. */
export function nameMarks(tree: Parents, isWithin = false): void {
  tree.children = (tree.children as ElementContent[]).map((child): ElementContent => {
    if (child.type !== "element") return child;
    const mark = isWithin ? markOf(child) : undefined;
    if (mark !== undefined) return { type: "text", value: mark };
    if (child.tagName === "table") nameIconsOfTable(child);
    const isCell =
      CELLS.test(child.tagName) || /cell$|^rowheader$/.test(String(child.properties.role));
    nameMarks(child, isWithin || isCell);
    return child;
  });
}

/**
 * Names the icons of a table that nothing names. Where all cells with nothing but an icon hold the same one, and other cells of their columns
 * are empty, it is a check mark. Other icons are named where their outline is known.
 */
function nameIconsOfTable(table: Element): void {
  const found: IconCell[] = [];
  collect(table, found);
  const icons = found.filter(({ icon }) => icon !== "");
  if (icons.length === 0) return;
  const columns = new Set(icons.map(({ column }) => column));
  const isAlone = new Set(icons.map(({ icon }) => icon)).size === 1;
  const hasEmpty = found.some(({ icon, column }) => icon === "" && columns.has(column));
  for (const { cell, icon } of icons) {
    const mark = OUTLINES.find(([outline]) => outline.test(icon))?.[1];
    if (mark !== undefined) cell.children = [{ type: "text", value: mark }];
    else if (isAlone && hasEmpty && icons.length > 1)
      cell.children = [{ type: "text", value: "✓" }];
  }
}

/** Empty cells and cells with nothing but an icon, without the first column, which names the rows. */
function collect(part: Parents, found: IconCell[]): void {
  let column = 0;
  for (const child of part.children) {
    if (child.type !== "element" || child.tagName === "table") continue;
    if (child.tagName !== "td" && child.tagName !== "th") {
      if (/^(?:thead|tbody|tfoot|tr)$/.test(child.tagName)) collect(child, found);
      continue;
    }
    const icon = column > 0 ? onlyIcon(child.children, { left: MAX_NODES }) : undefined;
    if (icon !== undefined) found.push({ cell: child, column, icon });
    column += 1;
  }
}

/** @returns undefined for a cell that holds text, a link, a named icon or several icons */
function onlyIcon(children: ElementContent[], nodes: { left: number }): string | undefined {
  let icon = "";
  for (const child of children) {
    nodes.left -= 1;
    if (nodes.left < 0) return undefined;
    if (child.type === "comment" || (child.type === "text" && child.value.trim() === "")) continue;
    if (child.type !== "element" || icon !== "") return undefined;
    const inner =
      iconOf(child) ?? (WRAPPERS.test(child.tagName) ? onlyIcon(child.children, nodes) : undefined);
    if (inner === undefined) return undefined;
    icon = inner;
  }
  return icon;
}

function iconOf(element: Element): string | undefined {
  const { tagName, properties } = element;
  if (markOf(element) !== undefined) return undefined;
  if (tagName === "svg") return outlineOf(element);
  if (tagName === "img") return properties.alt ? undefined : (properties.src ?? undefined);
  const classes = Array.isArray(properties.className) ? properties.className.join(" ") : "";
  return tagName === "i" && element.children.length === 0 && classes ? classes : undefined;
}

function outlineOf(svg: Element): string | undefined {
  const outlines: string[] = [];
  const read = (part: Element, level: number): void => {
    for (const child of part.children.slice(0, MAX_NODES)) {
      if (child.type !== "element") continue;
      const { outline, href } = child.properties;
      if (typeof outline === "string") outlines.push(outline.trim().replace(/[\s,]+/g, " "));
      else if (typeof href === "string") outlines.push(href);
      if (level < 2) read(child, level + 1);
    }
  };
  read(svg, 0);
  return outlines.find((one) => one !== "M0 0h24v24H0z") ?? undefined;
}
