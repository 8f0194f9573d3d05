/** What looks like a marker within a document's text, where it cites none of our sources. */
const FOREIGN_MARKER =
  /\[((?!\s*0\s*\])\s*\d{1,2}(?:\s*,\s*\d{1,2})*\s*)\]|【(\s*\d{1,2}\s*(?:†[^】]*)?)】/g;

/** A document's text for a quotation: what looks like a citation marker is rewritten from `[2]` to `〔2〕`. The length stays the same. */
export function withoutForeignMarkers(text: string): string {
  return text.replace(FOREIGN_MARKER, (_, plain?: string, wide?: string) => {
    return `〔${plain ?? wide ?? ""}〕`;
  });
}
