import { readFile } from "node:fs/promises";
import path from "node:path";
import { decodeText } from "./decode.ts";
import type { Unreadable } from "./document.ts";
import { otherVersion, type DocusaurusSite } from "./docusaurus.ts";
import { isPartOfTable, isTable, isTableOfPages } from "./notion.ts";

/** Files that a site's generator reads to build its menus. */
const MENUS = /(?:^|\/)(?:SUMMARY|_sidebar|_navbar|_coverpage|_toc)\.md$/;
/** Folders of templates and of what a generator has built. */
const TEMPLATES =
  /(?:^|\/)(?:_includes|_layouts|_data|_sass|_site|_templates|_partials|_snippets|archetypes)\//;
const PARTIAL = /(?:^|\/)_(?!index\.)[^/]*\.mdx?$/;

export interface Selection {
  /** The files that are documents of their own, or hold such. */
  pages: string[];
  skipped: Unreadable[];
}

/** Divides the files below a folder into those that are read, and those that belong to others or are shown as others, with why. */
export async function selectPages(
  folder: string,
  files: string[],
  { hasPartials, site }: { hasPartials?: boolean | undefined; site?: DocusaurusSite | undefined },
): Promise<Selection> {
  const reasons = new Map<string, string>();
  const skip = (file: string, reason: string | undefined): void => {
    if (reason && !reasons.has(file)) reasons.set(file, reason);
  };
  for (const file of files.filter(isTable)) skip(file, await tableReason(folder, file, files));
  if (site) for (const file of files) skip(file, otherVersion(file, site));
  for (const file of files)
    if (isPart(file, hasPartials))
      skip(file, "It is a part of other pages, or their template or menu");
  return {
    pages: files.filter((file) => !reasons.has(file)),
    skipped: Array.from(reasons, ([source, reason]) => ({ source, reason })),
  };
}

async function tableReason(
  folder: string,
  file: string,
  files: string[],
): Promise<string | undefined> {
  if (isPartOfTable(file, files)) return "It is a part of a table of Notion, which is read";
  const { text } = decodeText(await readFile(path.join(folder, file)));
  return isTableOfPages(file, text, files)
    ? "It is a table of Notion, whose pages are read"
    : undefined;
}

function isPart(file: string, hasPartials = file.endsWith(".mdx")): boolean {
  return MENUS.test(file) || TEMPLATES.test(file) || (hasPartials && PARTIAL.test(file));
}
