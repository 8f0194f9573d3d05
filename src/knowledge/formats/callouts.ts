/**
 * Rewrites the callouts of static site generators: `:::warning Title` … `:::` (Docusaurus, VuePress), `!!! note "Title"` with an
 * indented body (MkDocs) and `> [!NOTE]` (GitHub). Each becomes a paragraph that begins with its kind, such as "Warning:", and
 * loses its markup. Code blocks stay as they are.
 */
export function markCallouts(markdown: string): string {
  const lines: string[] = [];
  let fence: string | undefined;
  let open = 0;
  let indented = false;
  for (const line of markdown.split("\n")) {
    const marker = /^ {0,3}(`{3,}|~{3,})/.exec(line)?.[1];
    if (marker && (fence === undefined || marker.startsWith(fence))) {
      fence = fence === undefined ? marker : undefined;
    }
    if (fence !== undefined || marker) {
      lines.push(indented ? line.replace(/^ {4}/, "") : line);
      continue;
    }
    if (indented && !/^(?: {4}|\t|\s*$)/.test(line)) indented = false;
    const directive = /^ {0,3}:{3,} ?([a-z]+)\b[ \t]*(?:\[([^\]]*)\]|(.*?))[ \t\r]*$/i.exec(line);
    const admonition = /^(?:!!!|\?\?\?\+?) ([a-z]+)(?: "([^"]*)")?[ \t\r]*$/i.exec(line);
    if (directive?.[1]) {
      open += 1;
      lines.push("", callout(directive[1], directive[2] ?? directive[3] ?? ""), "");
    } else if (open > 0 && /^ {0,3}:{3,}[ \t\r]*$/.test(line)) {
      open -= 1;
      lines.push("");
    } else if (admonition?.[1]) {
      indented = true;
      lines.push("", callout(admonition[1], admonition[2] ?? ""), "");
    } else if (indented) lines.push(line.replace(/^(?: {4}|\t)/, ""));
    else
      lines.push(
        line.replace(
          /^((?:> ?)+)\[!([a-z]+)\][ \t\r]*$/i,
          (_, quote: string, kind: string) => `${quote}${callout(kind, "")}\n${quote}`,
        ),
      );
  }
  return lines.join("\n");
}

function callout(kind: string, title: string): string {
  const name = kind.charAt(0).toUpperCase() + kind.slice(1).toLowerCase();
  return title.trim() ? `**${name}:** ${title.trim()}` : `**${name}:**`;
}
