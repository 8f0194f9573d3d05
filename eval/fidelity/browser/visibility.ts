/** Elements whose text nobody sees, or that hold no sentence: options and what a visitor types. */
const SILENT = new Set(
  "SCRIPT STYLE TEMPLATE NOSCRIPT HEAD TITLE IFRAME OBJECT AUDIO VIDEO CANVAS SELECT DATALIST TEXTAREA INPUT".split(
    " ",
  ),
);

export function isSilent(element: Element): boolean {
  return SILENT.has(element.tagName.toUpperCase());
}

/** Not laid out: `display: none`, `hidden`, a closed `<details>`, `content-visibility: hidden`. */
export function isClosed(element: Element): boolean {
  return !element.checkVisibility({ contentVisibilityAuto: false });
}

/** Takes part in the layout, but a visitor sees nothing of it: text for screen readers, transparent or clipped text. */
export function isUnseen(element: Element): boolean {
  const style = getComputedStyle(element);
  if (style.visibility !== "visible" || Number(style.opacity) === 0) return true;
  if (Number.parseFloat(style.textIndent) < -900) return true;
  if (style.position !== "absolute" && style.position !== "fixed") return false;
  const box = element.getBoundingClientRect();
  const isClipped =
    /rect\((0|1)px[, ]+(0|1)px[, ]+(0|1)px[, ]+(0|1)px\)/.test(style.clip) ||
    /inset\((50%|100%)/.test(style.clipPath);
  const isDot = box.width <= 1 && box.height <= 1 && style.overflow !== "visible";
  return isClipped || isDot || box.right + scrollX < -900 || box.bottom + scrollY < -900;
}
