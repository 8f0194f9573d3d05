import { textOf, type Json } from "./values.ts";

/** Where an article belongs. */
export interface Origin {
  /** The host of its help centre, or the id of its workspace. */
  centre: string;
  language: string;
  section: string;
}

const PREFIX = "export:";
const SECTIONS = [
  "section_id",
  "folder_id",
  "collection_id",
  "collectionId",
  "category_id",
  "categoryId",
  "parent_id",
];

/** @param url the article's address for readers */
export function originOf(article: Json, url: string | undefined): Origin | undefined {
  // The API's address has the subdomain, which stays when the help centre moves to a domain of its own.
  const api = URL.parse(textOf(article["url"]));
  const workspace = textOf(article["workspace_id"]);
  const centre = workspace || (api ?? URL.parse(url ?? ""))?.host;
  if (!centre) return undefined;
  const section = SECTIONS.map((name) => textOf(article[name])).find(Boolean) ?? "";
  return {
    centre,
    language: textOf(article["locale"] ?? article["language"]).toLowerCase(),
    section,
  };
}

/**
 * The name of an export as a source: its help centre, and the language and section where it holds one only. Undefined if the help centre
 * is not known.
 */
export function scopeOfExport(origins: (Origin | undefined)[]): string | undefined {
  const known = origins.filter((origin) => origin !== undefined);
  const [centre, ...others] = new Set(known.map((origin) => origin.centre));
  if (!centre || others.length > 0) return undefined;
  const only = (field: "language" | "section"): string => {
    const values = new Set(known.map((origin) => origin[field]));
    return values.size === 1 ? encodeURIComponent([...values][0] ?? "") : "";
  };
  return `${PREFIX}${centre}/${only("language")}/${only("section")}`.replace(/\/+$/, "");
}

/** Whether a source is the other one or a part of it, such as one section of a help centre. */
export function covers(scope: string, other: unknown): boolean {
  if (scope === other) return true;
  const [whole, part] = [partsOf(scope), partsOf(other)];
  return (
    Boolean(whole && part) && [0, 1, 2].every((at) => !whole?.[at] || whole[at] === part?.[at])
  );
}

/** Whether two exports may hold the same articles: those of one help centre in one language. */
export function isSameCentre(scope: string, other: unknown): boolean {
  const [one, another] = [partsOf(scope), partsOf(other)];
  if (!one || !another || one[0] !== another[0]) return false;
  return !one[1] || !another[1] || one[1] === another[1];
}

function partsOf(scope: unknown): string[] | undefined {
  return typeof scope === "string" && scope.startsWith(PREFIX)
    ? scope.slice(PREFIX.length).split("/")
    : undefined;
}
