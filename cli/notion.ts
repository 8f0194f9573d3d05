import path from "node:path";
import { parseCsv } from "../src/knowledge/formats/question-lists/csv.ts";

/** Notion ends the name of each exported page with its id. */
export const NOTION_PAGE = /[-_ ][0-9a-f]{32}\.md$/;
/** The table of a database in an export of Notion. The database's pages lie in a folder of the same name. */
const TABLE = /^(.*[-_ ][0-9a-f]{32})(_all)?\.csv$/;
const ID = /[-_ ][0-9a-f]{32}$/;

/**
 * Whether a database's table says nothing that its pages do not say. A row has a page if a page in the database's folder has its
 * name.
 */
export function isTableOfPages(file: string, text: string, files: string[]): boolean {
  const folder = folderOf(file);
  if (folder === undefined) return false;
  const pages = files
    .filter((other) => NOTION_PAGE.test(other) && path.posix.dirname(other) === folder)
    .map((page) => nameKey(path.posix.basename(page, ".md").replace(ID, "")));
  if (pages.length === 0) return false;
  return [...parseCsv(text).drop(1)].every(([name = ""]) => {
    const key = nameKey(name);
    // Notion shortens long names of files.
    const at = pages.findIndex(
      (page) => page === key || (page.length >= 40 && key.startsWith(page)),
    );
    if (at >= 0) pages.splice(at, 1);
    return at >= 0;
  });
}

/** Whether the table shows a part of the rows of another one, which stands beside it. */
export function isPartOfTable(file: string, files: string[]): boolean {
  return TABLE.test(file) && files.includes(file.replace(/\.csv$/, "_all.csv"));
}

export function isTable(file: string): boolean {
  return TABLE.test(file);
}

/** The table without the columns of the team and without rows that are not published. */
export function readTable(source: string): NotionText {
  const [head = [], ...rows] = parseCsv(source);
  const status = head.findIndex((name) => STATUS.test(name.trim()));
  const isShown = (column: number): boolean =>
    column === 0 || !OF_TEAM.test(head[column]?.trim() ?? "");
  const published = rows.filter(
    (row) => status < 0 || !UNPUBLISHED.test(row[status]?.trim() ?? ""),
  );
  const lines = [head, ...published].map((row) =>
    row
      .filter((_, column) => isShown(column))
      .map((cell) => `"${cell.replaceAll('"', '""')}"`)
      .join(","),
  );
  const out = head
    .filter((_, column) => !isShown(column))
    .map((name) => `the property ${name.trim()} of Notion`);
  const drafts = rows.length - published.length;
  return {
    text: published.length > 0 ? lines.join("\n") : "",
    notes: drafts > 0 ? [...out, "rows of a table of Notion that are not published"] : out,
  };
}

function folderOf(file: string): string | undefined {
  return TABLE.exec(file)?.[1];
}

/** Notion leaves characters out of names of files that file systems do not take. */
function nameKey(name: string): string {
  return name
    .normalize("NFC")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, "");
}

/** What the team notes of a page, which is nothing for its readers. Other properties, such as a telephone number, are facts. */
const OF_TEAM =
  /^(?:owners?|status|state|stage|tags?|labels?|categor(?:y|ies)|assignees?|assigned(?: to)?|assign|persons?|people|author|authors|editors?|reviewers?|approvers?|created|created (?:by|at|time|on)|updated|updated (?:by|at)|last (?:edited|updated|modified|reviewed)(?: by| time| at)?|edited(?: by)?|verification|verified(?: by)?|priority|due(?: date)?|deadline|sprint|project|projects|epic|task id|id|parent(?: item| page| task)?|sub-?(?:items?|pages?|tasks?)|blocked by|blocking|related(?: to.*)?|archived|published|publish date|draft|visibility|audience|internal.*|slug|besitzer(?:in)?|eigentümer(?:in)?|verantwortlich|zuständig|autor(?:in)?|bearbeiter(?:in)?|erstellt(?: von| am)?|bearbeitet(?: von| am)?|schlagworte|priorität|fällig(?: am)?|propriétaire|statut|étiquettes|auteur|priorité|propietario|estado|etiquetas|autor|prioridad)$/i;
const STATUS = /^(?:status|state|stage|statut|estado)$/i;
const UNPUBLISHED =
  /^(?:draft|idea|ideas|backlog|to ?do|not started|in progress|in review|review|needs review|pending|planned|archived?|deprecated|outdated|unpublished|internal|private|entwurf|idee|offen|in arbeit|in bearbeitung|archiviert|brouillon|borrador|bozza)$/i;
const PROPERTY = /^(\p{L}[^:\n]{0,59}?):(?:[ \t]+(\S[^\n]*))?$/u;

export interface NotionText {
  text: string;
  notes: string[];
  skipped?: string;
}

/** An exported page without the properties of the team, which stand in a block below the title. */
export function readNotionPage(source: string): NotionText {
  const [all = "", title = "", block = ""] =
    /^(\s*# [^\n]*\n+)((?:[^\s#>*\-|`<][^\n]*(?:\n|$))+)/.exec(source) ?? [];
  const lines = block.split("\n").filter(Boolean);
  const properties = lines.map((line) => PROPERTY.exec(line));
  const body = source.slice(all.length);
  // A single line may be a sentence.
  const isSentence = lines.length === 1 && !OF_TEAM.test(properties[0]?.[1]?.trim() ?? "");
  if (isSentence || lines.length === 0 || properties.some((property) => !property))
    return { text: source, notes: [], ...indexOf(source) };
  const named = properties.map((property) => property?.[1]?.trim() ?? "");
  const status = named.findIndex((name) => STATUS.test(name));
  const value = properties[status]?.[2]?.trim() ?? "";
  const isOut = (name: string): boolean => OF_TEAM.test(name);
  const out = named.filter(isOut);
  const rest = lines.filter((_, at) => !isOut(named[at] ?? ""));
  const kept = rest.length > 0 ? `${rest.map((line) => `- ${line}`).join("\n")}\n\n` : "";
  const text = `${title}${kept}${body.trimStart()}`;
  return {
    text,
    notes: out.map((name) => `the property ${name} of Notion`),
    ...indexOf(text),
    ...(UNPUBLISHED.test(value) && {
      skipped: `It is not published: its ${named[status]} is ${value}`,
    }),
  };
}

/** A page that holds nothing but links to other pages of the export. */
function indexOf(source: string): { skipped?: string } {
  const body = source.replace(/^\s*# [^\n]*\n/, "");
  const link = /!?\[[^\]\n]*\]\((?!https?:)[^()\s]*(?:\([^()\s]*\)[^()\s]*)*\.(?:md|csv)\)/g;
  const links = body.match(link) ?? [];
  const isIndex = links.length > 0 && body.replace(link, "").replace(/[\s*-]/g, "") === "";
  return isIndex ? { skipped: "It holds only links to other pages" } : {};
}
