import type { Element, ElementContent } from "hast";

const SETS =
  "fa|fas|far|fal|bi|ti|ri|la|las|mdi|icon|icons|glyphicon|ion|feather|lucide|ph|uil|ic|octicon|pi|bx|bxs|tabler|dashicons|heroicon|svg|feature|cell|mark";
const FORMS =
  "circle|square|md|ios|lg|fill|filled|solid|alt|o|icon|mark|sign|thin|bold|outline|outlined|light|sharp|round|rounded|line|regular|\\d";
/** What the icon of a comparison says, by its class (`fa-circle-check`) or the name of its file (`check.svg`). */
const MARKS: [RegExp, string][] = (
  [
    ["check|checks|checked|checkmark|tick|yes|ok|included|available|supported|done|true", "✓"],
    [
      "times|xmark|cross|close|no|x|remove|clear|cancel|excluded|unavailable|unsupported|not[-_](?:included|available|supported)|false",
      "✗",
    ],
    ["minus|dash", "–"],
  ] as const
).map(([words, mark]) => [
  new RegExp(
    `^(?:(?:${SETS})[-_]){0,2}(?:(?:${FORMS})[-_]){0,2}(?:${words})(?:[-_](?:${FORMS})){0,3}$`,
  ),
  mark,
]);
const ICONS = /^(?:i|svg|img|span|use|path|em|b|mat-icon|ion-icon|iconify-icon)$/;
/** Icon fonts whose icons are named by a text. */
const LIGATURES = /^(?:material-icons|material-symbols|mat-icon)/;

/**
 * The text of an icon that stands for a word: its label, or else ✓ or ✗ by its class (`fa-check`) or file (`check.svg`).
 * @returns undefined for other elements
 */
export function markOf(element: Element): string | undefined {
  const { tagName, properties, children } = element;
  if (!ICONS.test(tagName) || (tagName === "img" && properties.alt)) return undefined;
  const classes = Array.isArray(properties.className) ? properties.className.map(String) : [];
  const text = tagName === "svg" ? titleOf(element) : textIn(children).trim();
  const isLigature = classes.some((name) => LIGATURES.test(name));
  if (text && !isLigature) return tagName === "svg" ? text : undefined;
  const label = (properties.ariaLabel ?? properties.title ?? "").trim();
  if (label) return label;
  const names = [...classes, properties.src ?? "", ...hrefsIn(children), isLigature ? text : ""];
  return names.map(markNamed).find((mark) => mark !== undefined);
}

function markNamed(name: string): string | undefined {
  const last = name.slice(-80).split("/").at(-1) ?? "";
  const plain = last
    .replace(/\.(?:svg|png|gif|webp|jpe?g)$/i, "")
    .replace(/([a-z])([A-Z])/g, "$1-$2")
    .toLowerCase();
  return MARKS.find(([form]) => form.test(plain))?.[1];
}

function titleOf(svg: Element): string {
  const label = (svg.properties.ariaLabel ?? "").trim();
  const title = svg.children.find(
    (child): child is Element => child.type === "element" && child.tagName === "title",
  );
  return label || textIn(title?.children ?? []).trim();
}

function hrefsIn(children: ElementContent[]): string[] {
  return children
    .slice(0, 5)
    .flatMap((child) =>
      child.type === "element" ? [(child.properties.href ?? "").replace(/^.*#/, "")] : [],
    );
}

/** An icon holds hardly any text: more is not looked at. */
function textIn(children: ElementContent[]): string {
  return children
    .slice(0, 5)
    .map((child) => {
      if (child.type === "text") return child.value.slice(0, 80);
      const [only] = child.type === "element" ? child.children : [];
      return only?.type === "text" ? only.value.slice(0, 80) : "";
    })
    .join("");
}
