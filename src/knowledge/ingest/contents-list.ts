import type { Heading, List, ListItem, RootContent } from "mdast";
import { foldWord } from "../../text/fold.ts";
import { readableText } from "../formats/readable-text.ts";

const listed = (texts: string): ReadonlySet<string> =>
  new Set(texts.split(",").map((text) => foldWord(text.trim())));

/** Headings of a table of contents, in the languages of `language/`. They say nothing of the text below them. */
const CONTENTS_HEADINGS = listed(`
  table of contents, on this page, in this article, in this guide, in this section, page contents, toc, inhaltsverzeichnis, auf dieser seite,
  in diesem artikel, table des matières, sur cette page, dans cet article, tabla de contenidos, tabla de contenido, en esta página,
  en este artículo, índice de contenidos, sumário, nesta página, neste artigo, índice de conteúdo, indice dei contenuti, in questa pagina,
  in questo articolo, inhoudsopgave, op deze pagina, in dit artikel, spis treści, na tej stronie, w tym artykule, 目次, このページの内容,
  この記事の内容, جدول المحتويات, في هذه الصفحة, في هذا المقال`);

/** Headings that stand above a table of contents as above what is in a box. */
const MAYBE_CONTENTS_HEADINGS = listed(`
  contents, content, overview, index, inhalt, übersicht, sommaire, contenu, contenido, contenidos, índice, conteúdo, conteúdos, sommario,
  indice, contenuti, inhoud, overzicht, zawartość, 内容, もくじ, المحتويات`);

const LEAST_ENTRIES = 2;

/**
 * The texts of a list of links to places of its own page; undefined for any other node. Where the headings there say the same, the list says nothing.
 */
export function contentsEntries(node: RootContent | undefined): string[] | undefined {
  const entries = node?.type === "list" ? entriesOf(node) : undefined;
  return entries && entries.length >= LEAST_ENTRIES ? entries : undefined;
}

/** Undefined if an item is more than a link into the page. */
function entriesOf({ children }: List): string[] | undefined {
  const entries = children.map(entriesOfItem);
  return entries.every((own) => own !== undefined) ? entries.flat() : undefined;
}

function entriesOfItem({ children: [label, nested, ...more] }: ListItem): string[] | undefined {
  if (label?.type !== "paragraph" || more.length > 0) return undefined;
  const [link, ...rest] = label.children;
  if (link?.type !== "link" || rest.length > 0 || !link.url.startsWith("#")) return undefined;
  const text = readableText(label).trim();
  if (nested === undefined) return [text];
  const below = nested.type === "list" ? entriesOf(nested) : undefined;
  return below && [text, ...below];
}

/**
 * Whether a heading is that of a table of contents. What follows one is often the text of the page, so it would be the heading of that.
 * @param next what stands below it
 */
export function isContentsHeading(heading: Heading, next: RootContent | undefined): boolean {
  const text = foldWord(readableText(heading).trim()).replace(/\s*[::]$/, "");
  return (
    CONTENTS_HEADINGS.has(text) ||
    (MAYBE_CONTENTS_HEADINGS.has(text) && contentsEntries(next) !== undefined)
  );
}
