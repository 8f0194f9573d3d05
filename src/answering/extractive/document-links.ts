import type { Source } from "../../citations/source.ts";
import type { MayLinkTo } from "../../guards/allowed-address.ts";
import type { LinkTo } from "./inline-markdown.ts";

/** A link within a folder of sources names the file, and a site shows the file's page. */
const SOURCE_FILE = /\.(?:md|mdx|markdown|rst|adoc|asciidoc)$/i;
const FOLDER_PAGE = /\/(?:_?index|readme)$/i;

/**
 * The links of a document as an answer shows them: those to hosts that it may link to. A target without a host is resolved against the
 * document's address.
 */
export function documentLinks({ url }: Pick<Source, "url">, mayLinkTo: MayLinkTo): LinkTo {
  return (target) => {
    const isRelative = !/^(?:[a-z][a-z0-9+.-]*:|\/\/)/i.test(target);
    const parsed = URL.parse(target, url ?? undefined);
    if (!parsed || !/^https?:$/.test(parsed.protocol) || !mayLinkTo(parsed.hostname))
      return undefined;
    if (isRelative && url !== null && !asPage(parsed, url)) return undefined;
    return parsed.href.replaceAll("(", "%28").replaceAll(")", "%29");
  };
}

/** Gives the address of a source file's page. @returns false if it does not follow from the document's own */
function asPage(target: URL, own: string): boolean {
  const { pathname } = new URL(own);
  if (!SOURCE_FILE.test(target.pathname) || SOURCE_FILE.test(pathname)) return true;
  // Whether the document is a folder's own page or one in a folder of its name cannot be seen.
  if (pathname.endsWith("/")) return false;
  const suffix = /\.html?$/i.exec(pathname)?.[0] ?? "";
  const page = target.pathname.replace(SOURCE_FILE, "");
  target.pathname = FOLDER_PAGE.test(page) ? page.replace(FOLDER_PAGE, "/") : page + suffix;
  return true;
}

/** The anchor that site generators give a heading. An address with an anchor that is not there opens the page at its top. */
export function anchorOf(heading: string): string {
  return heading
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}\s_-]/gu, "")
    .replace(/\s/g, "-");
}
