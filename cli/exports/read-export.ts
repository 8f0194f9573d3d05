import type { ReadDocuments } from "../document.ts";
import { ArticleReader, valueOf, type ExportOptions } from "./article.ts";

import { findPages } from "./pages.ts";
import { CONTAINERS, isObject, textOf, type Json } from "./values.ts";

export type { ExportOptions };

const MAX_DEPTH = 8;

/**
 * The articles of a help centre's export: what its API answers (Zendesk `articles`, Intercom `data`, Help Scout `items`), pages of
 * that, or categories that hold sections that hold articles. Undefined for any other JSON.
 * @param options.isAlone a list without an article's typical fields is then read, too, if its entries have ids, titles and texts
 */
export function documentsFromExport(
  text: string,
  options: ExportOptions & { isAlone?: boolean },
): ReadDocuments | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    if (options.isAlone) throw new Error("It is not JSON");
    return undefined;
  }
  const articles: { article: Json; within: Json[] }[] = [];
  const translations: Json[] = [];
  const containers = new Map<string, Json>();
  collect(parsed, "", [], (value, list, within) => {
    if (list === "translations") translations.push(value);
    else if (isArticle(value, list, options.isAlone ?? false))
      articles.push({ article: value, within });
    else if (list in PLACES) containers.set(`${PLACES[list]}:${textOf(value["id"])}`, value);
  });
  const pages = findPages(parsed, (value, list) =>
    isArticle(value, list, options.isAlone ?? false),
  );
  // The last page of several may be empty.
  if (articles.length === 0 && (options.isAlone || pages.length === 0)) return undefined;
  const reader = new ArticleReader(options);
  for (const { article, within } of articles) {
    const around = [...within, ...placesOf(article, containers)];
    reader.add(article, "", around);
    addTranslations(reader, article, translations, around);
  }
  reader.pages = pages;
  return reader;
}

/** What an article lies in. It is named by its id where it stands beside the articles. */
const PLACES: Record<string, string> = {
  folders: "folder",
  sections: "section",
  collections: "collection",
  categories: "category",
};

/** The folder, section, collection or category that the article names, and those that these name. */
function placesOf(article: Json, containers: Map<string, Json>): Json[] {
  const found = new Set<Json>();
  for (let next = [article]; next.length > 0 && found.size < MAX_DEPTH;) {
    const places = next.flatMap((one) =>
      Object.values(PLACES).flatMap((kind) =>
        [one[`${kind}_id`] ?? one[`${kind}Id`]].map((id) =>
          containers.get(`${kind}:${textOf(id)}`),
        ),
      ),
    );
    next = places.filter((place) => place !== undefined && !found.has(place)) as Json[];
    for (const place of next) found.add(place);
  }
  return [...found];
}

/**
 * Visits the members of all lists.
 * @param list the name of the list that holds the value
 * @param within the objects around it
 */
function collect(
  value: unknown,
  list: string,
  within: Json[],
  visit: (value: Json, list: string, within: Json[]) => void,
  depth = 0,
): void {
  if (depth > MAX_DEPTH) return;
  if (Array.isArray(value)) {
    for (const member of value as unknown[]) {
      if (isObject(member)) visit(member, list, within);
      collect(member, list, within, visit, depth + 1);
    }
  } else if (isObject(value)) {
    for (const [name, member] of Object.entries(value))
      if (Array.isArray(member) || isObject(member))
        collect(member, Array.isArray(member) ? name : list, [...within, value], visit, depth + 1);
  }
}

/** An entry of any list named `articles`, an object of that type, or one with the fields that only articles have. */
function isArticle(value: Json, list: string, isAlone: boolean): boolean {
  if (CONTAINERS.has(list) || !valueOf(value, "title")) return false;
  if (value["type"] === "article" || list === "articles") return true;
  const hasText = valueOf(value, "body") !== undefined && valueOf(value, "id") !== undefined;
  const isOfHelpCentre = [
    "html_url",
    "publicUrl",
    "body_html",
    "section_id",
    "folder_id",
    "description_text",
    "modified_gmt",
    "user_segment_id",
  ].some((name) => name in value);
  return hasText && (isAlone || isOfHelpCentre) && !Object.values(value).some(isListOfObjects);
}

function isListOfObjects(value: unknown): boolean {
  return (
    Array.isArray(value) &&
    value.some((member) => isObject(member) && valueOf(member, "title") !== undefined)
  );
}

/** Intercom keeps translations in the article, Zendesk beside it or in it. Each is a document of its own. */
function addTranslations(
  reader: ArticleReader,
  article: Json,
  beside: Json[],
  around: Json[],
): void {
  const own = textOf(valueOf(article, "language"));
  const inside = isObject(article["translated_content"])
    ? Object.entries(article["translated_content"])
    : [];
  const all = inside.filter((entry): entry is [string, Json] => isObject(entry[1]));
  for (const translation of beside)
    if (
      textOf(translation["source_id"]) === textOf(article["id"]) &&
      translation["source_type"] !== "Section"
    )
      all.push([textOf(translation["locale"]), translation]);
  if (Array.isArray(article["translations"]))
    for (const translation of article["translations"] as unknown[])
      if (isObject(translation)) all.push([textOf(translation["locale"]), translation]);
  const seen = new Set([own.toLowerCase()]);
  for (const [locale, translation] of all) {
    if (!locale || seen.has(locale.toLowerCase())) continue;
    seen.add(locale.toLowerCase());
    // Who may read an article stands in the article only.
    reader.add(
      {
        ...article,
        url: undefined,
        html_url: undefined,
        ...translation,
        id: article["id"],
        locale,
        draft: translation["draft"] ?? article["draft"],
        state: translation["state"] ?? article["state"],
      },
      `-${locale}`,
      [article, ...around],
    );
  }
}
