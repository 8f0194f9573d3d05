import { Problem } from "./problem.ts";

/** Levels of objects and lists in a body. Rich text of a CMS needs fewer; SQLite reads 1,000, and recursive functions overflow. */
const MAX_LEVELS = 100;

/**
 * `JSON.parse` that refuses what parsers read differently: a field that is given twice (some parsers keep the first value and
 * others the last, so the value that is checked may not be the one that is used), the name `__proto__`, and deep nesting.
 * @throws Problem `malformed_json`, `duplicate_field` or `validation_failed`
 */
export function parseJson(text: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Problem("malformed_json", "The body could not be parsed as JSON.");
  }
  checkFields(text);
  return value;
}

/** Reads text that is known to be valid JSON once. A string is a field's name if it stands where a name is expected. */
function checkFields(text: string): void {
  /** For each open object the names seen in it; null for a list. */
  const open: (Set<string> | null)[] = [];
  let expectsName = false;
  for (let at = 0; at < text.length; at++) {
    switch (text[at]) {
      case "{":
      case "[":
        expectsName = text[at] === "{";
        open.push(expectsName ? new Set() : null);
        if (open.length > MAX_LEVELS) {
          throw new Problem("validation_failed", `At most ${MAX_LEVELS} levels are accepted.`);
        }
        break;
      case "}":
      case "]":
        open.pop();
        expectsName = false;
        break;
      case ",":
        expectsName = Boolean(open.at(-1));
        break;
      case '"': {
        const end = endOfString(text, at);
        if (expectsName) checkName(text.slice(at, end + 1), open.at(-1));
        expectsName = false;
        at = end;
        break;
      }
      default:
    }
  }
}

/** Where the string that opens at `start` closes. */
function endOfString(text: string, start: number): number {
  let end = start + 1;
  while (text[end] !== '"') end += text[end] === "\\" ? 2 : 1;
  return end;
}

/** @param quoted the name as it is written, with its escapes: two spellings of a name are the same name */
function checkName(quoted: string, seen: Set<string> | null | undefined): void {
  const name = JSON.parse(quoted) as string;
  if (name === "__proto__") throw new Problem("validation_failed", "No field is named __proto__.");
  if (seen?.has(name)) {
    throw new Problem("duplicate_field", `"${name.slice(0, 64)}" is given twice in one object.`);
  }
  seen?.add(name);
}
