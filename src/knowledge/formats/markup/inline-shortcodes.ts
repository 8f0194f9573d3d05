import type { Dialect } from "./dialect.ts";
import { replaceAt } from "./replace-at.ts";
import { shortcodesIn, shownFor, shownForVariable, type Shortcode } from "./shortcodes.ts";
import { spaced } from "./spaced.ts";

/** Shortcodes of a text → what a site shows for them. */
export function withShortcodes(text: string): string {
  const read: string[] = [];
  let at = 0;
  let raw = false;
  /** The last characters that were written. */
  let before = "";
  for (const shortcode of shortcodesIn(text)) {
    const { name, closes, start, end } = shortcode;
    if (raw && !(name === "raw" && closes)) continue;
    if (name === "raw") raw = !closes;
    before = (before + text.slice(Math.max(at, start - MAX_BEFORE), start)).slice(-MAX_BEFORE);
    const isTarget = isInTarget(before);
    const shown = isTarget
      ? addressIn(shortcode)
      : spaced(before, shownFor(shortcode), text.charAt(end));
    read.push(text.slice(at, start), shown);
    before += shown;
    at = end;
  }
  return read.join("") + text.slice(at);
}

/** In characters: how far back the beginning of a link's target is looked for. */
const MAX_BEFORE = 300;

/** Whether the target of a link or an attribute of HTML is open. */
function isInTarget(before: string): boolean {
  return /(?:\]\([^()\s]*|(?:href|src)=["'][^"']*|^\[[^\]\n]+\]:\s*\S*)$/i.test(before);
}

function addressIn({ words, name }: Shortcode): string {
  return (words.find((word) => /[/.#]/.test(word)) ?? (/[/.]/.test(name) ? name : "")).replace(
    /[\s()<>]/g,
    "",
  );
}

/** `{{ … }}` → its value, where it is known to be a variable. */
export function withVariables(text: string, dialect: Dialect): string {
  const last = text.lastIndexOf("}}");
  return replaceAt(text, "{{", (start) => {
    if (last < start + 2) return undefined;
    const end = text.indexOf("}}", start + 2);
    const nested = text.indexOf("{{", start + 2);
    if (nested >= 0 && nested < end) return undefined;
    const shown = shownForVariable(text.slice(start + 2, end), dialect.values);
    if (shown === undefined || text.charAt(start - 1) === "\\") return undefined;
    dialect.room.left -= shown.length;
    return { end: end + 2, shown: dialect.room.left > 0 ? shown : "" };
  });
}
