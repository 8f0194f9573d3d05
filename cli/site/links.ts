const LINK = /(<a\b[^<>]{0,2000}?\shref\s*=\s*)(?:"([^"<>]{0,2000})"|'([^'<>]{0,2000})')/gi;

/** Makes the relative links of a page absolute, as a browser would: what cites the page stands at another address. */
export function withAbsoluteLinks(html: string, base: string): string {
  return html.replace(LINK, (link: string, start: string, double?: string, single?: string) => {
    const target = (double ?? single ?? "").trim();
    // A link within the page may be what opens a tab.
    if (target === "" || target.startsWith("#") || /^[a-z][a-z\d+.-]*:/i.test(target)) return link;
    const url = URL.parse(target.replaceAll("&amp;", "&"), base);
    return url ? `${start}"${url.href.replaceAll("&", "&amp;").replaceAll('"', "%22")}"` : link;
  });
}
