import { z } from "@hono/zod-openapi";

/**
 * Patterns that take little time on a short text: anchored, of characters and classes with repetitions, without groups, alternatives and
 * references. At most three repetitions have an open length, which makes cubic time, and fewer the more parts are optional.
 */
export const simplePattern = z
  .string()
  .max(200)
  .refine(
    isSimplePattern,
    "is no simple pattern: write ^…$ with characters, classes such as [A-Z] and \\d, and repetitions such as {4,8}",
  );

const ATOM = /\\[dwsDWS]|\\[.\-/\\+*?()[\]{}|^$]|\[(?:\\.|[^\]\\])+\]|[^\\[\](){}*+?|^$.]|\./y;
const REPEAT = /\{\d{1,3}(?:,\d{0,3})?\}|[*+?]/y;
const MAX_OPEN_REPEATS = 3;
/** Each doubles what has to be tried, and a repetition of open length counts as two. */
const MAX_OPTIONAL = 7;

function isSimplePattern(text: string): boolean {
  if (!text.startsWith("^") || !text.endsWith("$")) return false;
  const body = text.slice(1, -1);
  let open = 0;
  let optional = 0;
  for (let at = 0; at < body.length;) {
    ATOM.lastIndex = at;
    const atom = ATOM.exec(body);
    if (!atom) return false;
    at += atom[0].length;
    REPEAT.lastIndex = at;
    const repeat = REPEAT.exec(body)?.[0];
    if (repeat === undefined) continue;
    at += repeat.length;
    if (repeat === "?") optional++;
    else if (!/^\{\d+\}$/.test(repeat)) open++;
  }
  try {
    return (
      open <= MAX_OPEN_REPEATS &&
      optional + 2 * open <= MAX_OPTIONAL &&
      new RegExp(text, "u") instanceof RegExp
    );
  } catch {
    return false;
  }
}
