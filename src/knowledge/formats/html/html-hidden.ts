import type { Element } from "hast";
import { classesOf, INLINE, type Survey, wordsOf } from "./html-measure.ts";
import { isHiddenStyle, type PageStyles } from "./html-styles.ts";

/** Classes whose one purpose is text for screen readers. It names what everybody else sees. */
const SCREEN_READER =
  /^(?:[a-z]{1,12}-{1,2})?(?:sr-only(?:-focusable)?|visually-?hidden(?:-focusable)?|screen-?reader(?:-text|-only)?|show-for-sr|screen-only|assistive-text|a11y-hidden|hidden-visually|visuallyhidden)$/i;
const PRINT =
  /^(?:print-only|only-print|show-for-print|visible-print(?:-block|-inline|-inline-block)?|d-print-(?:block|inline|flex|table))$/i;
/** Classes of a state, in most style sheets. */
const STATE =
  /^(?:hidden|d-none|hide|is-hidden|u-hidden|invisible|uk-hidden|display-none|x-hidden)$/i;
/** Classes that show an element on some sizes of screen. */
const SOME_SCREENS =
  /^(?:(?:d|visible|show|hidden|hide)-(?:xs|sm|md|lg|xl|xxl|mobile|tablet|phone|desktop|small|medium|large).*|(?:xs|sm|md|lg|xl|2xl|max-.+):.+|.*(?:mobile|desktop|tablet|phone|small-screen)(?:-only|-view|-version)?|(?:only|show-for|hide-for)-.+)$/i;
const ICON =
  /(?:^|[-_])(?:icons?|symbols?|glyphicon|fa|fas|far|fab|mdi|bi|ti|lni|dashicons|octicon|ligature)(?:$|[-_])/i;
/** The name of a glyph: an icon font draws it in its place. */
const LIGATURE = /^[a-z0-9]+(?:_[a-z0-9]+)*$/;

/** `reader`: for screen readers or print. `style`: hidden for everybody until something shows it. `state`: so says a class. */
export type Hiding = "reader" | "style" | "state";

export function hidingOf(node: Element, styles: PageStyles): Hiding | undefined {
  const { properties, tagName } = node;
  const classes = classesOf(node);
  if (classes.some((name) => SCREEN_READER.test(name) || PRINT.test(name))) return "reader";
  const isDialog = tagName === "dialog" && properties.open === undefined;
  if (properties.hidden === true || isDialog || isHiddenStyle(properties.style ?? ""))
    return "style";
  if (styles.hides(node)) return isForSomeScreens(node) ? undefined : "style";
  if (classes.some((name) => STATE.test(name)) && !isForSomeScreens(node)) return "state";
  return undefined;
}

export function isForSomeScreens(node: Element): boolean {
  return classesOf(node).some((name) => SOME_SCREENS.test(name));
}

/**
 * An icon, or a mark such as `×` or `#`. Other text with `aria-hidden` is seen.
 */
export function isIcon(node: Element, survey: Survey): boolean {
  const { words } = survey.of(node);
  if (words > 2 || !INLINE.has(node.tagName)) return false;
  const isNamed = classesOf(node).some((name) => ICON.test(name));
  const isHidden = node.properties.ariaHidden === "true";
  if (words === 0) return isHidden;
  const text = wordsOf(node, 60);
  if (isNamed)
    return (
      LIGATURE.test(text) &&
      (isHidden || /_|^i$/.test(`${text} ${node.tagName}`) || isIconFont(node))
    );
  return isHidden && /_/.test(text) && LIGATURE.test(text);
}

function isIconFont(node: Element): boolean {
  return classesOf(node).some((name) =>
    /^(?:material-(?:icons|symbols)|mat-icon|icon-font|ligature)/i.test(name),
  );
}
