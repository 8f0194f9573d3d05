import { withoutAttributes } from "./attributes.ts";
import { splitAtCode } from "./code-spans.ts";
import type { Dialect } from "./dialect.ts";
import { withShortcodes, withVariables } from "./inline-shortcodes.ts";
import { withoutTags } from "./inline-tags.ts";
import { withoutMarks } from "./marks.ts";
import { withExpressions, withoutComments, withoutLiterals } from "./mdx-expressions.ts";
import { withoutRoles } from "./roles.ts";

/** A paragraph, heading or list without what a site generator would take out of its lines. Code spans stay. */
export function readInline(paragraph: string, dialect: Dialect): string {
  if (!/[{<:=+![\]^|@-]/.test(paragraph)) return paragraph;
  const withRoles = dialect.isMyst ? withoutRoles(paragraph) : paragraph;
  const source = dialect.isMdx ? withoutLiterals(withRoles) : withRoles;
  const opened: string[] = [];
  return splitAtCode(source)
    .map((part, index) =>
      part.isCode ? part.text : readText(part.text, index > 0, dialect, opened),
    )
    .join("");
}

function readText(text: string, isAfterCode: boolean, dialect: Dialect, opened: string[]): string {
  let read = text;
  if (read.includes("{")) {
    read = withoutComments(read);
    read = withShortcodes(read);
    read = withVariables(read, dialect);
  }
  if (read.includes("<")) read = withoutTags(read, dialect, opened);
  if (read.includes("{")) {
    if (dialect.isMdx) read = withExpressions(read, dialect);
    read = withoutAttributes(read, isAfterCode);
  }
  return withoutMarks(read, dialect);
}
