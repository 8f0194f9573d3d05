import { plainText } from "./plain-text.ts";
import { withoutForeignMarkers } from "./foreign-markers.ts";
import type { Source } from "./source.ts";

const HEADING = /^\*\*(.+)\*\*\n\n([^]+)$/;

/** What stands above a quoted section: its heading, after the document's title where the document is another one than before. */
export function sectionHeading(title: string, heading: string, namesDocument: boolean): string {
  const names = namesDocument ? [title, heading] : [heading === title ? "" : heading];
  return [...new Set(names)].filter(Boolean).join(" › ");
}

/** A text of an answer without the heading above it, if it is one of the source's own. */
export function withoutHeading(unit: string, { title, passages }: Source): string {
  const [, shown, rest] = HEADING.exec(unit) ?? [];
  if (shown === undefined || rest === undefined) return unit;
  const own = plainText(`**${shown}**`) ?? shown;
  const isOwn = [title, ...passages.map(({ headingPath }) => headingPath.at(-1) ?? "")].some(
    (heading) =>
      [true, false].some(
        (names) => withoutForeignMarkers(sectionHeading(title, heading, names)) === own,
      ),
  );
  return isOwn ? rest : unit;
}
