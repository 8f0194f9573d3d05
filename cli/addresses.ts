import type { Place } from "./fields.ts";
import type { Generator } from "./generator.ts";

export interface AddressRule extends Generator {
  /** The address at which the folder stands. */
  baseUrl: string;
}

/** Generators make pages of these files. All others are served under their own names. */
const PAGES = /\.(?:md|mdx|markdown|html?|ipynb|rst|adoc|asciidoc)$/i;
/** Names of the page that stands for its folder. */
const FOLDER_PAGE = /^(?:_?index|readme)$/i;
const NUMBER = /^(\d+)\s*[-_.]+\s*([^-_.\s].*)$/;
/** A date or a version is no number in front of a name. The rule is Docusaurus's. */
const NO_NUMBER = /^(?:\d{2,4}[-_.]\d{2}(?:[-_.]\d{2,4})?|\d+[-_.]\d+)/;
const POST = /^(\d{4})-(\d\d)-(\d\d)-(.+)$/;

/** The address at which a site shows a file of its folder. */
export function addressOf(file: string, place: Place, rule: AddressRule): string {
  if (place.path !== undefined) return join(rule.baseUrl, place.path.split("/"), place.path);
  if (place.slug?.startsWith("/")) {
    const end = rule.name === "Docusaurus" && rule.suffix ? rule.suffix : place.slug;
    return join(rule.baseUrl, place.slug.split("/"), end);
  }
  const { folders, name, isPage } = divide(file, rule);
  if (!isPage) return join(rule.baseUrl, [...folders, name]);
  const post = folders.includes("_posts") ? POST.exec(name) : null;
  const above = folders
    .filter((folder) => folder !== "_posts")
    .map((folder) => folder.replace(/^_/, ""));
  if (post) above.push(...post.slice(1, 4));
  const own = place.slug ? place.slug.split("/") : [nameOf(post?.[4] ?? name, place, rule)];
  const isFolder = !place.slug && isFolderPage(own[0] ?? "", folders, rule);
  const segments = isFolder ? above : [...above, ...own];
  const cased = rule.isLowerCase ? segments.map(urlize) : segments;
  return join(rule.baseUrl, cased, isFolder && rule.suffix ? "/" : rule.suffix);
}

function divide(
  file: string,
  rule: AddressRule,
): { folders: string[]; name: string; isPage: boolean } {
  const translated = file.replace(
    /^(?:.*\/)?i18n\/([^/]+)\/docusaurus-plugin-content-[^/]+\/(?:current\/)?/,
    "$1/",
  );
  const segments = translated.normalize("NFC").split("/");
  const isPage = PAGES.test(file);
  const last = segments.pop() ?? "";
  const name = isPage ? last.replace(PAGES, "") : last;
  const shown = segments.filter((segment) => !/^\(.*\)$/.test(segment));
  const plain = (segment: string): string => (rule.dropsNumbers ? withoutNumber(segment) : segment);
  return {
    folders: shown.map(plain),
    name: isPage && !/^\d{4}-/.test(name) ? plain(name) : name,
    isPage,
  };
}

/** Docusaurus puts the front matter's `id` in the place of the file's name. Other generators' ids are no part of an address. */
function nameOf(name: string, { id }: Place, rule: AddressRule): string {
  const isDocusaurus = rule.name === "Docusaurus" || rule.name === "";
  return id && isDocusaurus && /^[A-Za-z][\w.-]*$/.test(id) ? id : name;
}

function isFolderPage(name: string, folders: string[], rule: AddressRule): boolean {
  if (FOLDER_PAGE.test(name)) return true;
  return rule.name === "Docusaurus" && name.toLowerCase() === folders.at(-1)?.toLowerCase();
}

function withoutNumber(segment: string): string {
  return NO_NUMBER.test(segment) ? segment : (NUMBER.exec(segment)?.[2] ?? segment);
}

function urlize(segment: string): string {
  return segment.toLowerCase().replace(/\s+/g, "-");
}

/**
 * A path below an address. A path that repeats the address's own path is one from the site's root.
 * @param end what the address ends in: the suffix, or a text that ends in it
 */
function join(baseUrl: string, segments: string[], end = ""): string {
  const base = new URL(baseUrl);
  const root = base.pathname.split("/").filter(Boolean);
  const path = segments.filter((segment) => segment !== "" && segment !== ".");
  const isFromRoot = root.length > 0 && root.every((segment, at) => path[at] === segment);
  const whole = isFromRoot ? path : [...root, ...path];
  base.pathname = `/${whole.map(encode).join("/")}`;
  const hasEnd = path.length > 0 || end === "/";
  const suffix = end.endsWith("/") ? "/" : end.startsWith(".") ? end : "";
  if (hasEnd && suffix && !base.pathname.endsWith(suffix)) base.pathname += suffix;
  return base.href;
}

/** A segment of a path may be encoded already, where the front matter gives it. */
function encode(segment: string): string {
  return /%[0-9A-Fa-f]{2}/.test(segment) ? segment : encodeURIComponent(segment);
}
